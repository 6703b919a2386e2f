import type { Check } from "../doctor/mod.ts";
import type { LinkReader } from "../link/mod.ts";
import type { ProbeOptions } from "../probe/mod.ts";
import type {
  Ipv4ReceiveOptions,
  Ipv6OnlyReceiveOptions,
} from "../receive/mod.ts";
import type { Ipv6SendOptions, SendOptions } from "../send/mod.ts";
import type { ScanNetwork } from "./network.ts";
import type { NetworkWatch } from "./network_watch.ts";

/** What senders are told of their targets. */
export type SendTargets =
  | Pick<SendOptions, "routes" | "sourceAddresses" | "targets">
  | Pick<Ipv6SendOptions, "ipv6">;

/** What the receiver is told of its targets. */
export type ReceiveTargets =
  | Ipv4ReceiveOptions
  | Pick<Ipv6OnlyReceiveOptions, "ipv6">;

/** What in a live scan depends on the family of its targets. `resolve` is called first. */
export interface LiveFamily {
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
  /** The targets, for senders. */
  sending(): SendTargets;
  /** The targets, for the receiver. */
  receiving(probeModule: string, probeOptions: ProbeOptions): ReceiveTargets;
}
