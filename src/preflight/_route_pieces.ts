import type { IpAddress, IpFamily, Prefix, RoutedPrefix } from "../link/mod.ts";
import type { RoutedAddresses } from "./routed_addresses.ts";

/** Addresses side by side that all routing tables and rules treat alike. */
export interface RoutePiece<A extends IpAddress> {
  readonly first: A;
  readonly last: A;
  /** How many of them are targets: one or more. */
  readonly count: number;
  /** The lowest of these targets. */
  readonly example: A;
  /** The longest prefix of a table or rule that they share. */
  readonly prefix: Prefix<A>;
  /** The same for pieces that the same routes serve. */
  readonly key: number;
}

/**
 * Cuts the target set along the prefixes of routes and rules, in the order of addresses. Prefixes lie inside each
 * other or apart, so one walk through them in order, with a stack of those that are open, meets every boundary.
 */
export function cutRoutePieces<A extends IpAddress>(
  family: IpFamily<A>,
  addresses: Pick<RoutedAddresses<A, unknown>, "countWithin" | "firstFrom">,
  prefixes: readonly RoutedPrefix<A>[],
): RoutePiece<A>[] {
  const pieces: RoutePiece<A>[] = [];
  const chains = new ChainNumbers();
  const { first: lowest, last: highest } = family;
  const open: OpenPrefix<A>[] = [
    { prefix: { address: lowest, prefixLength: 0 }, last: highest, chain: 0 },
  ];
  /** Where the next piece begins; null behind the highest address. */
  let next: A | null = lowest;
  const cutUpTo = (last: A): void => {
    const { chain: key, prefix } = open.at(-1)!;
    const first = next;
    if (first === null || last < first) return;
    next = last === highest ? null : family.after(last);
    const count = addresses.countWithin({ first, last });
    if (count === 0) return;
    const example = addresses.firstFrom(first)!;
    pieces.push({ first, last, count, example, prefix, key });
  };
  for (const entry of prefixes.toSorted(inOrder)) {
    const { address: first, prefixLength } = entry;
    while (open.at(-1)!.last < first) {
      cutUpTo(open.at(-1)!.last);
      open.pop();
    }
    if (first !== lowest) cutUpTo(family.before(first));
    const chain = chains.extend(open.at(-1)!.chain, entry);
    open.push({
      prefix: { address: first, prefixLength },
      last: family.lastOf(entry),
      chain,
    });
  }
  for (; open.length > 0; open.pop()) cutUpTo(open.at(-1)!.last);
  return pieces;
}

/** A prefix that the walk is inside of. */
interface OpenPrefix<A extends IpAddress> {
  readonly prefix: Prefix<A>;
  readonly last: A;
  /** Number of the routes that serve what is inside. */
  readonly chain: number;
}

function inOrder<A extends IpAddress>(
  a: RoutedPrefix<A>,
  b: RoutedPrefix<A>,
): number {
  if (a.address === b.address) return a.prefixLength - b.prefixLength;
  return a.address < b.address ? -1 : 1;
}

/** Numbers sets of routes, of each table the one with the longest prefix: the same number for the same set. */
class ChainNumbers {
  /** Next hop by table. */
  readonly #chains: ReadonlyMap<string, string>[] = [new Map()];
  readonly #numbers = new Map<string, number>();
  readonly #steps = new Map<string, number>();

  /** The number of a set with one more route, which takes the place of that of its table. */
  extend(
    chain: number,
    { nextHop, table }: Pick<RoutedPrefix, "nextHop" | "table">,
  ): number {
    const step = `${chain} ${table} ${nextHop}`;
    const known = this.#steps.get(step);
    if (known !== undefined) return known;
    const longer = new Map(this.#chains[chain]).set(table, nextHop);
    const text = JSON.stringify([...longer].sort());
    const number = this.#numbers.get(text) ?? this.#chains.length;
    if (number === this.#chains.length) {
      this.#chains.push(longer);
      this.#numbers.set(text, number);
    }
    this.#steps.set(step, number);
    return number;
  }
}
