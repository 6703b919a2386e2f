import { getLogger } from "@logtape/logtape";
import type { Ipv6Address } from "../base/mod.ts";
import { checkedIpv6 } from "../doctor/family_scan.ts";
import type { Check } from "../doctor/mod.ts";
import { quickCheck } from "../doctor/quick_check.ts";
import { LinkReader, type Prefix } from "../link/mod.ts";
import {
  askNeighbours6,
  IPV6_NETWORK,
  type NetworkPlan6,
  type NetworkRequest6,
  networkRequest6,
  PING6,
  resolveNetwork6,
  sourcePrefixWarnings,
  streamRequest,
  unansweredTargets,
} from "../preflight/mod.ts";
import type { AliasTable, ProbeOptions } from "../probe/mod.ts";
import type { NextHopMemory } from "../shm/mod.ts";
import type { Ipv6TargetRoutes } from "../targets/mod.ts";
import type { Ipv6Scan } from "./config.ts";
import { ipv6SourcesOf } from "./ipv6_sources.ts";
import type {
  Ipv6ReceiveTargets,
  Ipv6SendTargets,
  LiveFamily,
} from "./live_family.ts";
import { KernelNetworkWatch } from "./network_watch.ts";
import { waitForHost } from "./wait_ping.ts";

/** A live scan of IPv6 targets. */
export class Ipv6Live implements LiveFamily {
  readonly targets = null;
  readonly #scan: Ipv6Scan;
  #request: NetworkRequest6;
  #network: NetworkPlan6 | null = null;

  constructor(scan: Ipv6Scan) {
    this.#scan = scan;
    this.#request = networkRequest6(scan);
  }

  /** As asked, or with `isIpLayer` in any case so that the kernel writes the link headers. */
  async resolve(
    { isIpLayer = false }: { readonly isIpLayer?: boolean } = {},
  ): Promise<NetworkPlan6> {
    const asked = networkRequest6(this.#scan);
    const request = { ...asked, ipLayer: asked.ipLayer || isIpLayer };
    this.#request = this.#scan.targets.stream === undefined
      ? request
      : streamRequest(IPV6_NETWORK, request);
    const network = await resolveNetwork6(this.#request);
    this.#network = network;
    const { sourcePrefix = null } = network;
    if (sourcePrefix !== null) warnOfPrefix(sourcePrefix, network);
    return network;
  }

  async askNeighbours(ratePps: number, signal: AbortSignal): Promise<void> {
    const { targets } = this.#scan;
    await askNeighbours6({ network: this.#network!, targets, ratePps, signal });
  }

  async hostAnswers(signal: AbortSignal): Promise<boolean> {
    const { waitPingAddress: address } = this.#scan.network;
    if (typeof address !== "bigint") return true;
    const network = this.#network!;
    return await waitForHost({ protocol: PING6, address, network, signal });
  }

  watch(): KernelNetworkWatch<Ipv6Address, Ipv6TargetRoutes> {
    return new KernelNetworkWatch({
      family: IPV6_NETWORK,
      network: this.#network!,
      request: this.#request,
      isGatewayGiven: this.#scan.network.gatewayMac !== null,
    });
  }

  check(): Check[] {
    return quickCheck(checkedIpv6(this.#scan), this.#network!);
  }

  countOwn(reader: LinkReader): number {
    const { addresses } = this.#request;
    if (this.#scan.targets.stream !== undefined) return 0;
    return unansweredTargets(reader.ipv6, addresses).own.count;
  }

  sending(
    options: ProbeOptions,
    nextHops: NextHopMemory | null,
    aliasTable: AliasTable | null,
  ): Ipv6SendTargets {
    const { targets } = this.#scan;
    const { routes } = this.#network!;
    const sources = ipv6SourcesOf(this.#network!, targets.seed);
    return {
      ipv6: { targets, sources, routes, aliasTable },
      nextHops,
      probeOptions: this.#probeOptions(options),
    };
  }

  receiving(probeModule: string, options: ProbeOptions): Ipv6ReceiveTargets {
    const { targets } = this.#scan;
    const sources = ipv6SourcesOf(this.#network!, targets.seed);
    const hasAliasTests = this.#scan.aliases?.isTested ?? false;
    const probeOptions = this.#probeOptions(options);
    return {
      ipv6: { targets, sources, hasAliasTests, probeModule, probeOptions },
    };
  }

  #probeOptions(options: ProbeOptions): ProbeOptions {
    return { ...options, family: 6, linkHeader: this.#network!.linkHeader };
  }
}

function warnOfPrefix(
  prefix: Prefix<Ipv6Address>,
  network: NetworkPlan6,
): void {
  using reader = LinkReader.open();
  const logger = getLogger(["pacemap", "scan"]);
  for (const text of sourcePrefixWarnings(reader, prefix, network)) {
    logger.warn(text);
  }
}
