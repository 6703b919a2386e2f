import type { Ipv6Address } from "../base/mod.ts";
import { type Check, checkedIpv6, quickCheck } from "../doctor/mod.ts";
import type { LinkReader } from "../link/mod.ts";
import {
  askNeighbours6,
  IPV6_NETWORK,
  type NetworkPlan6,
  type NetworkRequest6,
  networkRequest6,
  PING6,
  resolveNetwork6,
  unansweredTargets,
} from "../preflight/mod.ts";
import type { ProbeOptions } from "../probe/mod.ts";
import type { Ipv6Scan } from "./config.ts";
import { ipv6SourcesOf } from "./ipv6_sources.ts";
import type { LiveFamily, ReceiveTargets, SendTargets } from "./live_family.ts";
import { KernelNetworkWatch } from "./network_watch.ts";
import { waitForHost } from "./wait_ping.ts";

/** A live scan of IPv6 targets. */
export class Ipv6Live implements LiveFamily {
  readonly #scan: Ipv6Scan;
  readonly #request: NetworkRequest6;
  #network: NetworkPlan6 | null = null;

  constructor(scan: Ipv6Scan) {
    this.#scan = scan;
    this.#request = networkRequest6(scan);
  }

  async resolve(): Promise<NetworkPlan6> {
    this.#network = await resolveNetwork6(this.#request);
    return this.#network;
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

  watch(): KernelNetworkWatch<Ipv6Address> {
    return new KernelNetworkWatch({
      family: IPV6_NETWORK,
      network: this.#network!,
      target: this.#request.firstTarget,
      isGatewayGiven: this.#scan.network.gatewayMac !== null,
    });
  }

  check(): Check[] {
    return quickCheck(checkedIpv6(this.#scan), this.#network!);
  }

  countOwn(reader: LinkReader): number {
    const { addresses } = this.#request;
    return unansweredTargets(reader.ipv6, addresses).own.count;
  }

  sending(): SendTargets {
    const { routes, sourceAddresses } = this.#network!;
    const sources = ipv6SourcesOf(sourceAddresses);
    return { ipv6: { targets: this.#scan.targets, sources, routes } };
  }

  receiving(probeModule: string, probeOptions: ProbeOptions): ReceiveTargets {
    const sources = ipv6SourcesOf(this.#network!.sourceAddresses);
    const { targets } = this.#scan;
    return { ipv6: { targets, sources, probeModule, probeOptions } };
  }
}
