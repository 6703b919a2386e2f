import { formatCount } from "../base/mod.ts";
import {
  formatIp,
  type IpAddress,
  type LinkReader,
  type RouteInfo,
} from "../link/mod.ts";
import { ON_LINK } from "../targets/mod.ts";
import { sourceQuery } from "./choose_path.ts";
import type { NetworkFamily } from "./network_family.ts";
import type { NetworkPlan, NetworkRequest } from "./network_plan.ts";
import type { IpRange } from "./routed_addresses.ts";
import { isOwn, type RoutedPieces, routedPieces } from "./_target_hops.ts";

/** What has become of the routes to the targets since a scan was planned. */
export interface RouteState<A extends IpAddress> {
  /** The present address of each gateway of the plan, by its number. */
  readonly gateways: readonly A[];
  /** Targets behind a gateway to which no route leads through the interface any more. */
  readonly missing: number;
  /** What cannot be followed, for people; null: nothing. */
  readonly conflict: string | null;
}

/** Whose routes are looked at. */
export interface PlannedRoutesOptions<A extends IpAddress, R> {
  readonly family: NetworkFamily<A>;
  readonly request: NetworkRequest<A, R>;
  /** Of a scan that sends frames of its own, to gateways that have addresses. */
  readonly network: NetworkPlan<A, R>;
}

/** Targets side by side that had the same next hop, and have the same route now. */
interface Stretch<A extends IpAddress> {
  /** Number of the gateway, or `ON_LINK`. */
  readonly hop: number;
  readonly route: RouteInfo<A>;
  readonly first: A;
  /** How many targets there are. */
  readonly count: number;
}

/**
 * The routes to the targets, compared with those that a scan was planned by. Only routes through its interface count:
 * its frames leave there, wherever the kernel would send.
 */
export class PlannedRoutes<A extends IpAddress, R> {
  readonly #options: PlannedRoutesOptions<A, R>;
  readonly #planned: readonly A[];
  /** First addresses of ranges, and for each the number of its gateway, or what `TargetRoutes` says. */
  readonly #starts: readonly A[];
  readonly #hops: ArrayLike<number>;

  constructor(
    options: PlannedRoutesOptions<A, R & { readonly hops: Int32Array }>,
  ) {
    const { family, network: { nextHops, routes }, request } = options;
    this.#options = options;
    this.#planned = nextHops.map(({ address }) => address!);
    this.#starts = routes === null
      ? [family.ip.first]
      : request.addresses.startsOf(routes);
    this.#hops = routes?.hops ?? [0];
  }

  /** How the routes are now. */
  read(reader: LinkReader): RouteState<A> {
    const links = reader.readLinks();
    const present = new Map<number, A>();
    let missing = 0;
    let conflict: string | null = null;
    const { pieces, routeOf } = this.#pieces(reader);
    for (const piece of pieces) {
      const route = routeOf(piece);
      if (route !== null && isOwn(route, { links })) continue;
      for (const stretch of this.#stretchesOf(piece)) {
        const { count, hop } = stretch;
        if (route !== null) {
          conflict ??= this.#compare({ ...stretch, route }, present);
        } else if (hop >= 0) missing += count;
      }
    }
    const gateways = this.#planned.map((address, hop) =>
      present.get(hop) ?? address
    );
    return { gateways, missing, conflict };
  }

  #pieces(reader: LinkReader): RoutedPieces<A> {
    const { family, network: { interfaceIndex }, request } = this.#options;
    const familyReader = family.readerOf(reader);
    const query = sourceQuery(familyReader, request);
    return routedPieces(familyReader, {
      family,
      addresses: request.addresses,
      query: { ...query, interfaceIndex },
    });
  }

  /** The targets of a range, by the next hop that they were to have. */
  *#stretchesOf(
    { first, last }: IpRange<A>,
  ): Iterable<Omit<Stretch<A>, "route">> {
    const { family: { ip }, request: { addresses } } = this.#options;
    const starts = this.#starts;
    let at = rangeAt(starts, first);
    for (let next = first;; at++, next = starts[at]!) {
      const isLast = at + 1 === starts.length || starts[at + 1]! > last;
      const end = isLast ? last : ip.before(starts[at + 1]!);
      const hop = this.#hops[at]!;
      const count = addresses.countWithin({ first: next, last: end });
      // What is no single host keeps what it is, and this host itself gets nothing.
      if (count > 0 && (hop >= 0 || hop === ON_LINK)) {
        yield { hop, first: addresses.firstFrom(next)!, count };
      }
      if (isLast) return;
    }
  }

  /** Learns the gateway of a stretch; returns what cannot be followed, or null. */
  #compare(
    { count, first, hop, route }: Stretch<A>,
    present: Map<number, A>,
  ): string | null {
    const { gateway } = route;
    if (hop < 0 && gateway === null) return null;
    const known = present.get(hop);
    if (hop >= 0 && gateway !== null) {
      if (known === undefined) present.set(hop, gateway);
      if (known === undefined || known === gateway) return null;
    }
    const now = gateway === null
      ? `are no longer behind gateway ${formatIp(this.#planned[hop]!)}`
      : hop < 0
      ? `are behind gateway ${formatIp(gateway)} now, no longer on the link`
      : `are behind gateway ${formatIp(gateway)} now, others of the same one ` +
        `behind ${formatIp(known!)}`;
    return "the routes have changed in a way that a running scan cannot " +
      `follow: ${formatCount(count)} target addresses from ${
        formatIp(first)
      } on ${now}`;
  }
}

/** Index of the range that holds an address. */
function rangeAt<A extends IpAddress>(
  starts: readonly A[],
  address: A,
): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle]! <= address) low = middle;
    else high = middle - 1;
  }
  return low;
}
