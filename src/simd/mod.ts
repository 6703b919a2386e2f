/** Programs for the vector unit: what is to be done with many rows of words, 16 at a time. @module */
export {
  add,
  and,
  type BinaryOperation,
  bytesOfWord,
  column,
  COLUMN_WORDS,
  highProduct,
  lesser,
  multiply,
  or,
  permuteBytes,
  shiftLeft,
  shiftRight,
  subtract,
  type Value,
  word,
  xor,
} from "./values.ts";
export { type Program, ProgramBuilder, type Variable } from "./program.ts";
