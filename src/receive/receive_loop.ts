// HOT PATH
import type { PacketSource } from "../backend/mod.ts";
import {
  Command,
  type Control,
  type Counters,
  makeRecordHead,
  readCommand,
  RECEIVE,
  type RecordQueue,
} from "../shm/mod.ts";
import { ipVersion, type LinkLayer, linkLayer } from "../wire/mod.ts";
import type { Dedup, ReceiveFilter } from "./_answer_recorder.ts";
import type { AnsweredBefore } from "./answered_before.ts";
import { Ipv4Handler, type Ipv4Receive } from "./_ipv4_handler.ts";
import { Ipv6Handler, type Ipv6Receive } from "./_ipv6_handler.ts";
import type { PacketHandler } from "./_packet_handler.ts";
import type { StrayAnswers } from "./stray_answers.ts";

/** Packets between two looks at the command and the capture's own counters. */
const CHECK_EVERY = 4096;
/** Longest sleep while nothing arrives: how late a command may be noticed; and after sending has ended. */
const IDLE_MS = 100;
const COOLDOWN_IDLE_MS = 10;
/** Last look, after the command to stop and beyond what the source holds back: for what the kernel is at. */
const LAST_MS = 12;

/** What a receive loop works with, whatever the families of its targets. */
interface ReceiveLoopParts {
  readonly source: PacketSource;
  readonly control: Control;
  readonly counters: Counters;
  readonly queue: RecordQueue;
  readonly filter: ReceiveFilter;
  /** Counts answers that arrive elsewhere; null: nobody looks. */
  readonly strays: Pick<StrayAnswers, "poll"> | null;
  readonly validationKey: Uint32Array;
  readonly dedup: Dedup;
  /** As in `RecordParts`. */
  readonly isJournaled?: boolean;
  readonly answeredBefore?: AnsweredBefore | null;
  /** Whether responses have to come from one of the ports that are probed. */
  readonly isPortChecked: boolean;
}

/** What a receive loop works with where there are IPv4 targets. */
export interface ReceiveParts extends ReceiveLoopParts, Ipv4Receive {
  /** The IPv6 targets behind the same capture, where there are some. */
  readonly ipv6?: Ipv6Receive;
}

/** What a receive loop works with where there are IPv6 targets alone. */
export interface Ipv6ReceiveParts extends ReceiveLoopParts {
  readonly ipv6: Ipv6Receive;
}

/**
 * Takes packets from its source until it is told to stop: checks, validates, deduplicates, and hands
 * those that are wanted to the main thread. Each packet ends in exactly one counter, whatever its bytes.
 */
export class ReceiveLoop {
  readonly #parts: ReceiveLoopParts;
  readonly #layer: LinkLayer;
  readonly #stats = new Float64Array(3);
  readonly #phase = { isCooldown: false };
  /** Takes all packets, or those of IPv4 where there are targets of both families. */
  readonly #first: PacketHandler;
  /** Takes all others; null where there are targets of one family. */
  readonly #second: PacketHandler | null;

  constructor(parts: ReceiveParts | Ipv6ReceiveParts) {
    this.#parts = parts;
    this.#layer = linkLayer(parts.source.linkType);
    const shared = { layer: this.#layer, phase: this.#phase };
    const head = makeRecordHead();
    const ipv6 = parts.ipv6 === undefined
      ? null
      : new Ipv6Handler({ ...parts, ...parts.ipv6, ...shared }, head);
    if ("space" in parts) {
      this.#first = new Ipv4Handler({ ...parts, ...shared }, head);
      this.#second = ipv6;
    } else {
      this.#first = ipv6!;
      this.#second = null;
    }
  }

  /** Runs until the command is `stop` and nothing is waiting; returns the capture's error, or null. */
  run(): string | null {
    const { control, counters, source } = this.#parts;
    let isLastLook = false;
    for (;;) {
      const command = readCommand(control);
      this.#phase.isCooldown = command >= Command.cooldown;
      const last = this.#takeSome();
      this.#updateStats();
      if (last < 0) return source.lastError();
      if (last === 0) {
        counters[RECEIVE.caughtUp]! += 1;
        if (isLastLook) return null;
        isLastLook = command === Command.stop;
        source.wait(
          isLastLook
            ? LAST_MS + source.holdMs
            : this.#phase.isCooldown
            ? COOLDOWN_IDLE_MS
            : IDLE_MS,
        );
      }
    }
  }

  /** Handles up to `CHECK_EVERY` packets; returns what `next` said last. */
  #takeSome(): number {
    const { source } = this.#parts;
    for (let i = 0; i < CHECK_EVERY; i++) {
      const captured = source.next();
      if (captured <= 0) return captured;
      this.#handle(captured);
    }
    return 1;
  }

  #handle(captured: number): void {
    const { counters, source } = this.#parts;
    counters[RECEIVE.seen]! += 1;
    if (
      this.#second !== null &&
      ipVersion(source.view, captured, this.#layer) !== 4
    ) this.#handleIpv6(this.#second, captured);
    else this.#first.handle(captured);
  }

  /** Where there are targets of both families, those of IPv6 are counted for themselves, too. */
  #handleIpv6(handler: PacketHandler, captured: number): void {
    const { counters } = this.#parts;
    const valid = counters[RECEIVE.valid]!;
    const unique = counters[RECEIVE.successUnique]!;
    handler.handle(captured);
    counters[RECEIVE.validIpv6]! += counters[RECEIVE.valid]! - valid;
    counters[RECEIVE.successUniqueIpv6]! += counters[RECEIVE.successUnique]! -
      unique;
  }

  #updateStats(): void {
    const { counters, source, strays } = this.#parts;
    strays?.poll();
    source.stats(this.#stats);
    counters[RECEIVE.pcapReceived] = this.#stats[0]!;
    counters[RECEIVE.pcapDropped] = this.#stats[1]!;
    counters[RECEIVE.pcapInterfaceDropped] = this.#stats[2]!;
  }
}
