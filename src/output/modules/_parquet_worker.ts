/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { FileSink } from "../byte_sink.ts";
import { isOutOfSpace } from "../out_of_space.ts";
import { isEnd, PARQUET_END, type ParquetStart } from "./_parquet_sink.ts";
import { ParquetTable, type StoredRow } from "./_parquet_table.ts";
import { serveStore } from "./_serve_store.ts";

/** Bytes of rows of earlier runs that are read at a time. */
const PIECE_BYTES = 1 << 20;

/** Makes a Parquet file of rows that come as JSON lines, in pieces. */
class TableStore {
  readonly #file: FileSink;
  readonly #table: ParquetTable;
  readonly #decoder = new TextDecoder();
  /** The beginning of a row whose rest has not come yet. */
  #rest = "";
  /** Bytes of the file that are not written yet. */
  #pending = new Uint8Array(0);

  private constructor(file: FileSink, table: ParquetTable) {
    this.#file = file;
    this.#table = table;
  }

  /** Opens the file, and takes the rows of earlier runs. */
  static async open(start: ParquetStart): Promise<TableStore> {
    const { columns, keptBytes, partPath, path, program } = start;
    const table = await ParquetTable.create(columns, program);
    const store = new TableStore(FileSink.open(path), table);
    if (keptBytes > 0) await store.#takeKept(partPath, keptBytes);
    return store;
  }

  /** Takes what has come, and writes what is complete. */
  async take(bytes: Uint8Array): Promise<void> {
    const hasEnd = isEnd(bytes);
    this.#add(hasEnd ? bytes.subarray(0, -PARQUET_END.length) : bytes);
    if (hasEnd) this.#table.finish();
    await this.#flush();
    if (hasEnd) await this.#file.sync();
  }

  async #takeKept(path: string, keptBytes: number): Promise<void> {
    using file = await Deno.open(path);
    const piece = new Uint8Array(PIECE_BYTES);
    for (let left = keptBytes; left > 0;) {
      const length = await file.read(piece.subarray(0, left));
      if (length === null) throw new Error(`"${path}" was cut`);
      left -= length;
      await this.take(piece.subarray(0, length));
    }
  }

  #add(bytes: Uint8Array): void {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    const lines = text.split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) this.#table.add(JSON.parse(line) as StoredRow);
  }

  async #flush(): Promise<void> {
    const bytes = this.#table.take();
    if (bytes.length > 0) {
      const all = new Uint8Array(this.#pending.length + bytes.length);
      all.set(this.#pending);
      all.set(bytes, this.#pending.length);
      this.#pending = all;
    }
    while (this.#pending.length > 0) {
      const length = await this.#file.write(this.#pending);
      this.#pending = this.#pending.subarray(length);
    }
  }
}

let store: TableStore | null = null;

serveStore<ParquetStart | Uint8Array>(
  async (message) => {
    if (message instanceof Uint8Array) await store?.take(message);
    else store = await TableStore.open(message);
  },
  // The store keeps what it could not write.
  (error) => store !== null && isOutOfSpace(error),
);
