import { ConfigError } from "../base/mod.ts";
import { describeFileError } from "./result_file.ts";
import { spacedJson } from "./spaced_json.ts";

/** The path that stands for standard output. */
const STANDARD_OUTPUT = "-";
/** UTF-16 code units that are written at once. */
const CHUNK_LENGTH = 1 << 16;

/**
 * Where facts about the scan go once it has ended. Opened before the scan, so that a path that cannot be
 * written is found then, and kept open, since by the end the program may have given up its rights.
 */
export class MetadataFile {
  readonly #path: string;
  /** Null for standard output. */
  readonly #file: Deno.FsFile | null;
  #isClosed = false;

  private constructor(path: string, file: Deno.FsFile | null) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Opens a file, empty from now on, or standard output for "-".
   *
   * @throws {ConfigError} when the file cannot be opened for writing
   */
  static async open(path: string): Promise<MetadataFile> {
    if (path === STANDARD_OUTPUT) return new MetadataFile(path, null);
    try {
      const file = await Deno.open(path, {
        write: true,
        create: true,
        truncate: true,
      });
      return new MetadataFile(path, file);
    } catch (error) {
      throw failure(path, error);
    }
  }

  /**
   * Writes metadata as one line of JSON, by `spacedJson`. A reader that has gone is no error.
   *
   * @throws {ConfigError} when the file cannot be written
   */
  async write(metadata: object): Promise<void> {
    let text = "";
    try {
      for (const piece of spacedJson(metadata)) {
        text += piece;
        if (text.length < CHUNK_LENGTH) continue;
        await this.#writeText(text);
        text = "";
      }
      await this.#writeText(`${text}\n`);
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) {
        throw failure(this.#path, error);
      }
    }
  }

  /** Closes the file, but not standard output. May be called again. */
  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#file?.close();
  }

  async #writeText(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    const sink = this.#file ?? Deno.stdout;
    for (let at = 0; at < bytes.length;) {
      at += await sink.write(bytes.subarray(at));
    }
  }
}

function failure(path: string, error: unknown): ConfigError {
  return new ConfigError(
    "--metadata-file",
    `Cannot write "${path}": ${describeFileError(error)}`,
    "Name a file in a directory that you may write to",
    error,
  );
}
