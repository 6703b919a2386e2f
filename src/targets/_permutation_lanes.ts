import {
  add,
  and,
  column,
  highProduct,
  lesser,
  multiply,
  type Program,
  ProgramBuilder,
  shiftRight,
  subtract,
  type Value,
  word,
  xor,
} from "../simd/mod.ts";
import {
  MIX_MULTIPLIERS,
  type Permutation,
  SMALL_SIZE,
} from "./permutation.ts";

/** Up to this `permuteAll`, with its 53 bits, gets the exact product of a word and the size, as this does. */
const MAX_HIGH_SIZE = 2 ** 21;

/**
 * The rounds of a permutation for the vector unit: high halves are in the first column, low halves in the
 * second. Null where there is no such unit, and for permutations that are not worth it (small ones) or have
 * more than 2^21 high halves.
 */
export function permutationProgram(permutation: Permutation): Program | null {
  const { size, lowSize, lowShift, highSize, keys } = permutation;
  if (size < SMALL_SIZE || highSize > MAX_HIGH_SIZE) return null;
  const program = new ProgramBuilder();
  const [first, second] = MIX_MULTIPLIERS.map((multiplier) =>
    program.constant(word(multiplier))
  );
  const sizes = program.constant(word(highSize));
  const lowMask = program.constant(word(lowSize - 1));
  const high = program.variable(column(0));
  const low = program.variable(column(1));
  const mixed = program.variable(low);
  const mix = (value: Value, key: number): void => {
    program.set(mixed, multiply(xor(value, word(key)), first!));
    program.set(mixed, xor(mixed, shiftRight(mixed, 15)));
    program.set(mixed, multiply(mixed, second!));
  };
  for (let round = 0; round < keys.length; round += 2) {
    mix(low, keys[round]!);
    program.set(high, subtract(add(high, highProduct(mixed, sizes)), sizes));
    // A negative difference is the greater one as an unsigned word.
    program.set(high, lesser(high, add(high, sizes)));
    mix(high, keys[round + 1]!);
    program.set(low, and(add(low, shiftRight(mixed, lowShift)), lowMask));
  }
  program.store(0, high);
  program.store(1, low);
  return program.compile(2);
}
