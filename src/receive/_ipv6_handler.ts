// HOT PATH
import {
  type AliasAddresses,
  aliasMark,
  computeAliasTag,
  type Ipv6Sources,
  makeSourceReader,
  type Probe,
  type SourceReader,
  TARGET_ADDRESS6,
  TARGET_PORT,
  TARGET_PROBE,
  TARGET_SLOTS,
  TARGET_SOURCE6,
} from "../probe/mod.ts";
import { RECEIVE, type RecordHead } from "../shm/mod.ts";
import type { Ipv6Targets } from "../targets/mod.ts";
import { computeTag6, TAG_WORDS } from "../validation/mod.ts";
import {
  checkIpv6,
  ICMP_HEADER_BYTES,
  IP_PROTOCOL_ICMPV6,
  IPV6_DESTINATION,
  IPV6_SOURCE,
  ipv6PayloadAt,
} from "../wire/mod.ts";
import { AnswerRecorder } from "./_answer_recorder.ts";
import {
  countRefused,
  type HandlerParts,
  type PacketHandler,
} from "./_packet_handler.ts";
import type { AnswerReporter } from "./answer_reporter.ts";

/** What answers of IPv6 targets are handled with. */
export interface Ipv6Receive {
  readonly space: Ipv6Targets;
  readonly probe: Probe;
  /** Where the probes come from. */
  readonly sources: Ipv6Sources;
  /** Null: loss is not measured. */
  readonly answers: AnswerReporter | null;
  /**
   * The addresses that prefixes are tested with; null: none is tested.
   *
   * @default {null}
   */
  readonly aliases?: AliasAddresses | null;
}

const HIGH_WORD = 1 / 2 ** 32;

/** Handles packets of IPv6. Targets are known by both words of their numbers. */
export class Ipv6Handler implements PacketHandler {
  readonly #parts: HandlerParts & Ipv6Receive;
  readonly #recorder: AnswerRecorder;
  readonly #sources: SourceReader;
  readonly #target = new Uint32Array(TARGET_SLOTS);
  readonly #tag = new Uint32Array(TAG_WORDS);

  constructor(parts: HandlerParts & Ipv6Receive, head: RecordHead) {
    this.#parts = parts;
    const hasSecondWord = parts.space.positionCount > 2 ** 32;
    this.#recorder = new AnswerRecorder(
      { ...parts, hasSecondWord, isIpv6: true },
      head,
    );
    this.#sources = makeSourceReader(parts.sources, parts.validationKey);
  }

  handle(captured: number): void {
    const { counters, layer, probe, source, space, validationKey } =
      this.#parts;
    const view = source.view;
    const target = this.#target;
    const end = checkIpv6(view, captured, source.wireBytes, layer);
    if (end < 0) return countRefused(counters, end);
    const at = layer.headerBytes;
    if (!probe.identify(view, at, end, target)) {
      counters[RECEIVE.unrecognised]! += 1;
      return;
    }
    const number = space.numberOf(
      target,
      TARGET_ADDRESS6,
      target[TARGET_PORT]!,
    );
    if (number < 0 && this.#takeAlias(at, end)) return;
    if (number < 0) {
      counters[this.#isOutside() ? RECEIVE.outside : RECEIVE.invalid]! += 1;
      return;
    }
    const sourceWord = this.#sources.wordOf(
      target,
      TARGET_SOURCE6,
      TARGET_ADDRESS6,
    );
    if (sourceWord < 0) {
      counters[RECEIVE.invalid]! += 1;
      return;
    }
    computeTag6(validationKey, number, sourceWord, this.#tag);
    if (!probe.validate(view, at, end, target, this.#tag)) {
      counters[RECEIVE.invalid]! += 1;
      return;
    }
    counters[RECEIVE.valid]! += 1;
    const classIndex = probe.classify(view, at, end, target, this.#tag);
    const isFromTarget = hasTargetAt(view, at + IPV6_SOURCE, target);
    const { head } = this.#recorder;
    head.targetAddress = isFromTarget
      ? IPV6_SOURCE
      : quotedDestination(view, at, end) - at;
    head.targetPort = target[TARGET_PORT]!;
    head.probeNumber = target[TARGET_PROBE]!;
    this.#recorder.record(
      at,
      end,
      classIndex,
      number >>> 0,
      (number * HIGH_WORD) >>> 0,
      isFromTarget,
    );
  }

  /**
   * Hands over the packet if it is a valid answer to a probe that tests a prefix, which is no result; whether it
   * comes from an address of such probes.
   */
  #takeAlias(at: number, end: number): boolean {
    const { aliases = null, counters, probe, source, validationKey } =
      this.#parts;
    if (aliases === null) return false;
    const target = this.#target;
    const tag = this.#tag;
    const { view } = source;
    const child = aliases.childOf(target, TARGET_ADDRESS6);
    if (child < 0) return false;
    const word = this.#sources.wordOf(target, TARGET_SOURCE6, TARGET_ADDRESS6);
    const mark = aliasMark(child, target[TARGET_PORT]!);
    computeAliasTag(validationKey, target, TARGET_ADDRESS6, word, mark, tag);
    if (word < 0 || !probe.validate(view, at, end, target, tag)) {
      counters[RECEIVE.invalid]! += 1;
      return true;
    }
    counters[RECEIVE.valid]! += 1;
    const classIndex = probe.classify(view, at, end, target, tag);
    const isFromIt = hasTargetAt(view, at + IPV6_SOURCE, target);
    const { head } = this.#recorder;
    head.targetAddress = IPV6_SOURCE;
    head.targetPort = target[TARGET_PORT]!;
    head.probeNumber = target[TARGET_PROBE]!;
    this.#recorder.recordAlias(at, end, isFromIt ? classIndex : -1);
    return true;
  }

  /** Whether what is no target is so by its address, or by a port that matters. */
  #isOutside(): boolean {
    const { isPortChecked, space } = this.#parts;
    return isPortChecked ||
      !space.containsAddress(this.#target, TARGET_ADDRESS6);
  }
}

/** Whether the address at `at` is the target's. */
function hasTargetAt(
  view: DataView,
  at: number,
  target: Uint32Array,
): boolean {
  return view.getUint32(at + 12) === target[TARGET_ADDRESS6 + 3] &&
    view.getUint32(at + 8) === target[TARGET_ADDRESS6 + 2] &&
    view.getUint32(at + 4) === target[TARGET_ADDRESS6 + 1] &&
    view.getUint32(at) === target[TARGET_ADDRESS6];
}

/** The offset of the destination in the packet that an ICMPv6 error quotes: what is not from its target is one. */
function quotedDestination(view: DataView, at: number, end: number): number {
  return ipv6PayloadAt(view, at, end, IP_PROTOCOL_ICMPV6) +
    ICMP_HEADER_BYTES + IPV6_DESTINATION;
}
