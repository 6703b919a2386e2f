import { describeFileError } from "../../output/mod.ts";
import { rowsError } from "./row_error.ts";

/** Sorted rows in a spill file. */
export interface SortedRun {
  readonly start: number;
  readonly end: number;
}

/**
 * Sorted rows on their way to the merge, in a file without a name: the system removes it however the program ends.
 */
export class RowSpill implements Disposable {
  readonly #directory: string;
  readonly file: Deno.FsFile;
  #at = 0;

  /**
   * @param directory where the file lies
   * @throws {ConfigError} when none can be made there
   */
  constructor(directory: string) {
    this.#directory = directory;
    try {
      const path = Deno.makeTempFileSync({
        dir: directory,
        prefix: ".pacemap-merge-",
      });
      try {
        this.file = Deno.openSync(path, { read: true, write: true });
      } finally {
        Deno.removeSync(path);
      }
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Bytes in the file. */
  get size(): number {
    return this.#at;
  }

  /**
   * Appends bytes.
   *
   * @throws {ConfigError} when there is no space for them
   */
  write(bytes: Uint8Array): void {
    try {
      this.file.seekSync(this.#at, Deno.SeekMode.Start);
      for (let at = 0; at < bytes.length;) {
        at += this.file.writeSync(bytes.subarray(at));
      }
    } catch (error) {
      throw this.#failure(error);
    }
    this.#at += bytes.length;
  }

  /** Closes the file, which is its end. */
  [Symbol.dispose](): void {
    this.file.close();
  }

  #failure(error: unknown): Error {
    return rowsError(
      `${this.#directory}/`,
      `no temporary file beside the output: ${describeFileError(error)}`,
      "Make space there: as much as the rows that are not in order take",
    );
  }
}
