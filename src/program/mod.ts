/** All commands, put together. @module */
export { runProgram } from "./run_program.ts";
