import { cString } from "./_c_string.ts";
import { O_CLOEXEC, O_PATH } from "./constants.ts";
import { checkResult } from "./errno.ts";
import { openLibc } from "./libc.ts";
import { RENAME_EXCHANGE } from "./sandbox_constants.ts";
import { addressOf, systemCall } from "./system_call.ts";

/** A directory in which names can be exchanged, also once paths lead nowhere any more. */
export class NameExchange implements Disposable {
  #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * Opens the directory.
   *
   * @throws {ErrnoError} when it is not there
   */
  static open(directory: string): NameExchange {
    const opened = openLibc().open(cString(directory), O_PATH | O_CLOEXEC);
    return new NameExchange(checkResult(`open "${directory}"`, opened));
  }

  /**
   * Lets each of two files in the directory have the name of the other, `renameat2(2)`: at every moment both names are
   * there, and whoever has opened one goes on reading the same file.
   *
   * @throws {ErrnoError} when one is not there, this thread may not, or the file system cannot
   */
  exchange(name: string, other: string): void {
    const [first, second] = [cString(name), cString(other)];
    const directory = BigInt(this.#fd);
    systemCall({
      act: `exchange "${name}" and "${other}"`,
      name: "renameat2",
      args: [
        ...[directory, addressOf(first), directory, addressOf(second)],
        BigInt(RENAME_EXCHANGE),
      ],
    });
  }

  /** Closes it. May be called again. */
  [Symbol.dispose](): void {
    if (this.#fd < 0) return;
    openLibc().close(this.#fd);
    this.#fd = -1;
  }
}
