/**
 * Merges files of rows with repeats removed, in bounded memory: files whose rows are in order are merged as they are,
 * others are sorted piece by piece in memory, the pieces lie in a file without a name beside the output, and are merged
 * with the rest. Where there are more pieces than can be read at once, they are merged in several steps.
 */
import { rowsError } from "./row_error.ts";
import {
  commonFormat,
  openRows,
  readRowFile,
  type RowFacts,
  type RowFile,
  type RowFormat,
} from "./row_format.ts";
import { RowOutput } from "./row_output.ts";
import { RowSorter } from "./row_sorter.ts";
import { RowSpill, type SortedRun } from "./row_spill.ts";
import { KeptRow, KeyedRows, MergedSources } from "./sorted_rows.ts";
import { WholeFile } from "./whole_file.ts";

/** What is merged, and where to. */
export interface MergeRowsOptions {
  readonly files: readonly string[];
  readonly output: string;
  readonly facts: RowFacts;
  /** Bytes that buffers take at most. */
  readonly memoryBytes: number;
  readonly signal: AbortSignal;
}

/** What became of the rows. */
export interface MergedRows {
  readonly path: string;
  readonly read: number;
  readonly written: number;
  /** The columns by which repeats were found; empty: the whole row counts. */
  readonly keyColumns: readonly string[];
  /** Files whose rows were in order. */
  readonly sortedFiles: number;
}

/** Share of the memory for sorting, and for the buffers of what is merged. */
const SORT_SHARE = 0.75;
const MERGE_SHARE = 0.5;
/** Bytes that are read of a file at once: alone, and at least and at most where many are merged. */
const READ_BYTES = 1 << 18;
const LEAST_READ_BYTES = 1 << 14;
const MOST_READ_BYTES = 1 << 20;
/** Sources that are merged at once at most: each file takes a descriptor. */
const MOST_SOURCES = 256;
/** Rows between two looks at the clock, and time between two pauses in which signals are heard. */
const ROWS_A_LOOK = 4096;
const PAUSE_MS = 50;

/** Rows in order: of a file, or in the spill file. */
type Source =
  | { readonly file: RowFile }
  | { readonly spill: RowSpill; readonly run: SortedRun };

/**
 * Merges rows into one file, which is there whole or not at all.
 *
 * @throws {ConfigError} when a file cannot be read, or has no rows that can be merged, or there is no space
 * @throws the signal's reason when that aborts
 */
export async function mergeRows(
  options: MergeRowsOptions,
): Promise<MergedRows> {
  const files = options.files.map((path) => readRowFile(path, options.facts));
  const format = commonFormat(files, options.facts);
  using output = new WholeFile("--output-file", options.output);
  if (format === null) {
    await output.finish();
    const nothing = { read: 0, written: 0, keyColumns: [], sortedFiles: 0 };
    return { path: options.output, ...nothing };
  }
  const merge = new RowMerge(format, options);
  try {
    const sources = await merge.sort(files);
    output.write(format.header);
    const written = await merge.join(sources, (bytes) => output.write(bytes));
    await output.finish();
    return {
      path: options.output,
      read: merge.rows,
      written,
      keyColumns: format.keyColumns,
      sortedFiles: merge.sortedFiles,
    };
  } finally {
    merge.close();
  }
}

class RowMerge {
  readonly #format: RowFormat;
  readonly #options: MergeRowsOptions;
  /** The spill file of this step, and that of the one before. */
  #spill: RowSpill | null = null;
  #spillBefore: RowSpill | null = null;
  #pausedMs = performance.now();
  /** Rows that were read, and files that had them in order. */
  rows = 0;
  sortedFiles = 0;

  constructor(format: RowFormat, options: MergeRowsOptions) {
    this.#format = format;
    this.#options = options;
  }

  /** Makes sources whose rows are in order, in the order of the files. */
  async sort(files: readonly RowFile[]): Promise<readonly Source[]> {
    const sources: Source[] = [];
    const { memoryBytes } = this.#options;
    let sorter: RowSorter | null = null;
    const flush = (): void => {
      if (sorter === null || sorter.count === 0) return;
      sources.push(this.#spillOf((write) => sorter!.flush(write)));
    };
    for (const file of files) {
      if (file.kind === null) continue;
      const rows = await this.#countIfSorted(file);
      if (rows !== null) {
        // The first of several rows that are the same counts: what comes first stays first.
        flush();
        sources.push({ file });
        this.rows += rows;
        this.sortedFiles++;
      } else {
        sorter ??= new RowSorter(this.#format.keys, memoryBytes * SORT_SHARE);
        await this.#sortFile(file, sorter, flush);
      }
    }
    flush();
    return sources;
  }

  /** Merges sources; returns how many rows were written. */
  async join(
    sources: readonly Source[],
    write: (bytes: Uint8Array) => void,
  ): Promise<number> {
    const { memoryBytes } = this.#options;
    const most = Math.min(
      MOST_SOURCES,
      Math.max(2, Math.floor(memoryBytes * MERGE_SHARE / LEAST_READ_BYTES)),
    );
    let left = sources;
    while (left.length > most) {
      this.#spillBefore = this.#spill;
      this.#spill = null;
      const joined: Source[] = [];
      for (let at = 0; at < left.length; at += most) {
        const group = left.slice(at, at + most);
        joined.push(
          group.length === 1 && "file" in group[0]!
            ? group[0]
            : await this.#joinToSpill(group),
        );
      }
      this.#spillBefore?.[Symbol.dispose]();
      this.#spillBefore = null;
      left = joined;
    }
    return await this.#joinGroup(left, write);
  }

  close(): void {
    this.#spill?.[Symbol.dispose]();
    this.#spillBefore?.[Symbol.dispose]();
    this.#spill = this.#spillBefore = null;
  }

  async #joinToSpill(group: readonly Source[]): Promise<Source> {
    const spill = this.#openSpill();
    const start = spill.size;
    await this.#joinGroup(group, (bytes) => spill.write(bytes));
    return { spill, run: { start, end: spill.size } };
  }

  async #joinGroup(
    group: readonly Source[],
    write: (bytes: Uint8Array) => void,
  ): Promise<number> {
    const { keys } = this.#format;
    const opened: Deno.FsFile[] = [];
    const share = this.#options.memoryBytes * MERGE_SHARE /
      Math.max(1, group.length);
    const bufferBytes = Math.floor(
      Math.min(MOST_READ_BYTES, Math.max(LEAST_READ_BYTES, share)),
    );
    try {
      const rows = group.map((source) =>
        "file" in source
          ? this.#readFile(source.file, opened, bufferBytes)
          : this.#readRun(source, bufferBytes)
      );
      const merged = new MergedSources(rows, keys);
      const output = new RowOutput(keys, write);
      let count = 0;
      for (
        let first = merged.first;
        first !== null;
        first = merged.first
      ) {
        output.take(first);
        merged.advance();
        if (++count % ROWS_A_LOOK === 0) await this.#pause();
      }
      output.flush();
      return output.written;
    } finally {
      for (const file of opened) file.close();
    }
  }

  /** How many rows a file has, if they are in order; else null. */
  async #countIfSorted(file: RowFile): Promise<number | null> {
    const opened: Deno.FsFile[] = [];
    const { keys } = this.#format;
    try {
      const rows = this.#readFile(file, opened, READ_BYTES);
      const before = new KeptRow();
      let count = 0;
      while (rows.next()) {
        if (count > 0 && before.compareTo(rows, keys) > 0) return null;
        before.keep(rows, keys);
        if (++count % ROWS_A_LOOK === 0) await this.#pause();
      }
      return count;
    } finally {
      for (const one of opened) one.close();
    }
  }

  async #sortFile(
    file: RowFile,
    sorter: RowSorter,
    flush: () => void,
  ): Promise<void> {
    const opened: Deno.FsFile[] = [];
    try {
      const rows = this.#readFile(file, opened, READ_BYTES);
      const { key, reader } = rows;
      let count = 0;
      while (rows.next()) {
        const { end, start } = reader;
        if (!sorter.add(reader.bytes, start, end, key)) {
          flush();
          if (!sorter.add(reader.bytes, start, end, key)) {
            throw rowsError(
              reader.name,
              `row ${reader.row} has more than ${sorter.longestRow} bytes`,
              "Give more --memory",
            );
          }
        }
        if (++count % ROWS_A_LOOK === 0) await this.#pause();
      }
      this.rows += count;
    } finally {
      for (const one of opened) one.close();
    }
  }

  #readFile(
    { header, path }: RowFile,
    opened: Deno.FsFile[],
    bufferBytes: number,
  ): KeyedRows {
    const file = openRows(path);
    opened.push(file);
    const isQuoted = this.#format.kind === "csv";
    const source = { name: path, file, start: 0, end: null };
    return new KeyedRows(
      { ...source, isQuoted, bufferBytes },
      this.#format.keys,
      header.length > 0 ? 1 : 0,
    );
  }

  #readRun(
    { run: { end, start }, spill: { file } }: Extract<
      Source,
      { readonly run: SortedRun }
    >,
    bufferBytes: number,
  ): KeyedRows {
    const isQuoted = this.#format.kind === "csv";
    const name = "temporary file";
    return new KeyedRows(
      { name, file, start, end, isQuoted, bufferBytes },
      this.#format.keys,
    );
  }

  #spillOf(fill: (write: (bytes: Uint8Array) => void) => void): Source {
    const spill = this.#openSpill();
    const start = spill.size;
    fill((bytes) => spill.write(bytes));
    return { spill, run: { start, end: spill.size } };
  }

  /** The one of this step: what is sorted, or merged in groups. */
  #openSpill(): RowSpill {
    const { output } = this.#options;
    const slash = output.lastIndexOf("/");
    const directory = slash < 0 ? "." : output.slice(0, slash) || "/";
    this.#spill ??= new RowSpill(directory);
    return this.#spill;
  }

  /** Lets signals be heard, now and then. */
  async #pause(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#pausedMs < PAUSE_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#pausedMs = performance.now();
    this.#options.signal.throwIfAborted();
  }
}
