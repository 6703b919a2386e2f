import type { Prefix, RoutedPrefix } from "../link/mod.ts";
import { addressAt, type AddressSet, countWithin } from "../targets/mod.ts";

const LAST_ADDRESS = 0xffff_ffff;

/** Addresses side by side that all routing tables and rules treat alike. */
export interface RoutePiece {
  readonly first: number;
  readonly last: number;
  /** How many of them are targets: one or more. */
  readonly count: number;
  /** One of these targets. */
  readonly example: number;
  /** The longest prefix of a table or rule that they share. */
  readonly prefix: Prefix;
  /** The same for pieces that the same routes serve. */
  readonly key: number;
}

/** What the kernel treats in a way of its own, whatever its tables say: `fib_lookup` and `ip_route_output`. */
const SPECIAL_PREFIXES: readonly RoutedPrefix[] = [
  { address: 0, prefixLength: 32, table: "special", nextHop: "this host" },
  { address: 0xe000_0000, prefixLength: 4, table: "special", nextHop: "group" },
  { address: LAST_ADDRESS, prefixLength: 32, table: "special", nextHop: "all" },
];

/**
 * Cuts the target set along the prefixes of routes and rules, in the order of addresses. Prefixes lie inside each
 * other or apart, so one walk through them in order, with a stack of those that are open, meets every boundary.
 */
export function cutRoutePieces(
  addresses: AddressSet,
  prefixes: readonly RoutedPrefix[],
): RoutePiece[] {
  const pieces: RoutePiece[] = [];
  const chains = new ChainNumbers();
  const open: OpenPrefix[] = [
    { prefix: { address: 0, prefixLength: 0 }, last: LAST_ADDRESS, chain: 0 },
  ];
  let next = 0;
  const cutUpTo = (last: number): void => {
    const { chain: key, prefix } = open.at(-1)!;
    const first = next;
    if (last < first) return;
    next = last + 1;
    const count = countWithin(addresses, { first, last });
    if (count === 0) return;
    const example = addressAt(
      addresses,
      countWithin(addresses, { first: 0, last }) - 1,
    );
    pieces.push({ first, last, count, example, prefix, key });
  };
  for (const entry of [...prefixes, ...SPECIAL_PREFIXES].sort(inOrder)) {
    const { address: first, prefixLength } = entry;
    const last = first + 2 ** (32 - prefixLength) - 1;
    while (open.at(-1)!.last < first) {
      cutUpTo(open.at(-1)!.last);
      open.pop();
    }
    cutUpTo(first - 1);
    const chain = chains.extend(open.at(-1)!.chain, entry);
    open.push({
      prefix: { address: first, prefixLength },
      last,
      chain,
    });
  }
  for (; open.length > 0; open.pop()) cutUpTo(open.at(-1)!.last);
  return pieces;
}

/** A prefix that the walk is inside of. */
interface OpenPrefix {
  readonly prefix: Prefix;
  readonly last: number;
  /** Number of the routes that serve what is inside. */
  readonly chain: number;
}

function inOrder(a: RoutedPrefix, b: RoutedPrefix): number {
  return a.address - b.address || a.prefixLength - b.prefixLength;
}

/** Numbers sets of routes, of each table the one with the longest prefix: the same number for the same set. */
class ChainNumbers {
  /** Next hop by table. */
  readonly #chains: ReadonlyMap<string, string>[] = [new Map()];
  readonly #numbers = new Map<string, number>();
  readonly #steps = new Map<string, number>();

  /** The number of a set with one more route, which takes the place of that of its table. */
  extend(chain: number, { nextHop, table }: RoutedPrefix): number {
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
