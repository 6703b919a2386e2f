/** Shards of one scan put together: proof of coverage, sums, rows without repeats. @module */
export { MERGE } from "./command.ts";
