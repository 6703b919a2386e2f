import type { Logger } from "@logtape/logtape";
import { type NextHopMemory, NextHops } from "../shm/mod.ts";
import type { NetworkWatch } from "./network_watch.ts";
import type { Outage, OutageOrders } from "./outage_facts.ts";
import { Outages } from "./outages.ts";
import type { ScanController } from "./scan_controller.ts";
import { SilenceWatch } from "./silence.ts";

/** Loss from which the next hops are asked whether they are still there, and how often it is looked at, in seconds. */
const LOSSY = 0.1;
const LOSS_AGE_S = 1;

/** What a watch over outages works with. */
export interface OutageWatchParts {
  /** Null: nothing can be watched, as in a dry run. */
  readonly network: NetworkWatch | null;
  readonly nextHops: NextHopMemory | null;
  readonly controller: Pick<
    ScanController,
    "delayS" | "freezeRate" | "recentLoss" | "sendAgain"
  >;
  /** How long the network is waited for, in seconds. */
  readonly waitS: number;
  readonly logger: Logger;
}

/** How far a scan is. */
export interface OutageStep {
  readonly nowS: number;
  readonly phase: "sending" | "cooldown" | "done";
  /** What went nowhere can be sent again: senders have not ended, nor are they to. */
  readonly canSend: boolean;
  /** Packets that the kernel took, and valid answers. */
  readonly sent: number;
  readonly answers: number;
}

/** Looks after the network while a scan runs: connects what can be seen of it, `Outages`, and the parts of a scan. */
export class OutageWatch {
  readonly #parts: OutageWatchParts;
  readonly #outages: Outages;
  readonly #hops: NextHops | null;
  readonly #silence = new SilenceWatch();
  #network: NetworkWatch | null;
  #end: string | null = null;
  #isLossy = false;
  #lossS = -Infinity;
  #isClosing = false;
  #ownLosses = 0;
  #forgiven = 0;
  #wasHeld = false;

  constructor(parts: OutageWatchParts) {
    const { network, nextHops, waitS } = parts;
    this.#parts = parts;
    this.#network = network;
    this.#outages = new Outages(network?.nextHops ?? [], {
      isSplit: network?.isSplit ?? false,
      waitS,
    });
    this.#hops = nextHops === null ? null : new NextHops(nextHops);
  }

  /** Whether nothing may be sent now. */
  get isHeld(): boolean {
    return this.#network !== null && this.#outages.isHeld;
  }

  /** Whether answers may be missing for a reason that has nothing to do with the rate. */
  get isSuspected(): boolean {
    return this.#network !== null && this.#outages.isSuspected;
  }

  /** What is wrong now, for people; null: nothing is known to be. */
  get text(): string | null {
    return this.#network === null ? null : this.#outages.text;
  }

  /** Why the scan cannot go on, or null. */
  get end(): string | null {
    return this.#end;
  }

  /** All outages so far. */
  get list(): readonly Outage[] {
    return this.#outages.list;
  }

  /** Whether a scan that has sent everything may stop to send: the next hops are where it thinks. */
  mayEnd(): boolean {
    if (this.#network === null) return true;
    if (!this.#isClosing) {
      this.#isClosing = true;
      this.#outages.confirm();
    }
    return this.#outages.isConfirmed;
  }

  /** Packets that this machine has lost, without those that an outage has cost. */
  withoutOutages(localLosses: number): number {
    if (this.isHeld || this.#wasHeld) {
      this.#forgiven += localLosses - this.#ownLosses;
    }
    this.#wasHeld = this.isHeld;
    this.#ownLosses = localLosses;
    return localLosses - this.#forgiven;
  }

  /** Looks, and does what has to be done. To be called several times a second. */
  step(step: OutageStep): void {
    if (this.#network === null) return;
    try {
      this.#step(this.#network, step);
    } catch (error) {
      this.#network = null;
      this.#parts.controller.freezeRate(false);
      this.#parts.logger.warn(
        "The network is not watched any more: {error}",
        { error: error instanceof Error ? error.message : String(error) },
      );
    }
  }

  #step(network: NetworkWatch, step: OutageStep): void {
    const { controller } = this.#parts;
    const { nowS, phase } = step;
    const isSending = phase === "sending";
    const { delayS } = controller;
    const wasHeld = this.#outages.isHeld;
    if (isSending && !wasHeld) this.#silence.update(step, delayS);
    const orders = this.#outages.update(network.look(nowS), {
      nowS,
      delayS,
      isSending,
      isSilent: isSending && this.#silence.isSilent,
      isLossy: isSending && this.#isLossyNow(nowS),
    });
    for (const hop of orders.ask) network.ask(hop);
    for (const { hop, mac } of orders.take) {
      this.#hops?.setMac(network.macIndexOf?.(hop) ?? hop, mac);
    }
    this.#say(orders);
    this.#sendAgain(orders, step);
    if (wasHeld && !this.#outages.isHeld) this.#silence.reset();
    controller.freezeRate(this.#outages.isSuspected);
    this.#end ??= orders.end;
  }

  /** Also when nothing can be sent any more: what went nowhere must not count as loss. */
  #sendAgain(
    { end, lost }: OutageOrders,
    { canSend, nowS, phase }: OutageStep,
  ): void {
    if (lost === null || phase === "done") return;
    const { controller, logger } = this.#parts;
    const latestS = this.#silence.isSilent
      ? this.#silence.sinceS
      : nowS - controller.delayS;
    const { sinceS } = lost;
    const gateways = this.#hops?.count ?? 1;
    const time = { sinceS, latestS, gateways };
    const positions = controller.sendAgain(time, nowS);
    this.#silence.reset();
    if (positions === 0) return;
    if (!canSend || end !== null) {
      logger.warn(
        "network: {positions} probes went nowhere and are not sent again",
        { positions },
      );
      return;
    }
    this.#outages.count(positions);
    this.#isClosing = false;
    logger.info(
      "network: {positions} probes went nowhere and are sent again",
      { positions },
    );
  }

  #say({ notes, warnings }: OutageOrders): void {
    const { logger } = this.#parts;
    for (const text of warnings) logger.warn("network: {text}", { text });
    for (const text of notes) logger.info("network: {text}", { text });
  }

  #isLossyNow(nowS: number): boolean {
    if (nowS - this.#lossS >= LOSS_AGE_S) {
      this.#lossS = nowS;
      const loss = this.#parts.controller.recentLoss();
      this.#isLossy = loss !== null && loss.low > LOSSY;
    }
    return this.#isLossy;
  }
}
