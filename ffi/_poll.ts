import { POLLFD } from "./layout.ts";
import { type Libc, openLibc } from "./libc.ts";

const ONE = 1n;

/** Waits for one file descriptor, `poll(2)`. Does not own it. */
export class Poll {
  readonly #libc: Libc = openLibc();
  readonly #view = new DataView(new ArrayBuffer(POLLFD.size));
  readonly #bytes = new Uint8Array(this.#view.buffer);

  constructor(fd: number) {
    this.#view.setInt32(POLLFD.fd, fd, true);
  }

  /**
   * Sleeps until one of `events`, an error or a signal is there, at most `timeoutMs`. False when the
   * time is over or a signal came.
   */
  wait(events: number, timeoutMs: number): boolean {
    this.#view.setInt16(POLLFD.events, events, true);
    return this.#libc.poll(this.#bytes, ONE, timeoutMs) > 0;
  }

  /** The events that ended the last `wait` that returned true. */
  get events(): number {
    return this.#view.getInt16(POLLFD.revents, true);
  }
}
