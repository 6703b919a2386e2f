import type { Ipv4Address } from "../base/mod.ts";
import { checkedIpv4 } from "../doctor/family_scan.ts";
import type { Check } from "../doctor/mod.ts";
import { quickCheck } from "../doctor/quick_check.ts";
import type { LinkReader } from "../link/mod.ts";
import {
  askNeighbours,
  IPV4_NETWORK,
  type NetworkPlan,
  type NetworkRequest,
  networkRequest,
  PING,
  resolveNetwork,
  routedIpv4,
  streamRequest,
  unansweredTargets,
} from "../preflight/mod.ts";
import type { ProbeOptions } from "../probe/mod.ts";
import type { Ipv4ReceiveOptions } from "../receive/mod.ts";
import type { NextHopMemory } from "../shm/mod.ts";
import type { TargetRoutes } from "../targets/mod.ts";
import type { Ipv4Scan } from "./config.ts";
import type { Ipv4SendTargets, LiveFamily } from "./live_family.ts";
import { KernelNetworkWatch } from "./network_watch.ts";
import { waitForHost } from "./wait_ping.ts";

/** A live scan of IPv4 targets. */
export class Ipv4Live implements LiveFamily {
  readonly targets = null;
  readonly #scan: Ipv4Scan;
  #request: NetworkRequest | null = null;
  #network: NetworkPlan | null = null;

  constructor(scan: Ipv4Scan) {
    this.#scan = scan;
  }

  /** As asked, or with `isIpLayer` in any case so that the kernel writes the link headers. */
  async resolve(
    { isIpLayer = false }: { readonly isIpLayer?: boolean } = {},
  ): Promise<NetworkPlan> {
    const request = networkRequest(this.#scan);
    const ipLayer = request.ipLayer || isIpLayer;
    this.#request = this.#scan.targets.stream === undefined
      ? { ...request, ipLayer }
      : streamRequest(IPV4_NETWORK, { ...request, ipLayer });
    this.#network = await resolveNetwork(this.#request);
    return this.#network;
  }

  async askNeighbours(ratePps: number, signal: AbortSignal): Promise<void> {
    const { targets } = this.#scan;
    await askNeighbours({ network: this.#network!, targets, ratePps, signal });
  }

  async hostAnswers(signal: AbortSignal): Promise<boolean> {
    const { waitPingAddress: address } = this.#scan.network;
    if (typeof address !== "number") return true;
    const network = this.#network!;
    return await waitForHost({ protocol: PING, address, network, signal });
  }

  watch(): KernelNetworkWatch<Ipv4Address, TargetRoutes> {
    return new KernelNetworkWatch({
      family: IPV4_NETWORK,
      network: this.#network!,
      request: this.#request!,
      isGatewayGiven: this.#scan.network.gatewayMac !== null,
    });
  }

  check(): Check[] {
    return quickCheck(checkedIpv4(this.#scan), this.#network!);
  }

  countOwn(reader: LinkReader): number {
    const { targets } = this.#scan;
    if (targets.stream !== undefined) return 0;
    const addresses = routedIpv4(targets.addresses);
    return unansweredTargets(reader.ipv4, addresses).own.count;
  }

  sending(
    options: ProbeOptions,
    nextHops: NextHopMemory | null,
  ): Ipv4SendTargets {
    const { routes, sourceAddresses } = this.#network!;
    const { targets } = this.#scan;
    const probeOptions = this.#probeOptions(options);
    return { targets, sourceAddresses, routes, nextHops, probeOptions };
  }

  receiving(probeModule: string, options: ProbeOptions): Ipv4ReceiveOptions {
    const { sourceAddresses } = this.#network!;
    const { targets } = this.#scan;
    const probeOptions = this.#probeOptions(options);
    return { targets, sourceAddresses, probeModule, probeOptions };
  }

  #probeOptions(options: ProbeOptions): ProbeOptions {
    return { ...options, family: 4, linkHeader: this.#network!.linkHeader };
  }
}
