import type { Prefix } from "../link/mod.ts";

const ADDRESSES = 2 ** 32;

/** Prefixes that together hold every IPv4 address that none of `prefixes` holds. */
export function complementOf(prefixes: readonly Prefix[]): Prefix[] {
  const ranges = prefixes.map(({ address, prefixLength }) => {
    const size = 2 ** (32 - prefixLength);
    const first = address - address % size;
    return { first, end: first + size };
  }).sort((a, b) => a.first - b.first);
  const gaps: Prefix[] = [];
  let next = 0;
  for (const { first, end } of [...ranges, { first: ADDRESSES, end: 0 }]) {
    appendCover(gaps, next, first);
    next = Math.max(next, end);
  }
  return gaps;
}

/** Appends the fewest prefixes that hold exactly the addresses from `first` up to but excluding `end`. */
function appendCover(cover: Prefix[], first: number, end: number): void {
  while (first < end) {
    let size = 1;
    while (first % (size * 2) === 0 && first + size * 2 <= end) size *= 2;
    cover.push({ address: first, prefixLength: 32 - Math.log2(size) });
    first += size;
  }
}
