import { getLogger } from "@logtape/logtape";
import { ErrnoError, errnoText } from "../../ffi/errno.ts";
import { formatCount, PreflightError } from "../base/mod.ts";
import { LinkReader } from "../link/mod.ts";
import {
  indexOf,
  type Neighbours,
  type TargetPlan,
  TargetSpace,
} from "../targets/mod.ts";
import { type Asker, InterfaceArpLink } from "./_arp_link.ts";
import { MOST_ARP_PPS, NeighbourSweep } from "./neighbour_sweep.ts";
import type { NetworkPlan } from "./network_plan.ts";

/** Time between two lines about a long sweep. */
const TELL_EVERY_MS = 5000;
/** Positions that are walked through at most to find out which neighbours have one: some 100 ms. */
const MOST_POSITIONS = 2 ** 22;
/** Positions made at a time. */
const BLOCK = 1024;

/** Whose neighbours are asked, and how. */
export interface AskOptions {
  readonly network: NetworkPlan;
  readonly targets: TargetPlan;
  /** Packets per second that the scan may send; 0: any number. */
  readonly ratePps: number;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/**
 * Asks the targets on the link for their hardware addresses, each of those that this scan has a position of, and
 * fills the table of the plan with the answers. Returns at once where there are none.
 *
 * @throws {PreflightError} `interface` when the interface goes down meanwhile
 */
export async function askNeighbours(options: AskOptions): Promise<void> {
  const { network: { routes }, ratePps, signal, targets } = options;
  if (routes === null || routes.neighbours.addresses.count === 0) return;
  const { neighbours } = routes;
  const wanted = wantedNeighbours(neighbours, targets);
  if (wanted.length === 0) return;
  const logger = getLogger(["pacemap", "scan"]);
  const count = formatCount(wanted.length);
  logger.info("Asking {count} neighbours for their hardware addresses", {
    count,
  });
  const asker = findAsker(options.network);
  let tellMs = performance.now() + TELL_EVERY_MS;
  const answered = await orInterfaceError(asker.link.name, async () => {
    using link = new InterfaceArpLink(asker);
    return await new NeighbourSweep({
      neighbours,
      wanted,
      link,
      clock: {
        nowMs: () => performance.now(),
        rest: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      },
      ratePps: Math.min(ratePps === 0 ? MOST_ARP_PPS : ratePps, MOST_ARP_PPS),
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
  const { endPosition, firstPosition, positionCount } = targets;
  const count = endPosition - firstPosition;
  const all = Uint32Array.from({ length: addresses.count }, (_, i) => i);
  if (count === positionCount || count > MOST_POSITIONS) return all;
  const isWanted = new Uint8Array(addresses.count);
  const space = new TargetSpace(targets);
  const positions = new Float64Array(BLOCK);
  const found = new Uint32Array(BLOCK);
  const ports = new Uint32Array(BLOCK);
  for (let first = firstPosition; first < endPosition; first += BLOCK) {
    const length = Math.min(BLOCK, endPosition - first);
    for (let i = 0; i < length; i++) positions[i] = first + i;
    space.locate(positions, length, found, ports);
    for (let i = 0; i < length; i++) {
      const index = indexOf(addresses, found[i]!);
      if (index >= 0) isWanted[index] = 1;
    }
  }
  return all.filter((index) => isWanted[index] === 1);
}

function findAsker(
  { interfaceIndex, interfaceName, sourceMac }: NetworkPlan,
): Asker {
  using reader = LinkReader.open();
  const link = reader.readLinks().find(({ index }) => index === interfaceIndex);
  if (link === undefined) {
    throw interfaceError(interfaceName, "it is gone");
  }
  return {
    link,
    // Answers to another address than the interface's own might not reach this host.
    mac: link.macAddress ?? sourceMac!,
    addresses: reader.readAddresses(interfaceIndex),
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
