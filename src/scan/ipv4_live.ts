import type { Ipv4Address } from "../base/mod.ts";
import { type Check, checkedIpv4, quickCheck } from "../doctor/mod.ts";
import type { LinkReader } from "../link/mod.ts";
import {
  askNeighbours,
  IPV4_NETWORK,
  type NetworkPlan,
  networkRequest,
  PING,
  resolveNetwork,
  routedIpv4,
  unansweredTargets,
} from "../preflight/mod.ts";
import type { ProbeOptions } from "../probe/mod.ts";
import { addressAt } from "../targets/mod.ts";
import type { Ipv4Scan } from "./config.ts";
import type { LiveFamily, ReceiveTargets, SendTargets } from "./live_family.ts";
import { KernelNetworkWatch } from "./network_watch.ts";
import { waitForHost } from "./wait_ping.ts";

/** A live scan of IPv4 targets. */
export class Ipv4Live implements LiveFamily {
  readonly #scan: Ipv4Scan;
  #network: NetworkPlan | null = null;

  constructor(scan: Ipv4Scan) {
    this.#scan = scan;
  }

  async resolve(): Promise<NetworkPlan> {
    this.#network = await resolveNetwork(networkRequest(this.#scan));
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

  watch(): KernelNetworkWatch<Ipv4Address> {
    return new KernelNetworkWatch({
      family: IPV4_NETWORK,
      network: this.#network!,
      target: addressAt(this.#scan.targets.addresses, 0),
      isGatewayGiven: this.#scan.network.gatewayMac !== null,
    });
  }

  check(): Check[] {
    return quickCheck(checkedIpv4(this.#scan), this.#network!);
  }

  countOwn(reader: LinkReader): number {
    const addresses = routedIpv4(this.#scan.targets.addresses);
    return unansweredTargets(reader.ipv4, addresses).own.count;
  }

  sending(): SendTargets {
    const { routes, sourceAddresses } = this.#network!;
    return { targets: this.#scan.targets, sourceAddresses, routes };
  }

  receiving(probeModule: string, probeOptions: ProbeOptions): ReceiveTargets {
    const { sourceAddresses } = this.#network!;
    const { targets } = this.#scan;
    return { targets, sourceAddresses, probeModule, probeOptions };
  }
}
