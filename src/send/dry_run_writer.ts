import { ErrnoError, errnoText } from "../../ffi/errno.ts";
import { OutputDescriptor } from "../../ffi/output_descriptor.ts";
import {
  acquire,
  Command,
  type Control,
  giveCommand,
  makeLock,
  readCommand,
  release,
} from "../shm/mod.ts";

const STANDARD_OUTPUT_FD = 1;
/** How late a command may be noticed while nobody reads. */
const WAIT_MS = 100;
/** How many such waits in vain the end is worth. */
const MOST_WAITS = 50;
/** Of a dry run's lock: set once standard output was given up. */
const GIVEN_UP = 0;

/** What keeps the packets of several senders apart; plain data. */
export interface DryRunLock {
  readonly lock: Int32Array;
  readonly state: Int32Array;
}

/** Makes what several senders share that write to standard output. */
export function makeDryRunLock(): DryRunLock {
  return {
    lock: makeLock(),
    state: new Int32Array(new SharedArrayBuffer(4)),
  };
}

/**
 * Makes what writes bytes to standard output as one piece. When nobody reads it any more, the sender ends. A reader
 * that is slow is waited for; once the sender is told to stop, for 5 s at most in which nothing is read.
 */
export function makeDryRunWriter(
  { lock, state }: DryRunLock,
  control: Control,
): (bytes: Uint8Array) => void {
  const output = OutputDescriptor.inherited(STANDARD_OUTPUT_FD);
  const write = (bytes: Uint8Array): void => {
    let waits = 0;
    for (let at = 0; at < bytes.length;) {
      const length = output.writeHere(bytes.subarray(at), WAIT_MS);
      at += length;
      const isEnding = readCommand(control) === Command.stop;
      waits = length > 0 || !isEnding ? 0 : waits + 1;
      if (waits > MOST_WAITS || Atomics.load(state, GIVEN_UP) === 1) {
        Atomics.store(state, GIVEN_UP, 1);
        throw new Error("Nobody has read standard output for 5 s");
      }
    }
  };
  return (bytes) => {
    acquire(lock);
    try {
      write(bytes);
    } catch (error) {
      if (!(error instanceof ErrnoError)) throw error;
      if (error.code !== "EPIPE") {
        const text = errnoText(error.errno);
        throw new Error(`Cannot write standard output: ${text}`);
      }
      giveCommand(control, Command.stop);
    } finally {
      release(lock);
    }
  };
}
