import { encodeHex } from "../base/mod.ts";
import { formatIp, type IpAddress } from "../link/mod.ts";
import type { NextHop } from "../preflight/mod.ts";

/** Time between requests to a next hop that may be gone: the first ones, and then, in seconds. */
const ASK_FAST_S = 0.3;
const ASK_SLOW_S = 1;
/** Requests without an answer after which it is gone. */
const ASKED_IN_VAIN = 3;
/**
 * The same while others answer, in about 8 s: where half of the round trips on the link itself are lost, that is chance
 * in 1 of 1,000 cases.
 */
const ASKED_LONG_IN_VAIN = 10;
/** Time between requests while it answers and nobody else does: doubled from the first to the second. */
const FIRST_REST_S = 1;
const LONGEST_REST_S = 30;
/** Time in which the present address has to be confirmed when another host claims to be the next hop, in seconds. */
const DISPUTE_S = 0.15;

/** How late its answer may be seen, in seconds: a step of the scan takes less. */
const SEEN_LATE_S = 0.25;

/** A next hop at the start of a scan. */
export type WatchedHop<A extends IpAddress = IpAddress> = NextHop<
  A,
  Uint8Array | null
>;

/** How a next hop is watched. */
export interface NextHopWatchOptions {
  /**
   * It is one of several ways to the targets, so that answers come whether it works or not: it is asked all the time.
   *
   * @default {false}
   */
  readonly isSteady?: boolean;
}

/** A next hop has another hardware address. */
export interface MovedHop {
  readonly mac: Uint8Array;
  /** For people. */
  readonly text: string;
  /** Until when it certainly had the one before; null: that answers have stopped tells it better. */
  readonly sinceS: number | null;
  /** It is that of a gateway that was put in its place. */
  readonly isExpected: boolean;
}

/**
 * Follows the hardware address of one next hop: decides when to ask for it, and whom to believe. Another address is
 * believed when the present one does not answer at the same time: two hosts may claim to be the next hop, and then
 * the one that works is kept. Silence means something only of a next hop that has answered before.
 */
export class NextHopWatch {
  readonly #isSteady: boolean;
  /** Its hardware address matters, as this program writes the link headers. */
  readonly #isNeeded: boolean;
  #address: IpAddress;
  #mac: Uint8Array | null;
  /** The hardware address of a gateway that has taken its place, to be told. */
  #found: Uint8Array | null = null;
  #canAnswer = false;
  /** When it answered last, from the address that is in use. */
  #answeredS = -Infinity;
  /** Requests since its last answer. */
  #asked = 0;
  #askedS = -Infinity;
  #nextAskS = -Infinity;
  #restS = FIRST_REST_S;
  #isDoubtful = true;
  #isAwaited = false;
  #rival: { readonly mac: Uint8Array; readonly sinceS: number } | null = null;
  #disputed: Uint8Array | null = null;

  constructor(
    { address, mac }: WatchedHop,
    { isSteady = false }: NextHopWatchOptions = {},
  ) {
    this.#address = address;
    this.#mac = mac;
    this.#isSteady = isSteady;
    this.#isNeeded = mac !== null;
  }

  /** The address that it has in the routes. */
  get address(): IpAddress {
    return this.#address;
  }

  /** Whether it has ever answered a request. */
  get canAnswer(): boolean {
    return this.#canAnswer;
  }

  /** Whether it has to answer before anything is sent. */
  get isAwaited(): boolean {
    return this.#isAwaited;
  }

  /** Whether it is not known at the moment where it is. */
  get isOpen(): boolean {
    return this.#isDoubtful || this.#asked > 0 || this.#rival !== null;
  }

  /** Whether answers may be missing because of it although others come. */
  get isSuspect(): boolean {
    return this.#isSteady && this.#canAnswer &&
      (this.#asked > 1 || this.#rival !== null);
  }

  /** Until when what was sent to it certainly reached it; null: that answers have stopped tells it better. */
  get reachedS(): number | null {
    return this.#isSteady && this.#canAnswer
      ? this.#answeredS - SEEN_LATE_S
      : null;
  }

  /** Its address may have changed: asks at the next opportunity. */
  doubt(): void {
    this.#isDoubtful = true;
    this.#nextAskS = this.#asked === 0
      ? -Infinity
      : Math.min(this.#nextAskS, this.#askedS + ASK_FAST_S);
  }

  /** As `doubt`; if it is one that answers, nothing may be sent before it does. */
  await(): void {
    this.doubt();
    this.#asked = 0;
    this.#isAwaited = this.#canAnswer;
  }

  /** Another gateway takes its place: nothing may be sent to it before it has answered. */
  redirect(address: IpAddress): void {
    this.#address = address;
    this.#rival = null;
    this.#disputed = null;
    this.#canAnswer = this.#isNeeded;
    if (this.#isNeeded) this.#mac = null;
    this.await();
    this.#nextAskS = -Infinity;
  }

  /** Whether to ask it now; then it counts as asked. */
  ask(nowS: number, isSuspicious: boolean): boolean {
    const isSteady = this.#isSteady && this.#canAnswer;
    if (!isSuspicious || isSteady) this.#restS = FIRST_REST_S;
    const isWanted = this.#isDoubtful || this.#isAwaited || isSuspicious ||
      isSteady || this.#asked > 0;
    if (!isWanted || nowS < this.#nextAskS) return false;
    const isNeeded = isSteady ||
      this.#canAnswer && (isSuspicious || this.#isAwaited);
    if (this.#asked >= ASKED_IN_VAIN && !isNeeded) {
      this.#rest(nowS);
      return false;
    }
    this.#asked++;
    this.#askedS = nowS;
    this.#nextAskS = nowS +
      (this.#asked < ASKED_IN_VAIN ? ASK_FAST_S : ASK_SLOW_S);
    return true;
  }

  /** Whether it has answered before, and does not any more. */
  isGone(nowS: number): boolean {
    return this.#isSilent(nowS, ASKED_IN_VAIN);
  }

  /** Whether it is gone for so long that this is no chance, whatever others answer. */
  isLongGone(nowS: number): boolean {
    return this.#isSteady && this.#isSilent(nowS, ASKED_LONG_IN_VAIN);
  }

  #isSilent(nowS: number, inVain: number): boolean {
    return this.#canAnswer && this.#asked >= inVain &&
      nowS >= this.#askedS + ASK_FAST_S;
  }

  /** Learns that somebody claims to be it; returns what is to be said of that, or null. */
  hear(mac: Uint8Array, nowS: number): string | null {
    if (this.#mac === null && this.#isNeeded) this.#found = mac;
    this.#mac ??= mac;
    if (!isEqual(mac, this.#mac)) {
      this.#rival ??= { mac, sinceS: nowS };
      this.doubt();
      return null;
    }
    this.#canAnswer = true;
    this.#answeredS = nowS;
    this.#isAwaited = false;
    this.#rest(nowS);
    const rival = this.#rival;
    this.#rival = null;
    if (rival === null || isEqual(rival.mac, this.#disputed)) return null;
    this.#disputed = rival.mac;
    return `two hosts claim to be gateway ${formatIp(this.address)}: ${
      formatMac(rival.mac)
    }, and ${formatMac(this.#mac)} as before, which stays in use`;
  }

  /** Its new address, once that is certain, and what is to be said of it; null: it has none. */
  moved(nowS: number): MovedHop | null {
    if (this.#found !== null) {
      const mac = this.#found;
      this.#found = null;
      const text = `gateway ${formatIp(this.address)} is at ${formatMac(mac)}`;
      return { mac, text, sinceS: null, isExpected: true };
    }
    const rival = this.#rival;
    if (rival === null || nowS < rival.sinceS + DISPUTE_S) return null;
    const { mac } = rival;
    const sinceS = this.reachedS;
    const text = `gateway ${formatIp(this.address)} has another hardware ` +
      `address now: ${formatMac(mac)}, no longer ${formatMac(this.#mac!)}`;
    this.#rival = null;
    this.#mac = mac;
    this.#canAnswer = true;
    this.#answeredS = nowS;
    this.#isAwaited = false;
    this.#restS = FIRST_REST_S;
    this.#rest(nowS);
    return { mac, text, sinceS, isExpected: false };
  }

  /** There is no need to ask for a while. */
  #rest(nowS: number): void {
    this.#isDoubtful = false;
    this.#asked = 0;
    this.#nextAskS = nowS + this.#restS;
    this.#restS = Math.min(LONGEST_REST_S, 2 * this.#restS);
  }
}

function isEqual(a: Uint8Array, b: Uint8Array | null): boolean {
  return b !== null && a.every((byte, index) => byte === b[index]);
}

function formatMac(mac: Uint8Array): string {
  return encodeHex(mac, ":");
}
