import { ErrnoError } from "../../ffi/errno.ts";
import { type FileFacts, pathFacts } from "../../ffi/file_facts.ts";
import { OutputDescriptor } from "../../ffi/output_descriptor.ts";

/** For each file that descriptors lead to: resolves when nobody writes to it. */
const turns = new Map<string, Promise<void>>();
/** For each terminal: what stands in its last lines, and the descriptor through which it came there. */
const covers = new Map<string, Cover & { readonly owner: DescriptorOutput }>();

/** Something that stands in the last lines of a terminal; its calls return the bytes for it, none if there are none. */
export interface Cover {
  /** Takes it away. */
  erase(): string;
  /** Shows it again. */
  redraw(): string;
}

/**
 * A file descriptor that is written to without blocking this thread. Those that lead to one pipe, terminal or file
 * take turns, so that nobody's rows are torn by another's.
 */
export class DescriptorOutput implements Disposable {
  readonly #descriptor: OutputDescriptor;
  readonly #place: string;
  readonly #atOpen: FileFacts;
  /** Length of a file before the first byte that is written here. */
  readonly #startBytes: number;

  private constructor(descriptor: OutputDescriptor) {
    this.#descriptor = descriptor;
    this.#atOpen = descriptor.facts();
    this.#place = this.#atOpen.place;
    this.#startBytes = this.#atOpen.kind === "file" ? descriptor.position() : 0;
  }

  /**
   * A descriptor that the process was started with: 1 is standard output.
   *
   * @throws {ErrnoError} when it is not open for writing
   */
  static inherited(fd: number): DescriptorOutput {
    return new DescriptorOutput(OutputDescriptor.inherited(fd));
  }

  /**
   * Opens a named pipe, a terminal or another device; null for a pipe that nobody reads yet.
   *
   * @throws {ErrnoError} when it cannot be opened for writing
   */
  static open(path: string): DescriptorOutput | null {
    const descriptor = OutputDescriptor.open(path);
    return descriptor === null ? null : new DescriptorOutput(descriptor);
  }

  /** Whether it leads to a file, whose disk may be full for a while. */
  get isOnDisk(): boolean {
    return this.#atOpen.kind === "file";
  }

  /** Waits for its turn, and returns what ends it. */
  async hold(): Promise<() => void> {
    const before = turns.get(this.#place);
    const turn = Promise.withResolvers<void>();
    turns.set(this.#place, turn.promise);
    await before;
    const end = (): void => {
      if (turns.get(this.#place) === turn.promise) turns.delete(this.#place);
      turn.resolve();
    };
    const cover = covers.get(this.#place);
    if (cover === undefined || cover.owner === this) return end;
    await this.#writeText(cover.erase());
    return () => void this.#writeText(cover.redraw()).finally(end);
  }

  /** Has what stands in a terminal taken away while others write there; until this is closed. */
  cover(cover: Cover): void {
    const { erase, redraw } = cover;
    covers.set(this.#place, { owner: this, erase, redraw });
  }

  /** Writes the bytes of a cover. A terminal that does not take them now may be torn, and nothing else is. */
  async #writeText(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    try {
      let at = 0;
      for (let tries = 0; at < bytes.length && tries < 10; tries++) {
        at += await this.#descriptor.write(bytes.subarray(at));
      }
    } catch {
      // Whoever writes there next is told.
    }
  }

  /**
   * Writes some of the bytes and returns how many: 0 when none were taken within some 100 ms.
   *
   * @throws {Deno.errors.BrokenPipe} when the reader has gone
   * @throws {ErrnoError} when they cannot be written for another reason
   */
  async write(bytes: Uint8Array): Promise<number> {
    try {
      return await this.#descriptor.write(bytes);
    } catch (error) {
      if (error instanceof ErrnoError && error.code === "EPIPE") {
        throw new Deno.errors.BrokenPipe("The reader has gone", {
          cause: error,
        });
      }
      throw error;
    }
  }

  /** What has become of a plain file since it was opened; null for anything else. */
  inspect(): Promise<
    { lengthBytes: number; isDeleted: boolean; isMoved: boolean } | null
  > {
    if (this.#atOpen.kind !== "file") return Promise.resolve(null);
    const { lengthBytes, links } = this.#descriptor.facts();
    return Promise.resolve({
      lengthBytes: lengthBytes - this.#startBytes,
      // A file without a name may have been handed over as such.
      isDeleted: links === 0 && this.#atOpen.links > 0,
      isMoved: false,
    });
  }

  /** Bytes that lie in a pipe whose last reader has gone. */
  unreadBytes(): number {
    return this.#descriptor.unreadBytes();
  }

  /** Closes what `open` has opened. May be called again. */
  close(): void {
    if (covers.get(this.#place)?.owner === this) covers.delete(this.#place);
    this.#descriptor[Symbol.dispose]();
  }

  /** As `close`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** Whether writing to a path may have to wait for a reader, or Deno does not open it: a pipe, a terminal, a device. */
export function isSpecialFile(path: string): boolean {
  try {
    const kind = pathFacts(path)?.kind;
    return kind === "pipe" || kind === "device";
  } catch {
    // What is wrong with the path, opening it says better.
    return false;
  }
}
