import type { ResultFile, RowWriter } from "../output/mod.ts";
import type { Probe, Response } from "../probe/mod.ts";
import {
  RecordFlag,
  type RecordHead,
  type RecordQueue,
} from "../shared/mod.ts";

/** Rows that are formatted before the file gets them. */
const CHUNK_BYTES = 256 << 10;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Takes responses out of the receiver's queue, formats them, and gives them to the result file. */
export class Collector {
  readonly #queue: RecordQueue;
  readonly #probe: Probe;
  readonly #writer: RowWriter<Response>;
  readonly #file: ResultFile;
  readonly #head: RecordHead = {
    seconds: 0,
    microseconds: 0,
    targetAddress: 0,
    targetPort: 0,
    probeNumber: 0,
    classIndex: 0,
    flags: 0,
  };
  readonly #response: Mutable<Response>;
  #rows = 0;
  #lostRows = 0;

  constructor(
    parts: {
      queue: RecordQueue;
      probe: Probe;
      writer: RowWriter<Response>;
      file: ResultFile;
    },
  ) {
    this.#queue = parts.queue;
    this.#probe = parts.probe;
    this.#writer = parts.writer;
    this.#file = parts.file;
    this.#response = {
      view: parts.queue.view,
      at: 0,
      end: 0,
      seconds: 0,
      microseconds: 0,
      targetAddress: 0,
      targetPort: 0,
      classIndex: 0,
      isSuccess: false,
      isRepeat: false,
      isCooldown: false,
    };
  }

  /** Share of the receiver's queue that is in use, 0 to 1. */
  get fill(): number {
    return this.#queue.fill;
  }

  /** Rows given to the file. */
  get rows(): number {
    return this.#rows;
  }

  /** Of these, rows that came after the file had failed. */
  get lostRows(): number {
    return this.#lostRows;
  }

  /** Moves what is waiting to the file and waits until it is written; returns the number of rows. */
  async collect(): Promise<number> {
    let rows = 0;
    while (this.#writer.lengthBytes < CHUNK_BYTES && this.#next()) rows++;
    if (this.#writer.lengthBytes > 0) {
      await this.#file.write(this.#writer.take());
    }
    this.#rows += rows;
    if (this.#file.status === "failed") this.#lostRows += rows;
    return rows;
  }

  #next(): boolean {
    const head = this.#head;
    const at = this.#queue.shift(head);
    if (at < 0) return false;
    const response = this.#response;
    response.at = at;
    response.end = at + this.#queue.lengthBytes;
    response.seconds = head.seconds;
    response.microseconds = head.microseconds;
    response.targetAddress = head.targetAddress;
    response.targetPort = head.targetPort;
    response.classIndex = head.classIndex;
    response.isSuccess = this.#probe.classes[head.classIndex]!.isSuccess;
    response.isRepeat = (head.flags & RecordFlag.repeat) !== 0;
    response.isCooldown = (head.flags & RecordFlag.cooldown) !== 0;
    this.#writer.append(response);
    this.#queue.release();
    return true;
  }
}
