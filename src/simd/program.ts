/**
 * WebAssembly that does the same with every row of a table of words, 16 rows at a time, with instructions for
 * vectors. It is written at run time: no file to load, no compiler to keep, and what is known by then (keys,
 * sizes) becomes constants of the code. Format: WebAssembly Core Specification 2.0, 5.5 (modules).
 */
import {
  COLUMN_WORDS,
  I32_CONST,
  LOCAL_GET,
  LOCAL_SET,
  OFFSET_LOCAL,
  PART_BYTES,
  PARTS,
  unsigned,
  type Value,
  writeStore,
} from "./values.ts";

/** A compiled program and its memory. */
export interface Program {
  /** The columns of its table, `COLUMN_WORDS` words each. */
  readonly columns: readonly Uint32Array[];
  /** Runs it for the first `count` rows, 0 to `COLUMN_WORDS`, and for up to 16 after them. */
  readonly run: (count: number) => void;
}

/** A value that can be set. */
export interface Variable extends Value {
  /** The local variable that holds its first part. */
  readonly local: number;
}

const I32 = 0x7f;
const V128 = 0x7b;
const FUNCTION = 0x60;
const END = 0x0b;
/** A block without a result. */
const LOOP = [0x03, 0x40];
const BRANCH_TO_LOOP_IF = [0x0d, 0];
const I32_ADD = 0x6a;
const I32_SUB = 0x6b;
const I32_SHL = 0x74;
const I32_LT_U = 0x49;
const LOCAL_TEE = 0x22;

/** The parameter, then numbers, then vectors. */
const COUNT_LOCAL = 0;
const TURNS_LOCAL = 2;
const VECTOR_LOCALS = 3;

/** Ends the loop, which goes on as long as the rows of the next turn begin before the count: four bytes a row. */
const NEXT_ROWS = [
  ...[LOCAL_GET, OFFSET_LOCAL],
  ...[I32_CONST, (PARTS * PART_BYTES) | 0x80, 0, I32_ADD], // a last byte of 64 would be negative
  ...[LOCAL_TEE, OFFSET_LOCAL],
  ...[LOCAL_GET, COUNT_LOCAL, I32_CONST, 2, I32_SHL],
  ...[I32_LT_U, ...BRANCH_TO_LOOP_IF],
  END,
];

const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const TYPES = 1;
const FUNCTIONS = 3;
const MEMORIES = 5;
const EXPORTS = 7;
const CODE = 10;

/** Collects the steps of a program, then compiles it. */
export class ProgramBuilder {
  #locals = VECTOR_LOCALS;
  readonly #start: number[] = [];
  readonly #steps: number[] = [];

  /** The same value for all rows, made once. */
  constant(value: Value): Value {
    const local = this.#locals++;
    value.write(this.#start, 0);
    this.#start.push(LOCAL_SET, ...unsigned(local));
    return {
      write(code): void {
        code.push(LOCAL_GET, ...unsigned(local));
      },
    };
  }

  /** A variable with a value to begin with. */
  variable(value: Value): Variable {
    const local = this.#locals;
    this.#locals += PARTS;
    const variable: Variable = {
      local,
      write(code, part): void {
        code.push(LOCAL_GET, ...unsigned(local + part));
      },
    };
    this.set(variable, value);
    return variable;
  }

  /** Gives a variable another value. */
  set({ local }: Variable, value: Value): void {
    for (let part = 0; part < PARTS; part++) {
      value.write(this.#steps, part);
      this.#steps.push(LOCAL_SET, ...unsigned(local + part));
    }
  }

  /** Stores a value in a column. */
  store(column: number, value: Value): void {
    for (let part = 0; part < PARTS; part++) {
      writeStore(this.#steps, part, { column, value });
    }
  }

  /** Takes the steps that `addSteps` adds 1 to 63 times; not within another `repeat`. */
  repeat(times: number, addSteps: () => void): void {
    this.#steps.push(I32_CONST, times, LOCAL_SET, TURNS_LOCAL, ...LOOP);
    addSteps();
    this.#steps.push(LOCAL_GET, TURNS_LOCAL, I32_CONST, 1, I32_SUB);
    this.#steps.push(LOCAL_TEE, TURNS_LOCAL, ...BRANCH_TO_LOOP_IF, END);
  }

  /**
   * The program, or null where there is no WebAssembly with vectors. Takes 1 to 2 ms the first time.
   *
   * @param columns how many it has, at most 256: one page of memory
   */
  compile(columns: number): Program | null {
    const bytes = this.#moduleBytes();
    if (!("WebAssembly" in globalThis) || !WebAssembly.validate(bytes)) {
      return null;
    }
    const module = new WebAssembly.Module(bytes);
    const { exports } = new WebAssembly.Instance(module);
    const { buffer } = exports.memory as WebAssembly.Memory;
    const columnAt = (_: unknown, at: number): Uint32Array =>
      new Uint32Array(buffer, at * COLUMN_WORDS * 4, COLUMN_WORDS);
    return {
      columns: Array.from({ length: columns }, columnAt),
      run: exports.run as (count: number) => void,
    };
  }

  #moduleBytes(): Uint8Array<ArrayBuffer> {
    const vectors = unsigned(this.#locals - VECTOR_LOCALS);
    const locals = list([[VECTOR_LOCALS - 1, I32], [...vectors, V128]]);
    const code = [locals, this.#start, LOOP, this.#steps, NEXT_ROWS, END]
      .flat();
    const module = [
      HEADER,
      section(TYPES, [[FUNCTION, ...list([[I32]]), ...list([])]]),
      section(FUNCTIONS, [[0]]),
      section(MEMORIES, [[0, 1]]), // one page
      section(EXPORTS, [[...name("run"), 0, 0], [...name("memory"), 2, 0]]),
      section(CODE, [unsigned(code.length).concat(code)]),
    ];
    return new Uint8Array(module.flat());
  }
}

function section(id: number, entries: readonly number[][]): readonly number[] {
  const content = list(entries);
  return [id, unsigned(content.length), content].flat();
}

function list(entries: readonly number[][]): number[] {
  return [unsigned(entries.length), ...entries].flat();
}

function name(text: string): number[] {
  return list(Array.from(text, (letter) => [letter.charCodeAt(0)]));
}
