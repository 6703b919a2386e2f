// HOT PATH
import type { PacketSource } from "../backend/mod.ts";
import {
  type Probe,
  TARGET_ADDRESS,
  TARGET_PORT,
  TARGET_PROBE,
  TARGET_SLOTS,
  TARGET_SOURCE,
} from "../probe/mod.ts";
import {
  type AnswerMap,
  Command,
  type Control,
  type Counters,
  makeRecordHead,
  readCommand,
  RECEIVE,
  RecordFlag,
  type RecordHead,
  type RecordQueue,
} from "../shm/mod.ts";
import type { TargetSpace } from "../targets/mod.ts";
import { computeTag } from "../validation/mod.ts";
import {
  checkIpv4,
  FRAGMENT,
  type LinkLayer,
  linkLayer,
  NOT_IPV4,
} from "../wire/mod.ts";
import { RecentTargets } from "./recent_targets.ts";
import { TargetSet } from "./target_set.ts";

/** Packets between two looks at the command and the capture's own counters. */
const CHECK_EVERY = 4096;
/** Offset of the source address in an IPv4 header, RFC 791 3.1. */
const IPV4_SOURCE = 12;
/** Part of the queue of samples that first answers may fill; the rest is for answers to follow-ups. */
const SAMPLE_FILL = 0.5;
/** Longest sleep while nothing arrives: how late a command may be noticed; and after sending has ended. */
const IDLE_MS = 100;
const COOLDOWN_IDLE_MS = 10;
/** Last look, after the command to stop and beyond what the source holds back: for what the kernel is at. */
const LAST_MS = 12;

/** Which responses the output wants: others are counted, not handed over. */
export interface ReceiveFilter {
  readonly isSuccessOnly: boolean;
  readonly isUniqueOnly: boolean;
}

/** Which responses are repeats of earlier ones of their target. */
export type Dedup =
  | { readonly method: "none" | "full" }
  /** Remembers only so many targets, those that answered last. */
  | { readonly method: "window"; readonly size: number };

/** Targets that have answered. */
interface SeenTargets {
  /** Adds a target; false when it was there already. */
  add(address: number, port: number): boolean;
  has(address: number, port: number): boolean;
}

/** What the receiver contributes to the measurement of loss on the way. */
export interface LossMeasure {
  /** Counts each target's first answer at its position. */
  readonly answers: AnswerMap;
  /** Gets first answers, as many as it has room for, and all answers to follow-ups; heads only. */
  readonly samples: RecordQueue;
  /** Number of the first probe that is a follow-up. */
  readonly firstFollowUp: number;
}

/** What a receive loop works with. */
export interface ReceiveParts {
  readonly source: PacketSource;
  readonly space: TargetSpace;
  readonly probe: Probe;
  readonly control: Control;
  readonly counters: Counters;
  readonly queue: RecordQueue;
  readonly filter: ReceiveFilter;
  /** Null: loss is not measured. */
  readonly measure: LossMeasure | null;
  readonly validationKey: Uint32Array;
  readonly hasPorts: boolean;
  readonly dedup: Dedup;
  /** Whether responses have to come from one of the ports that are probed. */
  readonly isPortChecked: boolean;
}

/**
 * Takes packets from its source until it is told to stop: checks, validates, deduplicates, and hands
 * those that are wanted to the main thread. Each packet ends in exactly one counter, whatever its bytes.
 */
export class ReceiveLoop {
  readonly #parts: ReceiveParts;
  readonly #layer: LinkLayer;
  readonly #target = new Uint32Array(TARGET_SLOTS);
  readonly #tag = new Uint32Array(4);
  readonly #stats = new Float64Array(3);
  readonly #successes: SeenTargets;
  /** Targets that answered with failures only: each counts once, however often it does. */
  readonly #failures: SeenTargets;
  readonly #head: RecordHead = makeRecordHead();
  #isCooldown = false;

  constructor(parts: ReceiveParts) {
    this.#parts = parts;
    this.#layer = linkLayer(parts.source.linkType);
    this.#successes = makeSeenTargets(parts);
    this.#failures = makeSeenTargets(parts);
  }

  /** Runs until the command is `stop` and nothing is waiting; returns the capture's error, or null. */
  run(): string | null {
    const { control, counters, source } = this.#parts;
    let isLastLook = false;
    for (;;) {
      const command = readCommand(control);
      this.#isCooldown = command >= Command.cooldown;
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
            : this.#isCooldown
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
    const { counters, isPortChecked, probe, source, space, validationKey } =
      this.#parts;
    const view = source.view;
    const target = this.#target;
    counters[RECEIVE.seen]! += 1;
    const end = checkIpv4(view, captured, source.wireBytes, this.#layer);
    if (end < 0) {
      counters[
        end === NOT_IPV4
          ? RECEIVE.otherLink
          : end === FRAGMENT
          ? RECEIVE.fragments
          : RECEIVE.damaged
      ]! += 1;
      return;
    }
    const at = this.#layer.headerBytes;
    if (!probe.identify(view, at, end, target)) {
      counters[RECEIVE.unrecognised]! += 1;
      return;
    }
    const address = target[TARGET_ADDRESS]!;
    if (
      !space.contains(address) ||
      (isPortChecked && !space.hasPort(target[TARGET_PORT]!))
    ) {
      counters[RECEIVE.outside]! += 1;
      return;
    }
    computeTag(
      validationKey,
      target[TARGET_SOURCE]!,
      address,
      target[TARGET_PORT]!,
      this.#tag,
    );
    if (!probe.validate(view, at, end, target, this.#tag)) {
      counters[RECEIVE.invalid]! += 1;
      return;
    }
    counters[RECEIVE.valid]! += 1;
    const classIndex = probe.classify(view, at, end, target, this.#tag);
    this.#record(at, end, classIndex);
  }

  #record(at: number, end: number, classIndex: number): void {
    const { counters, filter, probe, measure, source } = this.#parts;
    const address = this.#target[TARGET_ADDRESS]!;
    const port = this.#target[TARGET_PORT]!;
    const head = this.#head;
    head.seconds = source.seconds;
    head.microseconds = source.microseconds;
    head.targetAddress = address;
    head.targetPort = port;
    head.probeNumber = this.#target[TARGET_PROBE]!;
    head.classIndex = classIndex;
    if (measure !== null && head.probeNumber >= measure.firstFollowUp) {
      counters[RECEIVE.followUps]! += 1;
      measure.samples.push(head, source.view, at, at);
      return;
    }
    const { isAppSuccess, isSuccess } = probe.classes[classIndex]!;
    // A failure is no repeat of another failure, and makes no success one: only successes mark their target.
    const isRepeat = isSuccess
      ? !this.#successes.add(address, port)
      : this.#successes.has(address, port);
    const isFirst = !isRepeat &&
      (isSuccess || this.#failures.add(address, port));
    this.#count(isSuccess, isRepeat);
    if (isFirst && !isSuccess) counters[RECEIVE.failureUnique]! += 1;
    if (isAppSuccess) {
      counters[RECEIVE.appSuccess]! += 1;
      if (!isRepeat) counters[RECEIVE.appSuccessUnique]! += 1;
    }
    if (isFirst && measure !== null) this.#measure(measure, at);
    if (
      (filter.isSuccessOnly && !isSuccess) || (filter.isUniqueOnly && isRepeat)
    ) {
      counters[RECEIVE.filtered]! += 1;
      return;
    }
    head.flags = (isSuccess ? RecordFlag.success : 0) |
      (isRepeat ? RecordFlag.repeat : 0) |
      (this.#isCooldown ? RecordFlag.cooldown : 0);
    this.#handOver(at, end);
  }

  /** Notes a target's first answer, unless someone else on the way gave it: routers limit their errors. */
  #measure(measure: LossMeasure, at: number): void {
    const { space, source } = this.#parts;
    const { targetAddress, targetPort } = this.#head;
    if (source.view.getUint32(at + IPV4_SOURCE) !== targetAddress) return;
    const position = space.positionOf(targetAddress, targetPort);
    if (position < 0) return;
    measure.answers.add(position);
    if (measure.samples.fill < SAMPLE_FILL) {
      measure.samples.push(this.#head, source.view, at, at);
    }
  }

  #handOver(at: number, end: number): void {
    const { counters, queue, source } = this.#parts;
    const isPushed = queue.push(this.#head, source.view, at, end);
    counters[isPushed ? RECEIVE.handedOver : RECEIVE.lostHandOver]! += 1;
  }

  #count(isSuccess: boolean, isRepeat: boolean): void {
    const { counters } = this.#parts;
    if (isRepeat) counters[RECEIVE.repeats]! += 1;
    if (!isSuccess) {
      counters[RECEIVE.failure]! += 1;
      return;
    }
    counters[RECEIVE.success]! += 1;
    if (!isRepeat) counters[RECEIVE.successUnique]! += 1;
    if (!this.#isCooldown) return;
    counters[RECEIVE.successCooldown]! += 1;
    if (!isRepeat) counters[RECEIVE.successCooldownUnique]! += 1;
  }

  #updateStats(): void {
    const { counters, source } = this.#parts;
    source.stats(this.#stats);
    counters[RECEIVE.pcapReceived] = this.#stats[0]!;
    counters[RECEIVE.pcapDropped] = this.#stats[1]!;
    counters[RECEIVE.pcapInterfaceDropped] = this.#stats[2]!;
  }
}

function makeSeenTargets(
  { dedup, hasPorts, validationKey }: ReceiveParts,
): SeenTargets {
  const salt = validationKey[0]! ^ validationKey[3]!;
  if (dedup.method === "none") return NOTHING_SEEN;
  return dedup.method === "window"
    ? new RecentTargets(dedup.size, salt)
    : new TargetSet(hasPorts, salt);
}

const NOTHING_SEEN: SeenTargets = { add: () => true, has: () => false };
