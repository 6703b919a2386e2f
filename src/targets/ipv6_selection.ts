import {
  IPV6_WORDS,
  type Ipv6Address,
  ipv6OfWords,
  storeIpv6,
} from "../base/mod.ts";
import {
  indexInWindows,
  type Ipv6AddressSet,
  ipv6AddressSet,
} from "./ipv6_address_set.ts";
import { Ipv6Builder, type Ipv6Entries } from "./ipv6_builder.ts";
import {
  compactIpv6List,
  filterIpv6List,
  type Ipv6List,
  NO_IPV6_LIST,
} from "./ipv6_list.ts";
import {
  intersectIpv6Ranges,
  type Ipv6Range,
  ipv6RangeSize,
  mergeIpv6Ranges,
  subtractIpv6Ranges,
} from "./ipv6_range.ts";
import { indexInRuns, type Ipv6Runs, makeIpv6Runs } from "./ipv6_runs.ts";
import {
  fillWindow,
  type Ipv6Window,
  type Ipv6WindowFill,
  makeWindowFill,
} from "./ipv6_window.ts";

/** The parts that the IPv6 addresses of a scan are chosen by. */
export interface Ipv6Selection {
  /** What the command line and the allowlist name, or null without them: all that is listed is allowed. */
  readonly allowed: Ipv6Entries | null;
  /** What the list of single addresses names, or null. */
  readonly listed: Ipv6Entries | null;
  /** Wins over the two others. */
  readonly blocked: Ipv6Entries;
  /** How ranges are cut into windows; null: all of their addresses are meant. */
  readonly window: Ipv6Window | null;
}

const ADDRESS_BITS = 128;
const MAX_ADDRESSES = 1n << 48n;

/** A range that is too large for all of its addresses to be meant, more than 2^48; null when there is none. */
export function findTooLarge(
  { allowed, listed, window }: Ipv6Selection,
): Ipv6Range | null {
  if (allowed !== null && listed !== null) return null;
  const ranges = (listed ?? allowed)?.ranges ?? [];
  return ranges.find((range) =>
    ipv6RangeSize(range) > MAX_ADDRESSES &&
    (window === null || wholeWindows(range, window.length) === null)
  ) ?? null;
}

/**
 * The addresses that are allowed, listed and not blocked. With windows, each window that lies within a range gives
 * one address, and so does a window at the edge of such a range whose address is in it; of a range that holds no
 * whole window, and without windows, all addresses count. A window whose address is blocked gives none.
 *
 * Uses up the lists of the selection: their memory becomes that of the result.
 *
 * @throws {RangeError} when no address is left or more than 2^48; the message says why
 */
export function selectIpv6Addresses(selection: Ipv6Selection): Ipv6AddressSet {
  const wanted = wantedOf(selection);
  if (wanted.list.length === 0 && wanted.ranges.length === 0) {
    throw new RangeError(
      selection.allowed !== null && selection.listed !== null
        ? "Cannot choose targets: no IPv6 address of the list is in the allowlist"
        : "Cannot choose targets: there is no IPv6 address",
    );
  }
  const { blocked, window } = selection;
  const blockedRanges = mergeIpv6Ranges(blocked.ranges);
  const cut = cutRanges(wanted.ranges, window);
  const whole = withoutListed(
    subtractIpv6Ranges(cut.whole, blockedRanges),
    blocked.list,
  );
  let list = filterIpv6List(wanted.list, {
    ranges: mergeIpv6Ranges([...blockedRanges, ...whole]),
    list: blocked.list,
    keeps: false,
  });
  const runs = makeIpv6Runs(whole, 0);
  if (cut.fill === null) {
    return checkedSet(ipv6AddressSet([
      { kind: "ranges", runs },
      { kind: "list", list },
    ]));
  }
  const { fill } = cut;
  const windows = windowsWithout(cut.windows, {
    ranges: mergeIpv6Ranges([...blockedRanges, ...whole]),
    list: blocked.list,
    fill,
  });
  list = compactIpv6List(
    list,
    (at) => indexInWindows(windows, fill, list, at) < 0,
  );
  return checkedSet(ipv6AddressSet([
    { kind: "windows", runs: windows, fill },
    { kind: "ranges", runs },
    { kind: "list", list },
  ]));
}

function checkedSet(set: Ipv6AddressSet): Ipv6AddressSet {
  if (set.count > 0) return set;
  throw new RangeError(
    "Cannot choose targets: the blocklist covers all IPv6 addresses",
  );
}

/** What is allowed and listed, blocked addresses included. */
function wantedOf({ allowed, listed }: Ipv6Selection): Ipv6Entries {
  if (allowed === null || listed === null) {
    return listed ?? allowed ?? { list: NO_IPV6_LIST, ranges: [] };
  }
  const allowedRanges = mergeIpv6Ranges(allowed.ranges);
  const listedRanges = mergeIpv6Ranges(listed.ranges);
  const ranges = intersectIpv6Ranges(listedRanges, allowedRanges);
  const fromList = filterIpv6List(listed.list, {
    ranges: allowedRanges,
    list: allowed.list,
    keeps: true,
  });
  const fromAllowed = filterIpv6List(allowed.list, {
    ranges: listedRanges,
    list: NO_IPV6_LIST,
    keeps: true,
  });
  if (fromAllowed.length === 0) return { list: fromList, ranges };
  const builder = new Ipv6Builder();
  for (const list of [fromList, fromAllowed]) {
    for (let at = 0; at < list.length; at += IPV6_WORDS) {
      builder.addAddress(list, at);
    }
  }
  return { list: builder.take().list, ranges };
}

/** Ranges of which all addresses count, and ranges of window numbers; both merged. */
interface CutRanges {
  readonly whole: readonly Ipv6Range[];
  readonly windows: readonly Ipv6Range[];
  readonly fill: Ipv6WindowFill | null;
}

function cutRanges(
  ranges: readonly Ipv6Range[],
  window: Ipv6Window | null,
): CutRanges {
  if (window === null) {
    return { whole: mergeIpv6Ranges(ranges), windows: [], fill: null };
  }
  const fill = makeWindowFill(window);
  const whole: Ipv6Range[] = [];
  const windows: Ipv6Range[] = [];
  for (const range of ranges) {
    const inside = wholeWindows(range, window.length);
    if (inside === null) whole.push(range);
    else windows.push(inside, ...edgeWindows(range, fill));
  }
  return {
    whole: mergeIpv6Ranges(whole),
    windows: mergeIpv6Ranges(windows),
    fill,
  };
}

/** Numbers of the windows that lie within a range; null when none does. */
function wholeWindows(
  { first, last }: Ipv6Range,
  length: number,
): Ipv6Range | null {
  const shift = BigInt(ADDRESS_BITS - length);
  const inside = {
    first: (first + (1n << shift) - 1n) >> shift,
    last: ((last + 1n) >> shift) - 1n,
  };
  return inside.first <= inside.last ? inside : null;
}

/** Numbers of the windows that hold an end of a range and whose address is in it. */
function edgeWindows(range: Ipv6Range, fill: Ipv6WindowFill): Ipv6Range[] {
  const shift = BigInt(ADDRESS_BITS - fill.length);
  return [range.first >> shift, range.last >> shift].filter((window) => {
    const address = addressOfWindow(window, fill);
    return range.first <= address && address <= range.last;
  }).map((window) => ({ first: window, last: window }));
}

const scratch = new Uint32Array(IPV6_WORDS);

function addressOfWindow(window: bigint, fill: Ipv6WindowFill): Ipv6Address {
  storeIpv6(window << BigInt(ADDRESS_BITS - fill.length), scratch, 0);
  fillWindow(fill, scratch, 0);
  return ipv6OfWords(scratch, 0);
}

/** Windows but for those whose address is in the ranges, which are merged, or in the list. */
function windowsWithout(
  windows: readonly Ipv6Range[],
  { fill, list, ranges }: {
    readonly fill: Ipv6WindowFill;
    readonly list: Ipv6List;
    readonly ranges: readonly Ipv6Range[];
  },
): Ipv6Runs {
  const shift = ADDRESS_BITS - fill.length;
  const gone: Ipv6Range[] = [];
  for (const range of ranges) {
    const inside = wholeWindows(range, fill.length);
    if (inside !== null) gone.push(inside);
    gone.push(...edgeWindows(range, fill));
  }
  const left = subtractIpv6Ranges(windows, mergeIpv6Ranges(gone));
  const runs = makeIpv6Runs(left, shift);
  const listed: Ipv6Range[] = [];
  for (let at = 0; at < list.length; at += IPV6_WORDS) {
    if (indexInWindows(runs, fill, list, at) < 0) continue;
    const window = ipv6OfWords(list, at) >> BigInt(shift);
    listed.push({ first: window, last: window });
  }
  if (listed.length === 0) return runs;
  return makeIpv6Runs(
    subtractIpv6Ranges(left, mergeIpv6Ranges(listed)),
    shift,
  );
}

/** Merged ranges without the addresses of a list. */
function withoutListed(
  ranges: readonly Ipv6Range[],
  list: Ipv6List,
): Ipv6Range[] {
  if (ranges.length === 0) return [];
  const runs = makeIpv6Runs(ranges, 0);
  const listed: Ipv6Range[] = [];
  for (let at = 0; at < list.length; at += IPV6_WORDS) {
    if (indexInRuns(runs, list, at) < 0) continue;
    const address = ipv6OfWords(list, at);
    listed.push({ first: address, last: address });
  }
  return subtractIpv6Ranges(ranges, mergeIpv6Ranges(listed));
}
