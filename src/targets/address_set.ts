import type { Ipv4Address } from "../base/mod.ts";
import { SetWriter } from "./_set_writer.ts";
import { type AddressRange, type Prefix, prefixRange } from "./prefix.ts";
import type { RangeBuilder, RangeWriter } from "./range_builder.ts";

/**
 * A set of IPv4 addresses: plain data over shared memory, so that sending it to a worker copies nothing.
 * Never changed once made.
 *
 * Where ranges are long, entry `i` of the columns is one range, no two of which touch. Where most hold
 * one to three addresses, entry `i` is one address (`isList`), which takes no more memory and makes
 * `addressAt` one load.
 */
export interface AddressSet {
  /** Number of addresses, 0 to 2^32. */
  readonly count: number;
  /** Each entry is a single address; `ends` is then the same array as `starts`. */
  readonly isList: boolean;
  /** First address of each entry, ascending. */
  readonly starts: Uint32Array;
  /** Last address of each entry. */
  readonly ends: Uint32Array;
  /**
   * What to add to an index to get its address, for each entry: its first address less the number of
   * addresses before it. Empty for a list.
   */
  readonly offsets: Uint32Array;
  /**
   * For each slot of 2^`indexShift` indexes the entry that holds all of them, or else `~entry` of the one
   * that holds the first; and one more slot with the last entry. Empty for a list.
   */
  readonly indexTable: Int32Array;
  /** log2 of the number of indexes to a slot of `indexTable`. */
  readonly indexShift: number;
  /** For each /16, and one more: number of entries that start below it. */
  readonly bucketTable: Uint32Array;
}

const LAST_ADDRESS = 0xffff_ffff;
const BUCKET_SHIFT = 16;

/** Makes the set of all addresses that were added to `ranges`, which can be in any order and overlap. */
export function addressSet(ranges: RangeBuilder): AddressSet {
  return writeAddressSet((writer) => ranges.writeTo(writer));
}

/** The set of all 2^32 addresses. */
export function allAddresses(): AddressSet {
  return writeAddressSet((writer) => writer.append(0, LAST_ADDRESS));
}

/** The addresses that are in `left`, in `right` or in both. */
export function union(left: AddressSet, right: AddressSet): AddressSet {
  return writeAddressSet((writer) => {
    let i = 0;
    let j = 0;
    while (i < left.starts.length || j < right.starts.length) {
      const isLeft = j === right.starts.length ||
        (i < left.starts.length && left.starts[i]! <= right.starts[j]!);
      if (isLeft) writer.append(left.starts[i]!, left.ends[i++]!);
      else writer.append(right.starts[j]!, right.ends[j++]!);
    }
  });
}

/** The addresses that are in both `left` and `right`; `right` itself when they are all of its own. */
export function intersect(left: AddressSet, right: AddressSet): AddressSet {
  if (hasAll(left, right)) return right;
  return writeAddressSet((writer) => {
    let i = 0;
    let j = 0;
    while (i < left.starts.length && j < right.starts.length) {
      const first = Math.max(left.starts[i]!, right.starts[j]!);
      const last = Math.min(left.ends[i]!, right.ends[j]!);
      if (first <= last) writer.append(first, last);
      if (left.ends[i]! < right.ends[j]!) i++;
      else j++;
    }
  });
}

/** The addresses that are in `left` and not in `right`; `left` itself when they have none in common. */
export function subtract(left: AddressSet, right: AddressSet): AddressSet {
  if (!overlap(left, right)) return left;
  return writeAddressSet((writer) => {
    let j = 0;
    for (let i = 0; i < left.starts.length; i++) {
      const last = left.ends[i]!;
      let first = left.starts[i]!;
      while (j < right.starts.length && right.ends[j]! < first) j++;
      // Entry j may reach into the next entry of `left` too, so it is passed only when it ends below `first`.
      while (j < right.starts.length && right.starts[j]! <= last) {
        if (right.starts[j]! > first) {
          writer.append(first, right.starts[j]! - 1);
        }
        first = right.ends[j]! + 1;
        if (first > last) break;
        j++;
      }
      if (first <= last) writer.append(first, last);
    }
  });
}

/** Whether all of `right` is in `left`. */
function hasAll(left: AddressSet, right: AddressSet): boolean {
  let i = 0;
  for (let j = 0; j < right.starts.length; j++) {
    const first = right.starts[j]!;
    while (i < left.starts.length && left.ends[i]! < first) i++;
    if (i === left.starts.length || left.starts[i]! > first) return false;
    // Ranges of a set do not touch, but addresses of a list do.
    let last = left.ends[i]!;
    while (last < right.ends[j]!) {
      if (left.starts[++i] !== last + 1) return false;
      last = left.ends[i]!;
    }
  }
  return true;
}

function overlap(left: AddressSet, right: AddressSet): boolean {
  let i = 0;
  let j = 0;
  while (i < left.starts.length && j < right.starts.length) {
    if (left.ends[i]! < right.starts[j]!) i++;
    else if (right.ends[j]! < left.starts[i]!) j++;
    else return true;
  }
  return false;
}

/** The address that has `index` addresses of the set below it; `index` must be below `set.count` and is not checked. */
export function addressAt(set: AddressSet, index: number): Ipv4Address {
  if (set.isList) return set.starts[index]!;
  let entry = set.indexTable[index >>> set.indexShift]!;
  if (entry < 0) entry = entryOfIndex(set, index);
  return index + set.offsets[entry]!;
}

/** Whether `address` is in the set. */
export function contains(set: AddressSet, address: Ipv4Address): boolean {
  const entry = entryBelow(set, address);
  return entry >= 0 && set.ends[entry]! >= address;
}

/** Number of addresses of the set below `address`, or -1 when it is not in the set. The inverse of `addressAt`. */
export function indexOf(set: AddressSet, address: Ipv4Address): number {
  const entry = entryBelow(set, address);
  if (entry < 0 || set.ends[entry]! < address) return -1;
  return set.isList ? entry : address - set.offsets[entry]!;
}

/** Whether any address of `prefix` is in the set. */
export function overlapsPrefix(set: AddressSet, prefix: Prefix): boolean {
  const { first, last } = prefixRange(prefix);
  const entry = entryBelow(set, last);
  return entry >= 0 && set.ends[entry]! >= first;
}

/** Number of addresses of a range that are in the set. */
export function countWithin(
  set: AddressSet,
  { first, last }: AddressRange,
): number {
  return countUpTo(set, last) - (first === 0 ? 0 : countUpTo(set, first - 1));
}

function countUpTo(set: AddressSet, address: Ipv4Address): number {
  const entry = entryBelow(set, address);
  if (entry < 0) return 0;
  if (set.isList) return entry + 1;
  return Math.min(address, set.ends[entry]!) - set.offsets[entry]! + 1;
}

/** Last entry that starts at `address` or below, or -1. */
function entryBelow(set: AddressSet, address: Ipv4Address): number {
  const { starts, bucketTable } = set;
  const bucket = address >>> BUCKET_SHIFT;
  let low = bucketTable[bucket]! - 1;
  let high = bucketTable[bucket + 1]! - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle]! <= address) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Entry that holds `index`, where its slot of the index table names more than one. */
function entryOfIndex(set: AddressSet, index: number): number {
  const slot = index >>> set.indexShift;
  let low = firstEntry(set.indexTable[slot]!);
  let high = firstEntry(set.indexTable[slot + 1]!);
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (rankOf(set, middle) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

function firstEntry(slot: number): number {
  return slot < 0 ? ~slot : slot;
}

/**
 * Makes a set of the ranges that `write` hands over in ascending order.
 *
 * @param write runs twice, to learn the size and to fill arrays of just that size; what it reads is not needed after the
 * second time, when `isLast` is true
 */
export function writeAddressSet(
  write: (writer: RangeWriter, isLast: boolean) => void,
): AddressSet {
  const counter = new SetWriter(null, null, false);
  write(counter, false);
  counter.flush();
  const { rangeCount, count } = counter;
  // A range takes three words (start, end, offset), a listed address one.
  const isList = count <= 3 * rangeCount;
  const starts = sharedWords(isList ? count : rangeCount);
  const ends = isList ? starts : sharedWords(rangeCount);
  const writer = new SetWriter(starts, ends, isList);
  write(writer, true);
  writer.flush();
  const indexShift = shiftFor(count, rangeCount);
  const offsets = isList ? new Uint32Array(0) : offsetColumn(starts, ends);
  return {
    count,
    isList,
    starts,
    ends,
    offsets,
    indexTable: isList
      ? new Int32Array(0)
      : indexTableFor({ starts, offsets, count, indexShift }),
    indexShift,
    bucketTable: bucketTableFor(starts),
  };
}

function offsetColumn(starts: Uint32Array, ends: Uint32Array): Uint32Array {
  const offsets = sharedWords(starts.length);
  let rank = 0;
  for (let i = 0; i < starts.length; i++) {
    offsets[i] = starts[i]! - rank;
    rank += ends[i]! - starts[i]! + 1;
  }
  return offsets;
}

/** Shift at which the index table has about four slots per range, but at least some thousand. */
function shiftFor(count: number, rangeCount: number): number {
  const slots = Math.max(4096, 4 * rangeCount);
  let shift = 0;
  while (count / 2 ** shift > slots) shift++;
  return shift;
}

function indexTableFor(
  set: Pick<AddressSet, "count" | "starts" | "offsets" | "indexShift">,
): Int32Array {
  const slotSize = 2 ** set.indexShift;
  const slots = Math.ceil(set.count / slotSize);
  const table = new Int32Array(sharedWords(slots + 1).buffer);
  let entry = 0;
  for (let slot = 0; slot < slots;) {
    while (rankOf(set, entry + 1) <= slot * slotSize) entry++;
    // Slots that end before the entry does are its own: filled at once, as there are thousands.
    const end = Math.min(
      slots,
      Math.floor(rankOf(set, entry + 1) / slotSize),
    );
    if (end > slot) {
      table.fill(entry, slot, end);
      slot = end;
    } else table[slot++] = ~entry;
  }
  table[slots] = set.starts.length - 1;
  return table;
}

/** Number of addresses before an entry; for the one behind the last, infinity. */
function rankOf(
  set: Pick<AddressSet, "starts" | "offsets">,
  entry: number,
): number {
  if (entry === set.starts.length) return Infinity;
  return set.starts[entry]! - set.offsets[entry]!;
}

function bucketTableFor(starts: Uint32Array): Uint32Array {
  const table = sharedWords(2 ** (32 - BUCKET_SHIFT) + 1);
  let filled = 0;
  for (let entry = 0; entry < starts.length; entry++) {
    // Buckets up to this one begin at the entry or below, so that as many entries are below them.
    const end = (starts[entry]! >>> BUCKET_SHIFT) + 1;
    if (end === filled) continue;
    table.fill(entry, filled, end);
    filled = end;
  }
  table.fill(starts.length, filled);
  return table;
}

function sharedWords(length: number): Uint32Array {
  return new Uint32Array(
    new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT),
  );
}
