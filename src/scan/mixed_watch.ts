import type { WatchedHop } from "./next_hop_watch.ts";
import type { NetworkWatch } from "./network_watch.ts";
import type { NetworkNews } from "./outage_facts.ts";

/** Watches the network of both families: the next hops of IPv4, then those of IPv6. */
export class MixedNetworkWatch implements NetworkWatch {
  readonly nextHops: readonly WatchedHop[];
  /** Answers of one family say nothing of the gateway of the other. */
  readonly isSplit = true;
  readonly #ipv4: NetworkWatch;
  readonly #ipv6: NetworkWatch;
  /** Next hops of IPv4 whose hardware addresses the senders know. */
  readonly #ipv4Macs: number;

  constructor(ipv4: NetworkWatch, ipv6: NetworkWatch, ipv4Macs: number) {
    this.#ipv4 = ipv4;
    this.#ipv6 = ipv6;
    this.#ipv4Macs = ipv4Macs;
    this.nextHops = [...ipv4.nextHops, ...ipv6.nextHops];
  }

  look(nowS: number): NetworkNews {
    const first = this.#ipv4.look(nowS);
    const second = this.#ipv6.look(nowS);
    const before = this.#ipv4.nextHops.length;
    return {
      trouble: first.trouble ?? second.trouble,
      flap: first.flap ?? second.flap,
      moves: [
        ...first.moves,
        ...second.moves.map((move) => ({ ...move, hop: before + move.hop })),
      ],
      remark: first.remark ?? second.remark,
      isNeighbourChanged: first.isNeighbourChanged || second.isNeighbourChanged,
      claims: [
        ...first.claims,
        ...second.claims.map(({ hop, mac }) => ({ hop: before + hop, mac })),
      ],
    };
  }

  ask(hop: number): void {
    const before = this.#ipv4.nextHops.length;
    if (hop < before) this.#ipv4.ask(hop);
    else this.#ipv6.ask(hop - before);
  }

  macIndexOf(hop: number): number {
    const before = this.#ipv4.nextHops.length;
    return hop < before ? hop : this.#ipv4Macs + hop - before;
  }

  [Symbol.dispose](): void {
    this.#ipv4[Symbol.dispose]();
    this.#ipv6[Symbol.dispose]();
  }
}
