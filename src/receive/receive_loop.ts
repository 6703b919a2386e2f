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
import type { AnswerReporter } from "./answer_reporter.ts";
import type { StrayAnswers } from "./stray_answers.ts";
import { RecentTargets } from "./recent_targets.ts";
import { TargetSet } from "./target_set.ts";

/** Packets between two looks at the command and the capture's own counters. */
const CHECK_EVERY = 4096;
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
  readonly answers: AnswerReporter | null;
  /** Counts answers that arrive elsewhere; null: nobody looks. */
  readonly strays: Pick<StrayAnswers, "poll"> | null;
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
    const { answers, counters, filter, probe, source } = this.#parts;
    const address = this.#target[TARGET_ADDRESS]!;
    const port = this.#target[TARGET_PORT]!;
    const head = this.#head;
    head.seconds = source.seconds;
    head.microseconds = source.microseconds;
    head.targetAddress = address;
    head.targetPort = port;
    head.probeNumber = this.#target[TARGET_PROBE]!;
    head.classIndex = classIndex;
    if (answers !== null && answers.isFollowUp(head.probeNumber)) {
      counters[RECEIVE.followUps]! += 1;
      answers.followUp(address, port, head.probeNumber);
      return;
    }
    const { isAppSuccess, isSuccess } = probe.classes[classIndex]!;
    // A failure is no repeat of another failure, and makes no success one: only successes mark their target.
    const isRepeat = isSuccess
      ? !this.#successes.add(address, port)
      : this.#successes.has(address, port);
    // A success after a failure is a result of its own, but no further answer of its target.
    const isFirst = !isRepeat &&
      (isSuccess
        ? !this.#failures.has(address, port)
        : this.#failures.add(address, port));
    this.#count(isSuccess, isRepeat);
    if (isFirst && !isSuccess) counters[RECEIVE.failureUnique]! += 1;
    if (isAppSuccess) {
      counters[RECEIVE.appSuccess]! += 1;
      if (!isRepeat) counters[RECEIVE.appSuccessUnique]! += 1;
    }
    if (isFirst && answers !== null) {
      answers.first(source.view, at, address, port, head.probeNumber);
    }
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
    const { counters, source, strays } = this.#parts;
    strays?.poll();
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
