import { formatCount } from "../base/mod.ts";
import type { FamilyReader, IpAddress, LinkReader } from "../link/mod.ts";
import {
  type NetworkFamily,
  type NetworkPlan,
  type NetworkRequest,
  PlannedRoutes,
} from "../preflight/mod.ts";
import type { LinkTrouble } from "./outage_facts.ts";

/** Reading a table of a million routes takes seconds: in a time that is so many times as long it is not read again. */
const REST_FACTOR = 20;

/** What the routes to the targets are like now. */
export interface RouteNews<A extends IpAddress> {
  readonly trouble: LinkTrouble | null;
  /** The present address of each gateway of the scan, by its number. */
  readonly gateways: readonly A[];
  /** What is to be said although probes go on as before; null: nothing. */
  readonly remark: string | null;
}

/** Whose routes are watched. */
export interface RouteWatchOptions<
  A extends IpAddress,
  R extends { readonly hops: Int32Array },
> {
  readonly family: NetworkFamily<A>;
  readonly network: NetworkPlan<A, R>;
  readonly request: NetworkRequest<A, R>;
}

/** Reads whether the targets are still behind the gateways that they were behind. */
export class RouteWatch<
  A extends IpAddress,
  R extends { readonly hops: Int32Array },
> {
  readonly #options: RouteWatchOptions<A, R>;
  readonly #reader: LinkReader;
  /** Null where the kernel writes the link headers, and takes the routes as they are. */
  readonly #planned: PlannedRoutes<A, R> | null;
  readonly #hadRoute: boolean;
  #isStale = true;
  #dueS = -Infinity;
  #news: RouteNews<A>;

  constructor(reader: LinkReader, options: RouteWatchOptions<A, R>) {
    this.#options = options;
    this.#reader = reader;
    const isOwn = options.network.layer === "ethernet";
    this.#planned = isOwn ? new PlannedRoutes(options) : null;
    this.#hadRoute = isOwn || this.#lookup() !== null;
    this.#news = { trouble: null, gateways: [], remark: null };
  }

  /** Something has changed that was not read yet, as reading it takes so long. */
  get isStale(): boolean {
    return this.#isStale;
  }

  /** Reads the routes, unless that has just taken long; returns what is known of them. */
  read(nowS: number): RouteNews<A> {
    this.#isStale = nowS < this.#dueS;
    if (this.#isStale) return this.#news;
    const startMs = performance.now();
    this.#news = this.#planned === null
      ? this.#readFirst()
      : this.#readAll(this.#planned);
    const seconds = (performance.now() - startMs) / 1000;
    this.#dueS = nowS + REST_FACTOR * seconds;
    return this.#news;
  }

  /** The route to any target tells. */
  #readFirst(): RouteNews<A> {
    const { interfaceName } = this.#options.network;
    const route = this.#lookup();
    const text = `no route leads through ${interfaceName} to the targets`;
    return {
      trouble: this.#hadRoute && route === null ? troubleOf(text) : null,
      gateways: route === null || route.gateway === null ? [] : [route.gateway],
      remark: null,
    };
  }

  #readAll(planned: PlannedRoutes<A, R>): RouteNews<A> {
    const { conflict, gateways, missing } = planned.read(this.#reader);
    return conflict === null
      ? {
        trouble: null,
        gateways,
        remark: missing === 0
          ? null
          : `no route leads to ${
            formatCount(missing)
          } target addresses any more: their probes still go to the gateway`,
      }
      : { trouble: troubleOf(conflict), gateways: [], remark: null };
  }

  #lookup(): ReturnType<FamilyReader<A>["lookupRoute"]> {
    const { family, network, request } = this.#options;
    const { interfaceIndex } = network;
    return family.readerOf(this.#reader)
      .lookupRoute(request.firstTarget, { interfaceIndex });
  }
}

function troubleOf(text: string): LinkTrouble {
  return { cause: "route", text, isFinal: false };
}
