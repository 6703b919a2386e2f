// HOT PATH
import {
  type Probe,
  TARGET_ADDRESS,
  TARGET_PORT,
  TARGET_PROBE,
  TARGET_SLOTS,
  TARGET_SOURCE,
} from "../probe/mod.ts";
import { RECEIVE, type RecordHead } from "../shm/mod.ts";
import type { Ipv4Targets } from "../targets/mod.ts";
import { computeTag, TAG_WORDS } from "../validation/mod.ts";
import { checkIpv4, IPV4_SOURCE } from "../wire/mod.ts";
import { AnswerRecorder } from "./_answer_recorder.ts";
import {
  countRefused,
  type HandlerParts,
  type PacketHandler,
} from "./_packet_handler.ts";
import type { AnswerReporter } from "./answer_reporter.ts";

/** What answers of IPv4 targets are handled with. */
export interface Ipv4Receive {
  readonly space: Ipv4Targets;
  readonly probe: Probe;
  /** Null: loss is not measured. */
  readonly answers: AnswerReporter | null;
  readonly hasPorts: boolean;
}

/** Handles packets of IPv4. Targets are known by address and port. */
export class Ipv4Handler implements PacketHandler {
  readonly #parts: HandlerParts & Ipv4Receive;
  readonly #recorder: AnswerRecorder;
  readonly #target = new Uint32Array(TARGET_SLOTS);
  readonly #tag = new Uint32Array(TAG_WORDS);

  constructor(parts: HandlerParts & Ipv4Receive, head: RecordHead) {
    this.#parts = parts;
    const hasSecondWord = parts.hasPorts;
    this.#recorder = new AnswerRecorder(
      { ...parts, hasSecondWord, isIpv6: false },
      head,
    );
  }

  handle(captured: number): void {
    const {
      counters,
      isPortChecked,
      layer,
      probe,
      source,
      space,
      validationKey,
    } = this.#parts;
    const view = source.view;
    const target = this.#target;
    const end = checkIpv4(view, captured, source.wireBytes, layer);
    if (end < 0) return countRefused(counters, end);
    const at = layer.headerBytes;
    if (!probe.identify(view, at, end, target)) {
      counters[RECEIVE.unrecognised]! += 1;
      return;
    }
    const address = target[TARGET_ADDRESS]!;
    const port = target[TARGET_PORT]!;
    if (!space.contains(address) || (isPortChecked && !space.hasPort(port))) {
      counters[RECEIVE.outside]! += 1;
      return;
    }
    computeTag(
      validationKey,
      target[TARGET_SOURCE]!,
      address,
      port,
      this.#tag,
    );
    if (!probe.validate(view, at, end, target, this.#tag)) {
      counters[RECEIVE.invalid]! += 1;
      return;
    }
    counters[RECEIVE.valid]! += 1;
    const classIndex = probe.classify(view, at, end, target, this.#tag);
    const { head } = this.#recorder;
    head.targetAddress = address;
    head.targetPort = port;
    head.probeNumber = target[TARGET_PROBE]!;
    const isFromTarget = view.getUint32(at + IPV4_SOURCE) === address;
    this.#recorder.record(at, end, classIndex, address, port, isFromTarget);
  }
}
