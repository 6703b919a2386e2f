import assert from "node:assert/strict";
import { SeededRandom } from "../base/mod.ts";
import {
  add,
  and,
  bytesOfWord,
  column,
  COLUMN_WORDS,
  highProduct,
  lesser,
  multiply,
  or,
  permuteBytes,
  type Program,
  ProgramBuilder,
  shiftLeft,
  shiftRight,
  subtract,
  type Value,
  word,
  xor,
} from "./mod.ts";

const EDGES = [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

function compiled(builder: ProgramBuilder, columns: number): Program {
  const program = builder.compile(columns);
  assert.ok(program);
  return program;
}

/** Fills two columns with edges, each with each, and random words; the program fills the third. */
function checkOperation(
  operation: (a: Value, b: Value) => Value,
  expected: (a: number, b: number) => number,
): void {
  const builder = new ProgramBuilder();
  builder.store(2, operation(column(0), column(1)));
  const { columns: [a, b, result], run } = compiled(builder, 3);
  const random = new SeededRandom(1n);
  for (let row = 0; row < COLUMN_WORDS; row++) {
    a![row] = EDGES[row % 5] ?? 0;
    b![row] = EDGES[Math.floor(row / 5)] ?? random.nextWord();
    if (row > 40) a![row] = random.nextWord();
  }
  run(COLUMN_WORDS);
  const words = Array.from(a!, (word, row) => expected(word, b![row]!) >>> 0);
  assert.deepEqual([...result!], words);
}

Deno.test("add(), subtract() and multiply() keep the lower 32 bits", () => {
  checkOperation(add, (a, b) => a + b);
  checkOperation(subtract, (a, b) => a - b);
  checkOperation(multiply, Math.imul);
});

Deno.test("highProduct() keeps the upper 32 bits", () => {
  const expected = (a: number, b: number): number =>
    Number((BigInt(a) * BigInt(b)) >> 32n);
  checkOperation(highProduct, expected);
});

Deno.test("and(), or(), xor() and lesser() take words as unsigned", () => {
  checkOperation(and, (a, b) => a & b);
  checkOperation(or, (a, b) => a | b);
  checkOperation(xor, (a, b) => a ^ b);
  checkOperation(lesser, Math.min);
});

Deno.test("shiftLeft() and shiftRight() put zeros in", () => {
  for (const bits of [0, 1, 15, 31]) {
    checkOperation((a) => shiftLeft(a, bits), (a) => a << bits);
    checkOperation((a) => shiftRight(a, bits), (a) => a >>> bits);
  }
});

Deno.test("permuteBytes() moves the bytes of each word", () => {
  const reversed = bytesOfWord([3, 2, 1, 0]);
  checkOperation((a) => permuteBytes(a, reversed), (a) => {
    const view = new DataView(new ArrayBuffer(4));
    view.setUint32(0, a);
    return view.getUint32(0, true);
  });
});

Deno.test("word() is the same word in each row", () => {
  for (const one of [...EDGES, 0x1234_5678]) {
    checkOperation(() => word(one), () => one);
    checkOperation((a) => add(a, word(one | 0)), (a) => a + one);
  }
});

Deno.test("ProgramBuilder repeats steps, with variables that keep their values", () => {
  const builder = new ProgramBuilder();
  const three = builder.constant(word(3));
  const power = builder.variable(column(0));
  const sum = builder.variable(word(0));
  for (const times of [1, 4, 63]) {
    builder.repeat(times, () => {
      builder.set(power, multiply(power, three));
      builder.set(sum, add(sum, power));
    });
  }
  builder.store(0, power);
  builder.store(1, sum);
  const { columns: [powers, sums], run } = compiled(builder, 2);
  const start = Uint32Array.from({ length: COLUMN_WORDS }, (_, row) => row);
  powers!.set(start);
  run(COLUMN_WORDS);
  for (const row of start) {
    let [power, sum] = [row, 0];
    for (let i = 0; i < 68; i++) sum += power = Math.imul(power, 3);
    assert.deepEqual([powers![row], sums![row]], [power >>> 0, sum >>> 0]);
  }
});

Deno.test("run() leaves rows alone that are more than 16 after those it is for", () => {
  const builder = new ProgramBuilder();
  builder.store(0, add(column(0), word(1)));
  const { columns: [words], run } = compiled(builder, 1);
  for (let count = 0; count <= COLUMN_WORDS; count++) {
    words!.fill(0);
    run(count);
    assert.ok(words!.subarray(0, count).every((word) => word === 1));
    assert.ok(words!.subarray(count + 16).every((word) => word === 0));
  }
});

Deno.test("compile() makes programs with many variables and columns, each with memory of its own", () => {
  const builder = new ProgramBuilder();
  const columns = [...Array(256).keys()];
  const variables = columns.map((at) =>
    builder.variable(add(column(at), word(at)))
  );
  variables.forEach((variable, at) => builder.store(at, variable));
  const [one, other] = [compiled(builder, 256), compiled(builder, 256)];
  one.run(COLUMN_WORDS);
  for (const at of columns) {
    assert.ok(one.columns[at]!.every((word) => word === at));
    assert.ok(other.columns[at]!.every((word) => word === 0));
  }
});

Deno.test("compile() makes nothing where there is no WebAssembly", () => {
  const { WebAssembly: own } = globalThis;
  try {
    Reflect.deleteProperty(globalThis, "WebAssembly");
    assert.equal(new ProgramBuilder().compile(1), null);
  } finally {
    globalThis.WebAssembly = own;
  }
});
