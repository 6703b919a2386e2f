import type { Check } from "../doctor/mod.ts";
import type { LinkReader } from "../link/mod.ts";
import type { AliasTable, ProbeOptions } from "../probe/mod.ts";
import type {
  Ipv4ReceiveOptions,
  Ipv6OnlyReceiveOptions,
  ReceiveOptions,
} from "../receive/mod.ts";
import type {
  Ipv6SendOptions,
  MixedSendOptions,
  SenderOptions,
  SendOptions,
} from "../send/mod.ts";
import type { NextHopMemory } from "../shm/mod.ts";
import type { ScanTargets } from "./config.ts";
import type { ScanNetwork } from "./network.ts";
import type { NetworkWatch } from "./network_watch.ts";

/** What senders are told of IPv4 targets. */
export type Ipv4SendTargets = Omit<SendOptions, keyof SenderOptions>;

/** What senders are told of IPv6 targets. */
export type Ipv6SendTargets = Omit<Ipv6SendOptions, keyof SenderOptions>;

/** What senders are told of their targets. */
export type SendTargets =
  | Ipv4SendTargets
  | Ipv6SendTargets
  | Pick<MixedSendOptions, "mixed">;

/** What the receiver is told of IPv6 targets. */
export type Ipv6ReceiveTargets = Pick<Ipv6OnlyReceiveOptions, "ipv6">;

/** What the receiver is told of its targets. */
export type ReceiveTargets =
  | (Ipv4ReceiveOptions & Pick<ReceiveOptions, "ipv6" | "mix">)
  | Ipv6ReceiveTargets;

/** What in a live scan depends on the families of its targets. `resolve` is called first. */
export interface LiveFamily {
  /** The targets that this machine can send to; known once the way is found. Null: all that are planned. */
  readonly targets: ScanTargets | null;
  /**
   * Finds the way to the targets.
   *
   * @throws {PreflightError} when there is none
   */
  resolve(): Promise<ScanNetwork>;
  /** Finds the hosts on the link that are targets, with so many requests per second at most. */
  askNeighbours(ratePps: number, signal: AbortSignal): Promise<void>;
  /** With `--netmap-wait-ping`: waits for the host, if it is of this family; false when a signal came before its answer. */
  hostAnswers(signal: AbortSignal): Promise<boolean>;
  /** Begins to watch the network. */
  watch(): NetworkWatch;
  /** Checks the machine for the scan, as far as that can be done at once. */
  check(): readonly Check[];
  /** Addresses of this host among the targets, for which nobody answers. */
  countOwn(reader: LinkReader): number;
  /**
   * The targets, for senders, with what probes to them are made with.
   *
   * @param aliasTable the prefixes of IPv6 that are tested; null: none is
   */
  sending(
    probeOptions: ProbeOptions,
    nextHops: NextHopMemory | null,
    aliasTable: AliasTable | null,
  ): SendTargets;
  /** The targets, for the receiver. */
  receiving(probeModule: string, probeOptions: ProbeOptions): ReceiveTargets;
}
