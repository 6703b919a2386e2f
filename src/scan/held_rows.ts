import type { RecordHead } from "../shm/mod.ts";

/** A response that waits: its head and its packet. */
export interface HeldRow {
  readonly head: Readonly<RecordHead>;
  readonly view: DataView;
  /** Whether its prefix is aliased, once that is known. */
  verdict: boolean | null;
}

/** What a response takes beside its packet, roughly. */
const ROW_BYTES = 500;

/** Responses that wait for something, by what they wait for, and those that wait no longer. */
export class HeldRows<K> {
  /** In the order in which the first response of each came. */
  readonly #rows = new Map<K, HeldRow[]>();
  readonly #capacityBytes: number;
  #released: HeldRow[] = [];
  /** Of the released ones, those that were taken. */
  #taken = 0;
  /** What those take that wait. */
  #bytes = 0;

  /** @param capacityBytes what the responses that wait may take, their packets and `ROW_BYTES` for each */
  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  /** Whether no further response may wait. */
  get isFull(): boolean {
    return this.#bytes >= this.#capacityBytes;
  }

  /** Whether there are none, the released ones included. */
  get isEmpty(): boolean {
    return this.#rows.size === 0 && this.#taken === this.#released.length;
  }

  /** What the response that has waited longest waits for, or undefined. */
  get oldest(): K | undefined {
    return this.#rows.keys().next().value;
  }

  /** Copies a response, with its packet from `at` up to `end`. */
  hold(
    key: K,
    head: Readonly<RecordHead>,
    packet: DataView,
    [at, end]: readonly [number, number],
  ): void {
    const bytes = new Uint8Array(
      packet.buffer,
      packet.byteOffset + at,
      end - at,
    )
      .slice();
    const row = {
      head: { ...head },
      view: new DataView(bytes.buffer),
      verdict: null,
    };
    const rows = this.#rows.get(key);
    if (rows === undefined) this.#rows.set(key, [row]);
    else rows.push(row);
    this.#bytes += end - at + ROW_BYTES;
  }

  /** Releases all responses that wait for this; returns how many. */
  release(key: K, verdict: boolean | null): number {
    const rows = this.#rows.get(key);
    if (rows === undefined) return 0;
    this.#rows.delete(key);
    for (const row of rows) {
      this.#bytes -= row.view.byteLength + ROW_BYTES;
      row.verdict = verdict;
      this.#released.push(row);
    }
    return rows.length;
  }

  /** Takes the response that was released first, or null. */
  shift(): HeldRow | null {
    if (this.#taken === this.#released.length) return null;
    const row = this.#released[this.#taken++]!;
    if (this.#taken === this.#released.length) {
      this.#released = [];
      this.#taken = 0;
    }
    return row;
  }
}
