import { formatIp } from "../link/mod.ts";
import { NextHopWatch, type WatchedHop } from "./next_hop_watch.ts";
import type {
  AnswerFacts,
  LinkTrouble,
  NetworkNews,
  Outage,
  OutageCause,
  OutageOrders,
} from "./outage_facts.ts";

/** How much earlier than it is seen a change may have happened, in seconds: a step of the scan takes less. */
const STEP_S = 0.25;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Decides what is to be done while the network does not work: when to ask the next hops again, when to wait and to
 * go on, and what to send again. Knows neither sockets nor clocks: it learns how things are, and says what to do.
 *
 * A link that is down or an own address that is gone is seen at once: nothing is sent until it is back and the next
 * hops have answered. These are asked again when answers stop or much is lost, when the kernel sees one change, once
 * at the start, and before a scan ends; several of them all the time, as others' answers hide that one has stopped.
 * One that does not answer any more, while nobody else does or for long, is waited for.
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
  /** What was said last of routes that are missing, and since when they are. */
  #remark: string | null = null;
  #missingS: number | null = null;

  /**
   * @param hops the next hops that can be asked
   * @param options how long nothing may be sent before the scan ends, and whether answers may come past each of `hops`
   */
  constructor(
    hops: readonly WatchedHop[],
    { isSplit, waitS }: { readonly waitS: number; readonly isSplit: boolean },
  ) {
    this.#hops = hops.map((hop) =>
      new NextHopWatch(hop, { isSteady: isSplit })
    );
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
    this.#followRoutes(news, facts, orders);
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

  /** A gateway that takes the place of another one has to answer first, where this program writes the link headers. */
  #followRoutes(
    { moves, remark }: NetworkNews,
    facts: AnswerFacts,
    orders: OutageOrders,
  ): void {
    if (remark !== null && remark !== this.#remark) {
      orders.warnings.push(remark);
    }
    this.#remark = remark;
    // Whether the gateway has worked without a route is not known.
    const sinceS = this.#missingS ?? facts.nowS;
    this.#missingS = remark === null ? null : sinceS;
    for (const { hop, address } of moves) {
      const watch = this.#hops[hop]!;
      const text = `the route to targets behind gateway ${
        formatIp(watch.address)
      } leads to gateway ${formatIp(address)} now`;
      watch.redirect(address);
      if (watch.isAwaited && facts.isSending) {
        const trouble = { cause: "route", text, isFinal: false } as const;
        this.#begin(trouble, sinceS - marginS(facts), { facts, orders });
      } else {
        orders.warnings.push(text);
        this.#record("route", text, facts.nowS).endS = facts.nowS;
      }
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
      const { isExpected, mac, sinceS, text } = moved;
      orders.take.push({ hop, mac });
      (isExpected ? orders.notes : orders.warnings).push(text);
      if (this.isHeld || isExpected) continue;
      orders.lost = { sinceS: earlier(orders.lost?.sinceS, sinceS) };
      this.#record("gateway-mac", text, nowS).endS = nowS;
    }
  }

  #askHops(
    { isNeighbourChanged }: NetworkNews,
    facts: AnswerFacts,
    orders: OutageOrders,
  ): void {
    const { isLossy, isSending, isSilent, nowS } = facts;
    this.#isSuspected = false;
    for (const [index, hop] of this.#hops.entries()) {
      if (isNeighbourChanged) hop.doubt();
      const isGone = isSilent ? hop.isGone(nowS) : hop.isLongGone(nowS);
      if (isSending && isGone && !hop.isAwaited) {
        const trouble = { cause: "gateway", text: goneText(hop) } as const;
        this.#begin({ ...trouble, isFinal: false }, hop.reachedS, {
          facts,
          orders,
        });
        hop.await();
      }
      if (hop.ask(nowS, isSilent || isLossy)) orders.ask.push(index);
      if (hop.isSuspect || (isSilent && hop.canAnswer && hop.isOpen)) {
        this.#isSuspected = true;
      }
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
      const text = goneText(missing);
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

function goneText({ address }: NextHopWatch): string {
  const requests = typeof address === "bigint"
    ? "neighbour solicitations"
    : "ARP requests";
  return `gateway ${formatIp(address)} does not answer ${requests}`;
}

/** The earlier of two times; null, which says that answers tell, counts as none. */
function earlier(
  a: number | null | undefined,
  b: number | null,
): number | null {
  return a === null || a === undefined || b === null ? a ?? b : Math.min(a, b);
}

/** What was sent so shortly before a change may have been lost by it, or its answer was. */
function marginS({ delayS }: AnswerFacts): number {
  return STEP_S + 2 * delayS;
}
