import { EAGAIN, LOCK_EX, LOCK_NB, O_CLOEXEC, O_RDONLY } from "./constants.ts";
import { cString } from "./_c_string.ts";
import { checkResult, ErrnoError, errnoWord } from "./errno.ts";
import { openLibc } from "./libc.ts";

/**
 * A lock on a file that only one holder has, `flock(2)`. It ends with the process at the latest, and survives a change
 * of the user.
 */
export class FileLock implements Disposable {
  readonly #fd: number;
  #isReleased = false;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * Locks the file at `path`; null when it is locked already.
   *
   * @throws {ErrnoError} when the file cannot be opened, or its file system has no locks
   */
  static take(path: string): FileLock | null {
    const libc = openLibc();
    const opened = libc.open(cString(path), O_RDONLY | O_CLOEXEC);
    const fd = checkResult(`open "${path}"`, opened);
    if (libc.flock(fd, LOCK_EX | LOCK_NB) === 0) return new FileLock(fd);
    const errno = errnoWord()[0]!;
    libc.close(fd);
    if (errno === EAGAIN) return null;
    throw new ErrnoError(`lock "${path}"`, errno);
  }

  /** Lets others take it. May be called again. */
  [Symbol.dispose](): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    openLibc().close(this.#fd);
  }
}
