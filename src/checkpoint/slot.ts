import { startSha256 } from "./sha256.ts";

/** Bytes of each of the two places for a record. */
export const SLOT_BYTES: number = 1 << 20;
/** Bytes of a record at most, so that it always fits. */
export const MOST_RECORD_BYTES: number = SLOT_BYTES - 128;

const HEAD_BYTES = 128;
const HEAD = /^slot (\d{1,15}) (\d{1,7}) (-|[0-9a-f]{16}) ([0-9a-f]{64}) *\n$/;

/** One state of a scan, as it stands in a slot. */
export interface SlotRecord {
  /** Of two whole records, the one with the higher number is the newer. */
  readonly counter: number;
  /**
   * The boot of the machine within which the record counts, as 16 hexadecimal digits: neither it nor what it names was
   * synced, so that it says nothing once the power has failed. Null: all of it was synced.
   */
  readonly boot: string | null;
  readonly record: Uint8Array;
}

/**
 * The bytes to be written at the start of a slot: a line of text, then the record.
 *
 * @throws {RangeError} when the record has more than `MOST_RECORD_BYTES`
 */
export function encodeSlot(
  { boot, counter, record }: SlotRecord,
): Uint8Array<ArrayBuffer> {
  if (record.length > MOST_RECORD_BYTES) {
    throw new RangeError(
      `Cannot write a checkpoint of ${record.length} bytes: more than ${MOST_RECORD_BYTES}`,
    );
  }
  const bytes = new Uint8Array(HEAD_BYTES + record.length);
  const digest = digestOf({ boot, counter, record });
  const head = `slot ${counter} ${record.length} ${boot ?? "-"} ${digest}`;
  new TextEncoder().encodeInto(`${head.padEnd(HEAD_BYTES - 1)}\n`, bytes);
  bytes.set(record, HEAD_BYTES);
  return bytes;
}

/** What stands in a slot, or null when it is empty, torn or damaged. */
export function decodeSlot(bytes: Uint8Array): SlotRecord | null {
  const head = new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES));
  const match = HEAD.exec(head);
  if (match === null) return null;
  const counter = Number(match[1]);
  const length = Number(match[2]);
  const record = bytes.slice(HEAD_BYTES, HEAD_BYTES + length);
  if (record.length < length) return null;
  const boot = match[3] === "-" ? null : match[3]!;
  const found = { boot, counter, record };
  return digestOf(found) === match[4] ? found : null;
}

/** Over all of it: a head of one record before the bytes of another is found. */
function digestOf({ boot, counter, record }: SlotRecord): string {
  return startSha256().update(`${counter} ${record.length} ${boot}\n`)
    .update(record).hex();
}
