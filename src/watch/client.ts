import { headEnd } from "./request_head.ts";

/** A connection, as far as it is used. */
export type Connection = Pick<
  Deno.Conn,
  "read" | "write" | "close" | "closeWrite"
>;

/** Longest head of a request. */
const MOST_HEAD_BYTES = 8192;
/** What is still read of a request that was answered: closed before, its client may lose the answer. */
const MOST_REST_BYTES = 65_536;

/** One connection, with all that is kept for it: a few kilobytes at most, until its time is over. */
export class Client {
  /** When it is dropped, unless something comes of it before; milliseconds of the server's clock. */
  deadlineMs: number;
  /** `asking`: its request has not come whole. */
  state: "asking" | "answering" | "listening" | "ended" = "asking";
  readonly #conn: Connection;
  #isWriting = false;
  #isClosed = false;

  constructor(conn: Connection, deadlineMs: number) {
    this.#conn = conn;
    this.deadlineMs = deadlineMs;
  }

  /** Whether what was given to it last has not left yet. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** The head of its request, each character a byte; null: it has left; "too long" for one of more than 8 KiB. */
  async readHead(): Promise<string | null> {
    const bytes = new Uint8Array(MOST_HEAD_BYTES);
    for (let length = 0; length < bytes.length;) {
      const count = await this.#read(bytes.subarray(length));
      if (count === null) return null;
      const from = length - 3;
      length += count;
      const end = headEnd(bytes.subarray(0, length), from);
      if (end >= 0) return latin1(bytes.subarray(0, end));
    }
    return TOO_LONG;
  }

  /** Writes all bytes; false when it has left. Not to be called while it is writing. */
  async write(bytes: Uint8Array): Promise<boolean> {
    this.#isWriting = true;
    try {
      for (let at = 0; at < bytes.length;) {
        at += await this.#conn.write(bytes.subarray(at));
      }
      return true;
    } catch {
      return false;
    } finally {
      this.#isWriting = false;
    }
  }

  /** Says that nothing more comes, and lets a client that has more to say find that out. */
  async finish(): Promise<void> {
    try {
      await this.#conn.closeWrite();
    } catch {
      return this.drop();
    }
    const bytes = new Uint8Array(4096);
    for (let total = 0; total < MOST_REST_BYTES;) {
      const count = await this.#read(bytes);
      if (count === null) break;
      total += count;
    }
    this.drop();
  }

  /** Waits until it leaves; what it still says is of no interest, and not much. */
  async left(): Promise<void> {
    const bytes = new Uint8Array(256);
    for (let total = 0; total < MOST_REST_BYTES;) {
      const count = await this.#read(bytes);
      if (count === null) return;
      total += count;
    }
  }

  /** Ends the connection at once. May be called again. */
  drop(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.state = "ended";
    try {
      this.#conn.close();
    } catch {
      // It has ended by itself.
    }
  }

  async #read(into: Uint8Array): Promise<number | null> {
    try {
      return await this.#conn.read(into);
    } catch {
      return null;
    }
  }
}

/** What stands for the head of a request that is too long. */
export const TOO_LONG = "too long";

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
