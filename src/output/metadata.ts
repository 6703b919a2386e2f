import { outputFault } from "./output_fault.ts";
import type { OpenOptions } from "./open_sink.ts";
import { ResultFile } from "./result_file.ts";
import { spacedJson } from "./spaced_json.ts";

/** UTF-16 code units that are written at once. */
const CHUNK_LENGTH = 1 << 16;

/**
 * Where facts about the scan go once it has ended. Opened before the scan, so that a path that cannot be
 * written is found then, and kept open, since by the end the program may have given up its rights.
 */
export class MetadataFile {
  readonly file: ResultFile;

  constructor(file: ResultFile) {
    this.file = file;
  }

  /**
   * Opens a file, empty from now on, or standard output for "-".
   *
   * @throws {ConfigError} when the file cannot be opened for writing
   * @throws the reason of the signal in `options` when that aborts before
   */
  static async open(
    path: string,
    options: Omit<OpenOptions, "option"> = {},
  ): Promise<MetadataFile> {
    const option = "--metadata-file";
    return new MetadataFile(
      await ResultFile.open(path, { ...options, option }),
    );
  }

  /** Writes metadata as one line of JSON, by `spacedJson`. Resolves, never rejects; `fault` says what failed. */
  write(metadata: object): Promise<void> {
    return this.file.writePieces(chunksOf(metadata));
  }

  /** What is wrong with the file, or null. A reader that has gone is no fault: it has read what it wanted. */
  get fault(): string | null {
    return this.file.status === "reader-gone"
      ? null
      : outputFault(this.file, false);
  }

  /** Closes the file. May be called again. */
  close(): Promise<void> {
    return this.file.close();
  }
}

function* chunksOf(metadata: object): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = "";
  for (const piece of spacedJson(metadata)) {
    text += piece;
    if (text.length < CHUNK_LENGTH) continue;
    yield encoder.encode(text);
    text = "";
  }
  yield encoder.encode(`${text}\n`);
}
