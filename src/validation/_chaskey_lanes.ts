import {
  add,
  bytesOfWord,
  column,
  or,
  permuteBytes,
  type Program,
  ProgramBuilder,
  shiftLeft,
  shiftRight,
  type Value,
  type Variable,
  word,
  xor,
} from "../simd/mod.ts";
import { CHASKEY_ROUNDS, CHASKEY_WORDS, doubleKey } from "./chaskey.ts";

/**
 * What `chaskeyOfBlocks` does, for the vector unit: the four words of each block are in the first four columns,
 * its code comes into the next four. Null where there is no such unit.
 */
export function chaskeyProgram(key: Uint32Array): Program | null {
  const program = new ProgramBuilder();
  const { d0, d1, d2, d3 } = doubleKey(key);
  const double = [d0, d1, d2, d3];
  // Rotations by whole bytes are one instruction instead of three.
  const by8 = program.constant(bytesOfWord([3, 0, 1, 2]));
  const by16 = program.constant(bytesOfWord([2, 3, 0, 1]));
  const state = (at: number): Variable =>
    program.variable(xor(column(at), word(key[at]! ^ double[at]!)));
  const [v0, v1, v2, v3] = [state(0), state(1), state(2), state(3)];
  program.repeat(CHASKEY_ROUNDS, () => {
    program.set(v0, add(v0, v1));
    program.set(v1, xor(rotate(v1, 5), v0));
    program.set(v0, permuteBytes(v0, by16));
    program.set(v2, add(v2, v3));
    program.set(v3, xor(permuteBytes(v3, by8), v2));
    program.set(v0, add(v0, v3));
    program.set(v3, xor(rotate(v3, 13), v0));
    program.set(v2, add(v2, v1));
    program.set(v1, xor(rotate(v1, 7), v2));
    program.set(v2, permuteBytes(v2, by16));
  });
  [v0, v1, v2, v3].forEach((value, at) =>
    program.store(CHASKEY_WORDS + at, xor(value, word(double[at]!)))
  );
  return program.compile(2 * CHASKEY_WORDS);
}

function rotate(value: Value, bits: number): Value {
  return or(shiftLeft(value, bits), shiftRight(value, 32 - bits));
}
