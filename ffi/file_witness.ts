import { O_CLOEXEC, O_PATH } from "./constants.ts";
import { cString } from "./_c_string.ts";
import { checkResult } from "./errno.ts";
import { descriptorFacts, type FileFacts } from "./file_facts.ts";
import { openLibc } from "./libc.ts";

/**
 * A hold on a file that lets it be looked at, whatever becomes of its name or of the rights of this program: Deno's
 * own look at an open file fails once these are given up.
 */
export class FileWitness implements Disposable {
  readonly #fd: number;
  #isClosed = false;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * Holds the file that a path leads to, `open(2)` with O_PATH.
   *
   * @throws {ErrnoError} when there is none
   */
  static open(path: string): FileWitness {
    const fd = openLibc().open(cString(path), O_PATH | O_CLOEXEC);
    return new FileWitness(checkResult(`look at "${path}"`, fd));
  }

  /** What the kernel knows of the file now. */
  facts(): FileFacts {
    return descriptorFacts(this.#fd);
  }

  /** Lets the file go. May be called again. */
  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    openLibc().close(this.#fd);
  }
}
