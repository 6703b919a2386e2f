// HOT PATH
import { IPV6_WORDS } from "../base/mod.ts";
import { indexInIpv6List, type Ipv6List, ipv6ListCount } from "./ipv6_list.ts";
import { indexInRuns, type Ipv6Runs, storeRunAddress } from "./ipv6_runs.ts";
import { fillWindow, type Ipv6WindowFill } from "./ipv6_window.ts";

/** Addresses of one kind. */
export type Ipv6Addresses =
  /** Single addresses. */
  | { readonly kind: "list"; readonly list: Ipv6List }
  /** All addresses of ranges. */
  | { readonly kind: "ranges"; readonly runs: Ipv6Runs }
  /** One address of each window. */
  | {
    readonly kind: "windows";
    readonly runs: Ipv6Runs;
    readonly fill: Ipv6WindowFill;
  };

/** Addresses of one kind within a set. */
export type Ipv6Part = Ipv6Addresses & {
  /** Index of its first address in the set. */
  readonly firstIndex: number;
  /** Behind the index of its last address. */
  readonly endIndex: number;
};

/**
 * A set of IPv6 addresses, numbered from 0: plain data over shared memory, so that sending it to a worker copies
 * nothing. Never changed once made.
 */
export interface Ipv6AddressSet {
  /** Number of addresses, at most 2^48. */
  readonly count: number;
  /** No address is in two of them. */
  readonly parts: readonly Ipv6Part[];
}

const MAX_COUNT = 2 ** 48;

/**
 * Makes a set of parts without common addresses.
 *
 * @throws {RangeError} when they have more than 2^48 addresses
 */
export function ipv6AddressSet(
  addresses: readonly Ipv6Addresses[],
): Ipv6AddressSet {
  let count = 0;
  const parts: Ipv6Part[] = [];
  for (const one of addresses) {
    const firstIndex = count;
    count += one.kind === "list" ? ipv6ListCount(one.list) : one.runs.count;
    if (count > firstIndex) parts.push({ ...one, firstIndex, endIndex: count });
  }
  if (count > MAX_COUNT) {
    throw new RangeError(`Cannot number ${count} addresses: more than 2^48`);
  }
  return { count, parts };
}

/** Stores the address of an index, which is below `count` and not checked, in four words at `at`. */
export function storeIpv6Address(
  { parts }: Ipv6AddressSet,
  index: number,
  words: Uint32Array,
  at: number,
): void {
  let part = parts[0]!;
  for (let i = 1; index >= part.endIndex; i++) part = parts[i]!;
  const place = index - part.firstIndex;
  if (part.kind === "list") {
    const { list } = part;
    const from = place * IPV6_WORDS;
    words[at] = list[from]!;
    words[at + 1] = list[from + 1]!;
    words[at + 2] = list[from + 2]!;
    words[at + 3] = list[from + 3]!;
  } else {
    storeRunAddress(part.runs, place, words, at);
    if (part.kind === "windows") fillWindow(part.fill, words, at);
  }
}

/** Index of the address of the four words at `at`, or -1 when it is not in the set. */
export function ipv6IndexOf(
  { parts }: Ipv6AddressSet,
  address: Uint32Array,
  at: number,
): number {
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    const place = part.kind === "list"
      ? indexInIpv6List(part.list, address, at)
      : part.kind === "ranges"
      ? indexInRuns(part.runs, address, at)
      : indexInWindows(part.runs, part.fill, address, at);
    if (place >= 0) return part.firstIndex + place;
  }
  return -1;
}

const generated = new Uint32Array(IPV6_WORDS);

/** Index of the window whose target the address is, or -1; no other address of a window counts. */
export function indexInWindows(
  runs: Ipv6Runs,
  fill: Ipv6WindowFill,
  address: Uint32Array,
  at: number,
): number {
  const place = indexInRuns(runs, address, at);
  if (place < 0) return -1;
  storeRunAddress(runs, place, generated, 0);
  fillWindow(fill, generated, 0);
  for (let i = 0; i < IPV6_WORDS; i++) {
    if (generated[i] !== address[at + i]) return -1;
  }
  return place;
}
