import type { Ipv6Address } from "../base/mod.ts";
import type { LinkReader } from "../link/mod.ts";
import {
  askNeighbours6,
  IPV6_NETWORK,
  type NetworkPlan6,
  type NetworkRequest6,
  resolveNetwork6,
  routedIpv6,
  unansweredTargets,
} from "../preflight/mod.ts";
import type { ProbeOptions } from "../probe/mod.ts";
import type { NextHopMemory } from "../shm/mod.ts";
import type { Ipv6Scan, ScanTargets } from "./config.ts";
import { ipv6SourcesOf } from "./ipv6_sources.ts";
import type {
  Ipv6ReceiveTargets,
  Ipv6SendTargets,
  LiveFamily,
} from "./live_family.ts";
import { KernelNetworkWatch } from "./network_watch.ts";

/** A live scan of IPv6 targets. */
export class Ipv6Live implements LiveFamily {
  readonly #scan: Ipv6Scan;
  readonly #request: NetworkRequest6;
  #network: NetworkPlan6 | null = null;

  constructor(scan: Ipv6Scan) {
    this.#scan = scan;
    this.#request = networkRequest6(scan);
  }

  get targets(): ScanTargets {
    const { targets: ipv6 } = this.#scan;
    const { endPosition, firstPosition } = ipv6;
    return { ipv4: null, ipv6, mix: null, firstPosition, endPosition };
  }

  /** As asked, or with `isIpLayer` in any case so that the kernel writes the link headers. */
  async resolve(
    { isIpLayer = false }: { readonly isIpLayer?: boolean } = {},
  ): Promise<NetworkPlan6> {
    const request = this.#request;
    const ipLayer = request.ipLayer || isIpLayer;
    this.#network = await resolveNetwork6({ ...request, ipLayer });
    return this.#network;
  }

  async askNeighbours(ratePps: number, signal: AbortSignal): Promise<void> {
    const { targets } = this.#scan;
    await askNeighbours6({ network: this.#network!, targets, ratePps, signal });
  }

  /** There is no host to wait for: `--netmap-wait-ping` names one of IPv4. */
  hostAnswers(): Promise<boolean> {
    return Promise.resolve(true);
  }

  watch(): KernelNetworkWatch<Ipv6Address> {
    return new KernelNetworkWatch({
      family: IPV6_NETWORK,
      network: this.#network!,
      target: this.#request.firstTarget,
      isGatewayGiven: this.#scan.network.gatewayMac !== null,
    });
  }

  /** The checks of the doctor are about IPv4. */
  check(): void {}

  countOwn(reader: LinkReader): number {
    const { addresses } = this.#request;
    return unansweredTargets(reader.ipv6, addresses).own.count;
  }

  sending(
    options: ProbeOptions,
    nextHops: NextHopMemory | null,
  ): Ipv6SendTargets {
    const { routes, sourceAddresses } = this.#network!;
    const sources = ipv6SourcesOf(sourceAddresses);
    return {
      ipv6: { targets: this.#scan.targets, sources, routes },
      nextHops,
      probeOptions: this.#probeOptions(options),
    };
  }

  receiving(probeModule: string, options: ProbeOptions): Ipv6ReceiveTargets {
    const sources = ipv6SourcesOf(this.#network!.sourceAddresses);
    const { targets } = this.#scan;
    const probeOptions = this.#probeOptions(options);
    return { ipv6: { targets, sources, probeModule, probeOptions } };
  }

  #probeOptions(options: ProbeOptions): ProbeOptions {
    return { ...options, family: 6, linkHeader: this.#network!.linkHeader };
  }
}

/** What the network has to be asked for a scan. */
export function networkRequest6(
  { network, targets }: Ipv6Scan,
): NetworkRequest6 {
  const addresses = routedIpv6(targets.addresses);
  return {
    interfaceName: network.interfaceName,
    firstTarget: addresses.firstFrom(0n)!,
    addresses,
    sourceAddresses: network.sourceAddresses6,
    gatewayMac: network.gatewayMac,
    sourceMac: network.sourceMac,
    ipLayer: network.isIpLayer,
  };
}
