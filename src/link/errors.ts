/** Errors of system calls, without all else that this room has. */
export { ErrnoError, errnoName, errnoText } from "../../ffi/errno.ts";
