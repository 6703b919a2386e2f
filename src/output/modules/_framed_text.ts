import type { Response } from "../../probe/mod.ts";
import { ByteBuffer } from "../byte_buffer.ts";
import type { Chunk, RowEncoder } from "../row_encoder.ts";

/** What is particular to a format of text with a header and a footer. */
export interface TextFormat {
  /** Writes what stands above the rows. */
  header(buffer: ByteBuffer): void;
  /** Writes a row; `rows` are those before it. */
  row(buffer: ByteBuffer, response: Response, rows: number): void;
  /** Writes what stands below the rows. */
  footer(buffer: ByteBuffer): void;
  /** What a later run needs to know besides the number of rows. */
  memory?(): readonly number[];
}

/** What of `OutputContext` says whether an encoder goes on. */
export interface TextStart {
  readonly keptBytes: number;
  readonly memory: readonly number[];
}

/** Rows of text between a header and a footer: in a file that goes on, the header stands already. */
export class FramedText implements RowEncoder<Response> {
  readonly #buffer = new ByteBuffer();
  readonly #format: TextFormat;
  readonly #isCuttable: boolean;
  /** Rows before the next one, those of earlier runs included. */
  #rows: number;
  #taken: number;
  #isFinished = false;

  /** @param isCuttable whether each row is one line, and all others belong to header or footer */
  constructor(
    format: TextFormat,
    { keptBytes, memory }: TextStart,
    isCuttable: boolean,
  ) {
    this.#format = format;
    this.#isCuttable = isCuttable;
    this.#rows = this.#taken = keptBytes === 0 ? 0 : memory[0] ?? 0;
    if (keptBytes === 0) format.header(this.#buffer);
  }

  get lengthBytes(): number {
    return this.#buffer.length;
  }

  get memory(): readonly number[] {
    return [this.#rows, ...this.#format.memory?.() ?? []];
  }

  append(response: Response): void {
    this.#format.row(this.#buffer, response, this.#rows);
    this.#rows++;
  }

  take(): Chunk {
    const rows = this.#rows - this.#taken;
    this.#taken = this.#rows;
    return { bytes: this.#buffer.take(), rows, isCuttable: this.#isCuttable };
  }

  finish(): Chunk {
    if (!this.#isFinished) this.#format.footer(this.#buffer);
    this.#isFinished = true;
    return this.take();
  }
}
