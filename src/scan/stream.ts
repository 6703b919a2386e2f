import type { Logger } from "@logtape/logtape";
import { formatCount } from "../base/mod.ts";
import { SEND } from "../shm/mod.ts";
import {
  ipv4StreamFilter,
  ipv6RangeOf,
  ipv6StreamFilter,
  NO_HOP,
  rangeOf,
  type StreamCounts,
  type StreamFilter,
  StreamIntake,
  type StreamMemory,
} from "../targets/mod.ts";
import type { ScanConfig, StreamConfig } from "./config.ts";
import type { ScanNetwork } from "./network.ts";
import type { ScanClock } from "./scan_clock.ts";
import type { ScanMemory } from "./scan_memory.ts";
import { StreamWork } from "./stream_work.ts";

/** Lines that are skipped with a warning of their own; further ones are counted. */
const MOST_WARNINGS = 10;

/** What a stream needs of its scan. */
export interface StreamParts {
  readonly config: ScanConfig;
  readonly network: ScanNetwork;
  readonly memory: Pick<ScanMemory, "senders">;
  readonly clock: ScanClock;
  readonly logger: Logger;
}

/** The work of a scan whose targets come while it runs; null when they are known. */
export function makeStreamWork(parts: StreamParts): StreamWork | null {
  const { clock, config, memory, network } = parts;
  const { ipv4, ipv6, stream } = config.targets;
  const plan = ipv4 ?? ipv6;
  if (stream === undefined || plan?.stream === undefined) return null;
  const isAllowed = ipv4 === null
    ? ipv6StreamFilter(stream.ipv6!)
    : ipv4StreamFilter(ipv4.addresses);
  return new StreamWork({
    intake: new StreamIntake({
      memory: plan.stream,
      name: stream.name,
      isAllowed,
      isRoutable: routable(plan.stream, network),
      shards: stream.shards,
      shard: stream.shard,
      skip: warner(stream, parts.logger),
    }),
    portCount: plan.ports.length,
    probesPerTarget: config.probe.probesPerTarget,
    mostTargets: stream.mostTargets,
    isHeld: () =>
      memory.senders.some(({ counters }) => counters[SEND.held]! > 0),
    nowS: () => clock.nowS(),
  });
}

function warner(
  { name }: StreamConfig,
  logger: Logger,
): (line: number, reason: string) => void {
  let skipped = 0;
  return (line, reason) => {
    skipped++;
    if (skipped > MOST_WARNINGS) return;
    const more = skipped === MOST_WARNINGS
      ? "; further lines are skipped without a warning, and counted"
      : "";
    const place = `${name}:${line}`;
    logger.warn("Skipped: {place}: {reason}{more}", { place, reason, more });
  };
}

/** Whether an address has a next hop, as far as that is known before its frame is made. */
function routable(
  { words }: StreamMemory,
  { routes }: ScanNetwork,
): StreamFilter {
  if (routes === null) return () => true;
  const { hops } = routes;
  return words === 1
    ? (address, at) => hops[rangeOf(routes, address[at]!)] !== NO_HOP
    : (address, at) => hops[ipv6RangeOf(routes, address, at)] !== NO_HOP;
}

/** What was not probed of a stream, each with what it means; for people. */
export function streamNotes(
  counts: Readonly<StreamCounts>,
): { readonly name: string; readonly count: number; readonly note: string }[] {
  return [
    {
      name: "lines skipped",
      count: counts.badLines,
      note: "no address, or more addresses than a line may have",
    },
    { name: "repeated addresses", count: counts.repeats, note: "" },
    {
      name: "blocked addresses",
      count: counts.blocked,
      note: "in the blocklist, or not in the allowlist",
    },
    {
      name: "addresses without a route",
      count: counts.unroutable,
      note: "through the interface of the scan, or of this host itself",
    },
    {
      name: "addresses of the other family",
      count: counts.otherFamily,
      note: "",
    },
    { name: "addresses of other shards", count: counts.otherShards, note: "" },
    {
      name: "addresses without room",
      count: counts.full,
      note: "not probed: a stream has room for a limited number",
    },
  ].filter(({ count }) => count > 0);
}

/** Why a stream that was read to its end was not probed as asked; null: it was. */
export function streamFault(
  { added, full, unroutable }: Readonly<StreamCounts>,
): string | null {
  if (added === 0 && unroutable > 0) {
    return "No target of the input was probed: no route leads to any through the interface of the scan";
  }
  return full === 0
    ? null
    : `${
      formatCount(full)
    } addresses of the input were not probed: there is no room for more; scan them apart`;
}
