import { formatIp } from "../link/mod.ts";
import { type NextHop, NextHopWatch } from "./next_hop_watch.ts";

/** How much earlier than it is seen a change may have happened, in seconds: a step of the scan takes less. */
const STEP_S = 0.25;

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

/** What the kernel and the next hops say of the network, since the last look. */
export interface NetworkNews {
  /** What is wrong now; null: nothing. */
  readonly trouble: LinkTrouble | null;
  /** Why the link could not carry frames for a moment that is over; null: it could. */
  readonly flap: string | null;
  /** What the kernel knows of a next hop may have changed. */
  readonly isNeighbourChanged: boolean;
  readonly claims: readonly NextHopClaim[];
}

/** What is known of the answers at that moment. */
export interface AnswerFacts {
  readonly nowS: number;
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

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Decides what is to be done while the network does not work: when to ask the next hops again, when to wait and to
 * go on, and what to send again. Knows neither sockets nor clocks: it learns how things are, and says what to do.
 *
 * A link that is down or an own address that is gone is seen at once: nothing is sent until it is back and the next
 * hops have answered. These are asked again when answers stop or much is lost, when the kernel sees one change, once
 * at the start, and before a scan ends. One that does not answer any more, while nobody else does, is waited for.
 */
export class Outages {
  readonly #hops: readonly NextHopWatch[];
  readonly #waitS: number;
  readonly #list: Writable<Outage>[] = [];
  /** The own trouble that was there at the last look. */
  #trouble: LinkTrouble | null = null;
  /** Since when nothing may be sent; null: it may. */
  #heldS: number | null = null;
  #isSuspected = false;

  /**
   * @param hops the next hops that can be asked
   * @param waitS how long nothing may be sent before the scan ends
   */
  constructor(hops: readonly NextHop[], waitS: number) {
    this.#hops = hops.map((hop) => new NextHopWatch(hop));
    this.#waitS = waitS;
  }

  /** Whether nothing may be sent now. */
  get isHeld(): boolean {
    return this.#heldS !== null;
  }

  /** Whether answers may be missing for a reason that has nothing to do with the rate. */
  get isSuspected(): boolean {
    return this.isHeld || this.#isSuspected;
  }

  /** What is wrong now, for people; null: nothing is known to be. */
  get text(): string | null {
    return this.isHeld ? this.#list.at(-1)!.text : null;
  }

  /** All outages so far. */
  get list(): readonly Outage[] {
    return this.#list;
  }

  /** Whether it is known of all next hops where they are, as far as they answer. */
  get isConfirmed(): boolean {
    return !this.isHeld &&
      this.#hops.every(({ canAnswer, isOpen }) => !canAnswer || !isOpen);
  }

  /** Asks all next hops again at the next update. */
  confirm(): void {
    for (const hop of this.#hops) hop.doubt();
  }

  /** Learns how many positions the latest outage makes to be sent again. */
  count(positions: number): void {
    this.#list.at(-1)!.positions += positions;
  }

  /** Takes in how things are; returns what has to be done. To be called several times a second. */
  update(news: NetworkNews, facts: AnswerFacts): OutageOrders {
    const orders: OutageOrders = {
      ask: [],
      take: [],
      lost: null,
      warnings: [],
      notes: [],
      end: null,
    };
    this.#followLink(news, facts, orders);
    this.#hear(news, facts, orders);
    if (this.#trouble === null) this.#askHops(news, facts, orders);
    this.#goOn(facts, orders);
    this.#limit(facts, orders);
    return orders;
  }

  #followLink(
    { flap, trouble }: NetworkNews,
    facts: AnswerFacts,
    orders: OutageOrders,
  ): void {
    const before = this.#trouble;
    this.#trouble = trouble;
    if (trouble !== null) {
      if (trouble.isFinal) orders.end ??= trouble.text;
      if (trouble.text !== before?.text) {
        this.#begin(trouble, facts.nowS - marginS(facts), { facts, orders });
        for (const hop of this.#hops) hop.await();
      }
    } else if (flap !== null && !this.isHeld) {
      this.#record("link", flap, facts.nowS).endS = facts.nowS;
      orders.warnings.push(flap);
      if (this.#waitS === 0) orders.end ??= flap;
      orders.lost = { sinceS: facts.nowS - marginS(facts) };
      this.confirm();
    }
  }

  #hear(
    { claims }: NetworkNews,
    { nowS }: AnswerFacts,
    orders: OutageOrders,
  ): void {
    for (const { hop, mac } of claims) {
      const text = this.#hops[hop]!.hear(mac, nowS);
      if (text !== null) orders.warnings.push(text);
    }
    for (const [hop, watch] of this.#hops.entries()) {
      const moved = watch.moved(nowS);
      if (moved === null) continue;
      const { mac, text } = moved;
      orders.take.push({ hop, mac });
      orders.warnings.push(text);
      if (this.isHeld) continue;
      orders.lost ??= { sinceS: null };
      this.#record("gateway-mac", text, nowS).endS = nowS;
    }
  }

  #askHops(
    { isNeighbourChanged }: NetworkNews,
    facts: AnswerFacts,
    orders: OutageOrders,
  ): void {
    const { isLossy, isSilent, nowS } = facts;
    this.#isSuspected = false;
    for (const [index, hop] of this.#hops.entries()) {
      if (isNeighbourChanged) hop.doubt();
      if (hop.isGone(nowS) && isSilent && !hop.isAwaited) {
        const address = formatIp(hop.address);
        const text = `gateway ${address} does not answer ARP requests`;
        this.#begin({ cause: "gateway", text, isFinal: false }, null, {
          facts,
          orders,
        });
        hop.await();
      }
      if (hop.ask(nowS, isSilent || isLossy)) orders.ask.push(index);
      if (isSilent && hop.canAnswer && hop.isOpen) this.#isSuspected = true;
    }
  }

  #begin(
    { cause, isFinal, text }: Pick<Outage, "cause" | "text"> & {
      readonly isFinal: boolean;
    },
    sinceS: number | null,
    { facts: { nowS }, orders }: {
      readonly facts: AnswerFacts;
      readonly orders: OutageOrders;
    },
  ): void {
    if (this.isHeld) this.#list.at(-1)!.endS = nowS;
    else {
      this.#heldS = nowS;
      // At once, while it is remembered; what was still sent meanwhile follows in the end.
      orders.lost = { sinceS };
    }
    this.#record(cause, text, nowS);
    orders.warnings.push(
      this.#waitS === 0 || isFinal ? text : `${text}: sending pauses`,
    );
  }

  #goOn({ nowS }: AnswerFacts, orders: OutageOrders): void {
    if (this.#heldS === null || this.#trouble !== null) return;
    const missing = this.#hops.find(({ isAwaited }) => isAwaited);
    if (missing !== undefined) {
      const last = this.#list.at(-1)!;
      if (last.cause === "gateway" || !missing.isGone(nowS)) return;
      const text = `gateway ${
        formatIp(missing.address)
      } does not answer ARP requests`;
      last.endS = nowS;
      this.#record("gateway", text, nowS);
      orders.warnings.push(`${text}: sending still pauses`);
      return;
    }
    const last = this.#list.at(-1)!;
    last.endS = nowS;
    const seconds = (nowS - this.#heldS).toFixed(1);
    orders.notes.push(`the network works again after ${seconds} s`);
    orders.lost = { sinceS: this.#heldS };
    this.#heldS = null;
  }

  #limit({ nowS }: AnswerFacts, orders: OutageOrders): void {
    if (this.#heldS === null || nowS - this.#heldS < this.#waitS) return;
    const seconds = Math.round(nowS - this.#heldS);
    const { text } = this.#list.at(-1)!;
    orders.end ??= seconds === 0 ? text : `${text}, for ${seconds} s`;
  }

  #record(cause: OutageCause, text: string, startS: number): Writable<Outage> {
    const outage = { cause, text, startS, endS: null, positions: 0 };
    this.#list.push(outage);
    return outage;
  }
}

/** What was sent so shortly before a change may have been lost by it, or its answer was. */
function marginS({ delayS }: AnswerFacts): number {
  return STEP_S + 2 * delayS;
}
