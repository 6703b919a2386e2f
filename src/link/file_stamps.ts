/** Whether files are still those that they were. @module */
export { fileStamps } from "../../ffi/file_stamps.ts";
