import {
  type Probe,
  TARGET_ADDRESS,
  TARGET_PORT,
  TARGET_SLOTS,
  TARGET_SOURCE,
} from "../probe/mod.ts";
import { type Counters, RECEIVE } from "../shm/mod.ts";
import type { Ipv4Targets } from "../targets/mod.ts";
import { computeTag } from "../validation/mod.ts";
import { checkIpv4, DLT_RAW, linkLayer } from "../wire/mod.ts";

/** Packets looked at in one go, so that the capture does not wait for long. */
const MOST_AT_ONCE = 8192;

/** Where packets come from that arrive elsewhere; `ElsewhereSocket` is the real one. */
export interface StraySource {
  /** The current packet, without link header. */
  readonly view: DataView;
  /** Bytes that it had on the wire. */
  readonly wireBytes: number;
  /** Number of the interface that it came to. */
  readonly interfaceIndex: number;
  /** Fetches the next packet: its bytes in `view`, 0 when none is there. */
  next(): number;
}

/** What is needed to tell valid answers. */
export interface StrayParts {
  readonly source: StraySource;
  readonly space: Ipv4Targets;
  readonly probe: Probe;
  readonly counters: Counters;
  readonly validationKey: Uint32Array;
  /** Whether responses have to come from one of the ports that are probed. */
  readonly isPortChecked: boolean;
}

/**
 * Counts valid answers that arrive at other interfaces than the one that is captured, as they do where the way back
 * is not the way out. They are no results: whoever names an interface may have a reason to.
 */
export class StrayAnswers {
  readonly #parts: StrayParts;
  readonly #layer = linkLayer(DLT_RAW);
  readonly #target = new Uint32Array(TARGET_SLOTS);
  readonly #tag = new Uint32Array(4);

  constructor(parts: StrayParts) {
    this.#parts = parts;
  }

  /** Counts what has arrived since the last call. */
  poll(): void {
    const { counters, source } = this.#parts;
    for (let i = 0; i < MOST_AT_ONCE; i++) {
      const captured = source.next();
      if (captured === 0) return;
      if (!this.#isValid(captured)) continue;
      counters[RECEIVE.elsewhere]! += 1;
      counters[RECEIVE.elsewhereInterface] = source.interfaceIndex;
    }
  }

  #isValid(captured: number): boolean {
    const { isPortChecked, probe, source, space, validationKey } = this.#parts;
    const { view } = source;
    const target = this.#target;
    const at = this.#layer.headerBytes;
    const end = checkIpv4(view, captured, source.wireBytes, this.#layer);
    if (end < 0 || !probe.identify(view, at, end, target)) return false;
    const address = target[TARGET_ADDRESS]!;
    const port = target[TARGET_PORT]!;
    if (!space.contains(address) || (isPortChecked && !space.hasPort(port))) {
      return false;
    }
    const sourceAddress = target[TARGET_SOURCE]!;
    computeTag(validationKey, sourceAddress, address, port, this.#tag);
    return probe.validate(view, at, end, target, this.#tag);
  }
}
