import { ConfigError } from "../../base/mod.ts";
import { describeFileError, syncDirectory } from "../../output/mod.ts";

/** Added to the name of a file that is being written. */
const PART_SUFFIX = ".part";

/** A file that is there whole, or not at all: it gets its name once all of it is on the disk. */
export class WholeFile implements Disposable {
  readonly #option: string;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #isOpen = true;

  /**
   * @param option what names the file
   * @throws {ConfigError} when it cannot be written there
   */
  constructor(option: string, path: string) {
    this.#option = option;
    this.#path = path;
    try {
      this.#file = Deno.openSync(this.#partPath, {
        write: true,
        create: true,
        truncate: true,
      });
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /**
   * Appends bytes.
   *
   * @throws {ConfigError} when that fails: the disk is full, for example
   */
  write(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length;) {
        at += this.#file.writeSync(bytes.subarray(at));
      }
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /**
   * Gives the file its name, in place of what had it.
   *
   * @throws {ConfigError} when that fails
   */
  async finish(): Promise<void> {
    try {
      await this.#file.sync();
      this.#close();
      await Deno.rename(this.#partPath, this.#path);
      await syncDirectory(this.#path);
    } catch (error) {
      this.#remove();
      throw this.#failure(error);
    }
  }

  /** Removes what is not finished. */
  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#close();
    this.#remove();
  }

  get #partPath(): string {
    return `${this.#path}${PART_SUFFIX}`;
  }

  #close(): void {
    if (this.#isOpen) this.#file.close();
    this.#isOpen = false;
  }

  #remove(): void {
    try {
      Deno.removeSync(this.#partPath);
    } catch (error) {
      // It has its name, or somebody has removed it.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  #failure(error: unknown): ConfigError {
    return new ConfigError(
      this.#option,
      `Cannot write "${this.#path}": ${describeFileError(error)}`,
      "Make space, or name a file elsewhere",
      error,
    );
  }
}
