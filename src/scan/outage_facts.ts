import type { IpAddress } from "../link/mod.ts";

/** What can be wrong. */
export type OutageCause =
  | "link"
  | "interface"
  | "address"
  | "route"
  | "gateway"
  | "gateway-mac";

/** What is wrong with this machine's own end, as the kernel tells it. */
export interface LinkTrouble {
  readonly cause: Exclude<OutageCause, "gateway" | "gateway-mac">;
  /** For people: `the link of eth0 is down`. */
  readonly text: string;
  /** Nothing will mend it. */
  readonly isFinal: boolean;
}

/** A hardware address of a next hop. */
export interface NextHopClaim {
  /** Index of the next hop. */
  readonly hop: number;
  readonly mac: Uint8Array;
}

/** Another gateway has taken the place of a next hop. */
export interface NextHopMove {
  /** Index of the next hop. */
  readonly hop: number;
  readonly address: IpAddress;
}

/** What the kernel and the next hops say of the network, since the last look. */
export interface NetworkNews {
  /** What is wrong now; null: nothing. */
  readonly trouble: LinkTrouble | null;
  /** Why the link could not carry frames for a moment that is over; null: it could. */
  readonly flap: string | null;
  /** Next hops in whose place the routes name other gateways. */
  readonly moves: readonly NextHopMove[];
  /** What is to be said of routes that are missing although it is no trouble; null: none is. */
  readonly remark: string | null;
  /** What the kernel knows of a next hop may have changed. */
  readonly isNeighbourChanged: boolean;
  readonly claims: readonly NextHopClaim[];
}

/** What is known of the answers at that moment. */
export interface AnswerFacts {
  readonly nowS: number;
  /** Probes leave, or are to leave. */
  readonly isSending: boolean;
  /** Answers have stopped, or nearly so. */
  readonly isSilent: boolean;
  /** Much is lost, but not all. */
  readonly isLossy: boolean;
  /** Time in which nearly all answers come, in seconds. */
  readonly delayS: number;
}

/** What has to be done. */
export interface OutageOrders {
  /** Next hops to be asked where they are. */
  readonly ask: number[];
  /** Addresses to be used from now on. */
  readonly take: NextHopClaim[];
  /** What was sent since `sinceS` went nowhere, and has to be sent again; its null: since answers have stopped. */
  lost: { readonly sinceS: number | null } | null;
  /** What is wrong, and what is well again, for the log. */
  readonly warnings: string[];
  readonly notes: string[];
  /** Why the scan cannot go on, or null. */
  end: string | null;
}

/** A time in which the network did not work. */
export interface Outage {
  readonly cause: OutageCause;
  /** For people, without a final period. */
  readonly text: string;
  readonly startS: number;
  /** Null: it has not ended. */
  readonly endS: number | null;
  /** Positions that were sent again because of it. */
  readonly positions: number;
}
