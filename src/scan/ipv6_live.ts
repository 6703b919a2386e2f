import type { ProbeOptions } from "../probe/mod.ts";
import type { Ipv6Scan } from "./config.ts";
import { findGivenNetwork } from "./given_network6.ts";
import { ipv6SourcesOf } from "./ipv6_sources.ts";
import type { LiveFamily, ReceiveTargets, SendTargets } from "./live_family.ts";
import type { Ipv6Network } from "./network.ts";

/** A live scan of IPv6 targets. The network is not watched, and targets are not compared with own addresses. */
export class Ipv6Live implements LiveFamily {
  readonly #scan: Ipv6Scan;
  #network: Ipv6Network | null = null;

  constructor(scan: Ipv6Scan) {
    this.#scan = scan;
  }

  // An async function, so that what it throws rejects the promise.
  // deno-lint-ignore require-await
  async resolve(): Promise<Ipv6Network> {
    this.#network = findGivenNetwork(this.#scan.network);
    return this.#network;
  }

  /** All targets are behind the router. */
  askNeighbours(): Promise<void> {
    return Promise.resolve();
  }

  /** There is no host to wait for: `--netmap-wait-ping` names one of IPv4. */
  hostAnswers(): Promise<boolean> {
    return Promise.resolve(true);
  }

  watch(): null {
    return null;
  }

  check(): void {}

  countOwn(): number {
    return 0;
  }

  sending(): SendTargets {
    const sources = ipv6SourcesOf(this.#network!);
    return { ipv6: { targets: this.#scan.targets, sources } };
  }

  receiving(probeModule: string, probeOptions: ProbeOptions): ReceiveTargets {
    const sources = ipv6SourcesOf(this.#network!);
    const { targets } = this.#scan;
    return { ipv6: { targets, sources, probeModule, probeOptions } };
  }
}
