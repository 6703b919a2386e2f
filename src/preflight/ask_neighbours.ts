import { getLogger } from "@logtape/logtape";
import { ErrnoError, errnoText } from "../../ffi/errno.ts";
import {
  formatCount,
  IPV6_WORDS,
  type Ipv6Address,
  ipv6OfWords,
  PreflightError,
  storeIpv6,
} from "../base/mod.ts";
import { type IpAddress, LinkReader } from "../link/mod.ts";
import {
  addressAt,
  indexOf,
  ipv6IndexOf,
  type Ipv6TargetPlan,
  knownIpv4Targets,
  knownIpv6Targets,
  type Neighbours,
  storeIpv6Address,
  type TargetOrder,
  type TargetPlan,
} from "../targets/mod.ts";
import {
  type AskedAddresses,
  type Asker,
  InterfaceNeighbourLink,
} from "./_neighbour_link.ts";
import {
  IPV4_NETWORK,
  IPV6_NETWORK,
  type NetworkFamily,
} from "./network_family.ts";
import { MOST_REQUESTS_PPS, NeighbourSweep } from "./neighbour_sweep.ts";
import type { NetworkPlan, NetworkPlan6 } from "./network_plan.ts";

/** Time between two lines about a long sweep. */
const TELL_EVERY_MS = 5000;
/** Positions that are walked through at most to find out which neighbours have one: some 100 ms. */
const MOST_POSITIONS = 2 ** 22;
/** Positions made at a time. */
const BLOCK = 1024;

/** How neighbours are asked. */
interface AskSettings {
  /** Packets per second that the scan may send; 0: any number. */
  readonly ratePps: number;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/** Whose neighbours are asked, and how. */
export interface AskOptions extends AskSettings {
  readonly network: NetworkPlan;
  readonly targets: TargetPlan;
}

/** As `AskOptions`, of IPv6. */
export interface AskOptions6 extends AskSettings {
  readonly network: NetworkPlan6;
  readonly targets: Ipv6TargetPlan;
}

/** Who is asked by number, and where answers go. */
interface Question<A extends IpAddress> extends AskedAddresses<A> {
  readonly wanted: Uint32Array;
  readonly macs: Uint8Array;
}

/**
 * Asks the targets on the link for their hardware addresses, each of those that this scan has a position of, and
 * fills the table of the plan with the answers. Returns at once where there are none.
 *
 * @throws {PreflightError} `interface` when the interface goes down meanwhile
 */
export async function askNeighbours(options: AskOptions): Promise<void> {
  const { network, targets } = options;
  if (network.routes === null) return;
  const { neighbours } = network.routes;
  const { addresses, macs } = neighbours;
  await sweep(IPV4_NETWORK, network, {
    ...options,
    wanted: wantedNeighbours(neighbours, targets),
    macs,
    at: (index) => addressAt(addresses, index),
    indexOf: (address) => indexOf(addresses, address),
  });
}

/** As `askNeighbours`, for targets of IPv6. */
export async function askNeighbours6(options: AskOptions6): Promise<void> {
  const { network, targets } = options;
  if (network.routes === null) return;
  const { addresses, macs } = network.routes.neighbours;
  const space = knownIpv6Targets(targets);
  const found = new Uint32Array(BLOCK * IPV6_WORDS);
  const ports = new Uint32Array(BLOCK);
  const words = new Uint32Array(IPV6_WORDS);
  await sweep(IPV6_NETWORK, network, {
    ...options,
    wanted: wantedIndexes(addresses.count, targets, {
      locate: (positions, count) =>
        space.locate(positions, count, found, ports),
      indexAt: (i) => ipv6IndexOf(addresses, found, i * IPV6_WORDS),
    }),
    macs,
    at(index): Ipv6Address {
      storeIpv6Address(addresses, index, words, 0);
      return ipv6OfWords(words, 0);
    },
    indexOf(address): number {
      storeIpv6(address, words, 0);
      return ipv6IndexOf(addresses, words, 0);
    },
  });
}

async function sweep<A extends IpAddress>(
  family: NetworkFamily<A>,
  plan: NetworkPlan<A, unknown>,
  options: AskSettings & Question<A>,
): Promise<void> {
  const { macs, ratePps, signal, wanted } = options;
  if (wanted.length === 0) return;
  const asker = findAsker(family, plan);
  const logger = getLogger(["pacemap", "scan"]);
  const count = formatCount(wanted.length);
  logger.info("Asking {count} neighbours for their hardware addresses", {
    count,
  });
  let tellMs = performance.now() + TELL_EVERY_MS;
  const answered = await orInterfaceError(asker.link.name, async () => {
    using link = new InterfaceNeighbourLink(family.neighbours, asker, options);
    return await new NeighbourSweep({
      macs,
      wanted,
      link,
      clock: {
        nowMs: () => performance.now(),
        rest: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      },
      ratePps: Math.min(ratePps || MOST_REQUESTS_PPS, MOST_REQUESTS_PPS),
      signal,
      onProgress(asked, found): void {
        if (performance.now() < tellMs) return;
        tellMs = performance.now() + TELL_EVERY_MS;
        logger.info(
          "Asking {count} neighbours: {asked} requests sent, {found} have answered",
          { count, asked: formatCount(asked), found: formatCount(found) },
        );
      },
    }).run();
  });
  if (signal.aborted) return;
  logger.info("{answered} of {count} neighbours have answered", {
    answered: formatCount(answered),
    count,
  });
}

/** Numbers of the neighbours that some position of this shard belongs to; where these are too many, all. */
export function wantedNeighbours(
  { addresses }: Neighbours,
  targets: TargetPlan,
): Uint32Array {
  const space = knownIpv4Targets(targets);
  const found = new Uint32Array(BLOCK);
  const ports = new Uint32Array(BLOCK);
  return wantedIndexes(addresses.count, targets, {
    locate: (positions, count) => space.locate(positions, count, found, ports),
    indexAt: (i) => indexOf(addresses, found[i]!),
  });
}

/** How positions become numbers of neighbours: a block at a time. */
interface NeighbourFinder {
  /** Locates the first `count` positions, at most `BLOCK`. */
  locate(positions: Float64Array, count: number): void;
  /** The number of the neighbour at one of them; -1: it is none. */
  indexAt(i: number): number;
}

function wantedIndexes(
  neighbourCount: number,
  { endPosition, firstPosition, positionCount }: TargetOrder,
  finder: NeighbourFinder,
): Uint32Array {
  const count = endPosition - firstPosition;
  const all = Uint32Array.from({ length: neighbourCount }, (_, i) => i);
  if (
    neighbourCount === 0 || count === positionCount || count > MOST_POSITIONS
  ) return all;
  const isWanted = new Uint8Array(neighbourCount);
  const positions = new Float64Array(BLOCK);
  for (let first = firstPosition; first < endPosition; first += BLOCK) {
    const length = Math.min(BLOCK, endPosition - first);
    for (let i = 0; i < length; i++) positions[i] = first + i;
    finder.locate(positions, length);
    for (let i = 0; i < length; i++) {
      const index = finder.indexAt(i);
      if (index >= 0) isWanted[index] = 1;
    }
  }
  return all.filter((index) => isWanted[index] === 1);
}

function findAsker<A extends IpAddress>(
  family: NetworkFamily<A>,
  plan: NetworkPlan<A, unknown>,
): Asker<A> {
  const { interfaceIndex, interfaceName, sourceAddresses, sourceMac } = plan;
  using reader = LinkReader.open();
  const link = reader.readLinks().find(({ index }) => index === interfaceIndex);
  if (link === undefined) {
    throw interfaceError(interfaceName, "it is gone");
  }
  return {
    link,
    // Answers to another address than the interface's own might not reach this host.
    mac: link.macAddress ?? sourceMac!,
    addresses: family.readerOf(reader).readAddresses(interfaceIndex),
    sourceAddress: family.fallbackAsker(sourceAddresses),
  };
}

async function orInterfaceError<T>(
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof ErrnoError)) throw cause;
    throw interfaceError(name, errnoText(cause.errno), cause);
  }
}

/** What is said when an interface fails while hardware addresses are asked for. */
export function interfaceError(
  name: string,
  why: string,
  cause?: ErrnoError,
): PreflightError {
  return new PreflightError(
    "interface",
    `Cannot use interface "${name}": ${why}`,
    "Check that it stays up, or choose another interface with -i",
    cause,
  );
}
