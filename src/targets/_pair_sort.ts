import type { Ipv4Address } from "../base/mod.ts";

/** Pairs by their index: sorted in place, by digits of eight bits from the highest on; few at once, through a copy. */
export interface PairRecords {
  addressAt(index: number): Ipv4Address;
  portAt(index: number): number;
  set(index: number, address: Ipv4Address, port: number): void;
}

const DIGIT_BITS = 8;
const DIGITS = 2 ** DIGIT_BITS;
const PORT_BITS = 16;
/** Shift of the highest digit of an address, and of the lowest one of a port, where an address has 16 bits more. */
const FIRST_SHIFT = 32 + PORT_BITS - DIGIT_BITS;
/** Pairs that are sorted as numbers of eight bytes each. */
const MOST_COPIED = 2 ** 17;
const PORT_VALUES = 2 ** PORT_BITS;

/** Sorts the pairs `first` to `end`, the latter not included, by address and then by port. */
export function sortPairs(
  records: PairRecords,
  first: number,
  end: number,
): void {
  const copy = new Float64Array(Math.min(MOST_COPIED, end - first));
  sortPart(records, copy, { first, end, shift: FIRST_SHIFT });
}

interface Part {
  readonly first: number;
  readonly end: number;
  /** Where the digit lies that this part is to be sorted by, all higher ones being the same; below 0: none is left. */
  readonly shift: number;
}

function sortPart(
  records: PairRecords,
  copy: Float64Array,
  { end, first, shift }: Part,
): void {
  if (end - first < 2 || shift < 0) return;
  if (end - first <= copy.length) {
    sortCopied(records, copy.subarray(0, end - first), first);
    return;
  }
  const ends = spread(records, { first, end, shift });
  let from = first;
  for (const to of ends) {
    sortPart(records, copy, {
      first: from,
      end: to,
      shift: shift - DIGIT_BITS,
    });
    from = to;
  }
}

function sortCopied(
  records: PairRecords,
  copy: Float64Array,
  first: number,
): void {
  for (let i = 0; i < copy.length; i++) {
    copy[i] = records.addressAt(first + i) * PORT_VALUES +
      records.portAt(first + i);
  }
  copy.sort();
  for (let i = 0; i < copy.length; i++) {
    const value = copy[i]!;
    records.set(first + i, Math.floor(value / PORT_VALUES), value & 0xffff);
  }
}

/** Brings pairs with the same digit together, in the order of the digits; returns where those of each digit end. */
function spread(
  records: PairRecords,
  { end, first, shift }: Part,
): Uint32Array {
  const isPort = shift < PORT_BITS;
  const right = isPort ? shift : shift - PORT_BITS;
  const digit = (address: number, port: number): number =>
    ((isPort ? port : address) >>> right) & (DIGITS - 1);
  const next = new Uint32Array(DIGITS);
  const ends = new Uint32Array(DIGITS);
  for (let at = first; at < end; at++) {
    ends[digit(records.addressAt(at), records.portAt(at))]!++;
  }
  let sum = first;
  for (let i = 0; i < DIGITS; i++) {
    next[i] = sum;
    sum += ends[i]!;
    ends[i] = sum;
  }
  for (let i = 0; i < DIGITS; i++) {
    while (next[i]! < ends[i]!) {
      // Each pair that is taken out makes room for the one that belongs there, until one belongs to the first place.
      let address = records.addressAt(next[i]!);
      let port = records.portAt(next[i]!);
      for (;;) {
        const home = digit(address, port);
        const at = next[home]!++;
        if (home === i) {
          records.set(at, address, port);
          break;
        }
        const otherAddress = records.addressAt(at);
        const otherPort = records.portAt(at);
        records.set(at, address, port);
        address = otherAddress;
        port = otherPort;
      }
    }
  }
  return ends;
}
