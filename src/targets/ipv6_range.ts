import { formatIpv6, type Ipv6Address } from "../base/mod.ts";

/** A range of IPv6 addresses, or of numbers of windows; both ends included. */
export interface Ipv6Range {
  /** Lowest address. */
  readonly first: Ipv6Address;
  /** Highest address. */
  readonly last: Ipv6Address;
}

const ADDRESS_BITS = 128;

/** The addresses of a prefix; host bits of `address` are ignored. */
export function ipv6PrefixRange(
  address: Ipv6Address,
  length: number,
): Ipv6Range {
  const hostBits = BigInt(ADDRESS_BITS - length);
  const first = address >> hostBits << hostBits;
  return { first, last: first + (1n << hostBits) - 1n };
}

/** Whether an address is in one of the ranges, which are merged. */
export function ipv6RangesContain(
  ranges: readonly Ipv6Range[],
  address: Ipv6Address,
): boolean {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle]!.last < address) low = middle + 1;
    else high = middle;
  }
  return low < ranges.length && ranges[low]!.first <= address;
}

/** Number of addresses. */
export function ipv6RangeSize({ first, last }: Ipv6Range): bigint {
  return last - first + 1n;
}

/** Writes a range as `2001:db8::/32` where it is a prefix, as `2001:db8::1` or as `FIRST-LAST`. */
export function formatIpv6Range(range: Ipv6Range): string {
  const { first, last } = range;
  if (first === last) return formatIpv6(first);
  const size = ipv6RangeSize(range);
  const isPrefix = (size & (size - 1n)) === 0n && (first & (size - 1n)) === 0n;
  return isPrefix
    ? `${formatIpv6(first)}/${ADDRESS_BITS - size.toString(2).length + 1}`
    : `${formatIpv6(first)}-${formatIpv6(last)}`;
}

/** The same addresses in ranges that ascend and do not touch. */
export function mergeIpv6Ranges(ranges: readonly Ipv6Range[]): Ipv6Range[] {
  const sorted = ranges.toSorted((left, right) =>
    left.first < right.first ? -1 : Number(left.first > right.first)
  );
  const merged: Ipv6Range[] = [];
  for (const range of sorted) {
    const before = merged.at(-1);
    if (before === undefined || range.first > before.last + 1n) {
      merged.push(range);
    } else if (range.last > before.last) {
      merged[merged.length - 1] = { first: before.first, last: range.last };
    }
  }
  return merged;
}

/** The addresses that are in both; both have to be merged, and so is the result. */
export function intersectIpv6Ranges(
  left: readonly Ipv6Range[],
  right: readonly Ipv6Range[],
): Ipv6Range[] {
  const common: Ipv6Range[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    const a = left[i]!;
    const b = right[j]!;
    const first = a.first > b.first ? a.first : b.first;
    const last = a.last < b.last ? a.last : b.last;
    if (first <= last) common.push({ first, last });
    if (a.last < b.last) i++;
    else j++;
  }
  return common;
}

/** The addresses that are in `left` and not in `right`; both have to be merged, and so is the result. */
export function subtractIpv6Ranges(
  left: readonly Ipv6Range[],
  right: readonly Ipv6Range[],
): Ipv6Range[] {
  const rest: Ipv6Range[] = [];
  let j = 0;
  for (const { first: begin, last } of left) {
    let first = begin;
    while (j < right.length && right[j]!.last < first) j++;
    // Entry j may reach into the next entry of `left`, too, so it is passed only when it ends below `first`.
    while (j < right.length && right[j]!.first <= last) {
      const hole = right[j]!;
      if (hole.first > first) rest.push({ first, last: hole.first - 1n });
      first = hole.last + 1n;
      if (first > last) break;
      j++;
    }
    if (first <= last) rest.push({ first, last });
  }
  return rest;
}
