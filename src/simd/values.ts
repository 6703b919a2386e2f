/**
 * Values of 16 words each, as WebAssembly that computes them: four parts, which are vectors of four words
 * (`v128`, `i32x4`). On a stack machine the instructions of the operands come before those of the operation.
 * Opcodes: WebAssembly Core Specification 2.0, 5.4.8 (vector instructions).
 */

/** What can be computed for 16 rows at once. */
export interface Value {
  /** Appends the instructions that leave this part of the value on the stack. */
  readonly write: (code: number[], part: number) => void;
}

/** An operation with two operands. */
export type BinaryOperation = (a: Value, b: Value) => Value;

/** Words of a column. */
export const COLUMN_WORDS = 64;
/** Parts of a value. With fewer, the processor would wait for results; it computes several at once. */
export const PARTS = 4;
/** Bytes of one part. */
export const PART_BYTES = 16;
/** The local variable that holds where the rows of this turn are in a column, in bytes. */
export const OFFSET_LOCAL = 1;

export const LOCAL_GET = 0x20;
export const LOCAL_SET = 0x21;
/** Pushes a number; the bytes after it are LEB128, signed. */
export const I32_CONST = 0x41;
/** Comes before the opcode of every vector instruction. */
const VECTOR = 0xfd;
const V128_LOAD = 0x00;
const V128_STORE = 0x0b;
const V128_CONST = 0x0c;
const I8X16_SHUFFLE = 0x0d;
/** Parts lie on multiples of 2^4 bytes. */
const ALIGNMENT = 4;
/** The bytes of the upper words of two times two products of 64 bits. */
const UPPER_WORDS = [4, 12, 20, 28].flatMap((
  at,
) => [at, at + 1, at + 2, at + 3]);

/** Sum of words, modulo 2^32. */
export const add: BinaryOperation = binary(0xae);
/** Difference of words, modulo 2^32. */
export const subtract: BinaryOperation = binary(0xb1);
/** Product of words, modulo 2^32. */
export const multiply: BinaryOperation = binary(0xb5);
/** The lesser of two unsigned words. */
export const lesser: BinaryOperation = binary(0xb7);
/** Bits that are set in both words. */
export const and: BinaryOperation = binary(0x4e);
/** Bits that are set in any of two words. */
export const or: BinaryOperation = binary(0x50);
/** Bits that are set in one of two words. */
export const xor: BinaryOperation = binary(0x51);
/** The bytes of the first operand in the order that the second one, from `bytesOfWord`, names. */
export const permuteBytes: BinaryOperation = binary(0x0e);

const lowProducts = binary(0xde);
const highProducts = binary(0xdf);

/** The upper 32 bits of the product of unsigned words. */
export function highProduct(a: Value, b: Value): Value {
  const low = lowProducts(a, b);
  const high = highProducts(a, b);
  return {
    write(code, part): void {
      low.write(code, part);
      high.write(code, part);
      code.push(VECTOR, I8X16_SHUFFLE, ...UPPER_WORDS);
    },
  };
}

/** Words moved up by `bits`, 0 to 31. */
export function shiftLeft(a: Value, bits: number): Value {
  return shift(a, bits, 0xab);
}

/** Words moved down by `bits`, 0 to 31, with zeros above. */
export function shiftRight(a: Value, bits: number): Value {
  return shift(a, bits, 0xad);
}

/** The same word in all rows. */
export function word(word: number): Value {
  const bytes = [word, word >>> 8, word >>> 16, word >>> 24];
  return vector((at) => bytes[at % 4]! & 0xff);
}

/** What makes `permuteBytes` compose each word of these four bytes of it: 0 to 3, the lowest first. */
export function bytesOfWord(places: readonly number[]): Value {
  return vector((at) => at - at % 4 + places[at % 4]!);
}

/** What is in a column. */
export function column(column: number): Value {
  return {
    write(code, part): void {
      code.push(LOCAL_GET, OFFSET_LOCAL);
      code.push(VECTOR, V128_LOAD, ...place(column, part));
    },
  };
}

/** Appends the instructions that put part of a value into a column. */
export function writeStore(
  code: number[],
  part: number,
  { column, value }: { column: number; value: Value },
): void {
  code.push(LOCAL_GET, OFFSET_LOCAL);
  value.write(code, part);
  code.push(VECTOR, V128_STORE, ...place(column, part));
}

/** A number in the format LEB128, unsigned: seven bits a byte, the lowest first (5.2.2). */
export function unsigned(value: number): number[] {
  return value < 0x80
    ? [value]
    : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function place(column: number, part: number): readonly number[] {
  const at = column * COLUMN_WORDS * 4 + part * PART_BYTES;
  return [ALIGNMENT, ...unsigned(at)];
}

/** The same bytes in each part. */
function vector(byteAt: (at: number) => number): Value {
  const bytes = Array.from({ length: PART_BYTES }, (_, at) => byteAt(at));
  return {
    write(code): void {
      code.push(VECTOR, V128_CONST, ...bytes);
    },
  };
}

function binary(opcode: number): BinaryOperation {
  const operation = [VECTOR, ...unsigned(opcode)];
  return (a, b) => ({
    write(code, part): void {
      a.write(code, part);
      b.write(code, part);
      code.push(...operation);
    },
  });
}

function shift(a: Value, bits: number, opcode: number): Value {
  const operation = [VECTOR, ...unsigned(opcode)];
  return {
    write(code, part): void {
      a.write(code, part);
      code.push(I32_CONST, bits, ...operation);
    },
  };
}
