import type { Logger } from "@logtape/logtape";
import { SEND } from "../shm/mod.ts";
import { HoldNotice } from "./hold_notice.ts";
import type { ScanParts } from "./scan_parts.ts";

/** Tells the user what happens to a scan by itself, once each. */
export class RunNotices {
  readonly #logger: Logger;
  readonly #parts: ScanParts;
  readonly #holds = new HoldNotice();
  #faultSaid = "";

  constructor(parts: ScanParts) {
    this.#logger = parts.logger;
    this.#parts = parts;
  }

  /** Tells what is new. To be called often. */
  look(): void {
    this.#reportHolds();
    this.#reportFault();
  }

  /** Senders pause by themselves while the output is too slow. */
  #reportHolds(): void {
    const { senders } = this.#parts.memory;
    const sum = (slot: number): number =>
      senders.reduce((total, { counters }) => total + counters[slot]!, 0);
    const notice = this.#holds.update({
      held: sum(SEND.held),
      holds: sum(SEND.holds),
    });
    if (notice !== null) this.#logger[notice.level](notice.text);
  }

  /** The loss is not measured any more. */
  #reportFault(): void {
    const { fault } = this.#parts.controller;
    if (fault === this.#faultSaid) return;
    this.#faultSaid = fault;
    const text = "The loss on the way is not measured any more: {fault}";
    this.#logger.warn(text, { fault });
  }
}
