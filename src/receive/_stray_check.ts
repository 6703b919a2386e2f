import {
  type Ipv6Sources,
  makeSourceReader,
  type Probe,
  TARGET_ADDRESS,
  TARGET_ADDRESS6,
  TARGET_PORT,
  TARGET_SLOTS,
  TARGET_SOURCE,
  TARGET_SOURCE6,
} from "../probe/mod.ts";
import type { Ipv4Targets, Ipv6Targets } from "../targets/mod.ts";
import { computeTag, computeTag6, TAG_WORDS } from "../validation/mod.ts";
import { checkIpv4, checkIpv6, DLT_RAW, linkLayer } from "../wire/mod.ts";

/** A packet without link header. */
export interface StrayPacket {
  readonly view: DataView;
  /** Bytes that it had on the wire; more than there are in `view` when it was cut off. */
  readonly wireBytes: number;
}

/** What is needed to tell valid answers, whatever the family of the targets. */
export interface StrayCheckParts {
  readonly validationKey: Uint32Array;
  /** Whether responses have to come from one of the ports that are probed. */
  readonly isPortChecked: boolean;
}

/** The targets of one family. The probe is of that family, too. */
export type StrayTargets =
  | { readonly space: Ipv4Targets; readonly probe: Probe }
  | { readonly ipv6: StrayTargets6 };

/** Targets of IPv6, and where the probes to them come from. */
interface StrayTargets6 {
  readonly space: Ipv6Targets;
  readonly probe: Probe;
  readonly sources: Ipv6Sources;
}

/** Whether a packet, so many bytes of which are in its view, is a valid answer of a target. */
export type StrayCheck = (packet: StrayPacket, captured: number) => boolean;

/** The check of answers from these targets. */
export function strayCheck(
  parts: StrayCheckParts,
  targets: StrayTargets,
): StrayCheck {
  return "ipv6" in targets
    ? ipv6Check(parts, targets.ipv6)
    : ipv4Check(parts, targets.space, targets.probe);
}

const LAYER = linkLayer(DLT_RAW);
const AT = LAYER.headerBytes;

function ipv4Check(
  { isPortChecked, validationKey }: StrayCheckParts,
  space: Ipv4Targets,
  probe: Probe,
): StrayCheck {
  const target = new Uint32Array(TARGET_SLOTS);
  const tag = new Uint32Array(TAG_WORDS);
  return ({ view, wireBytes }, captured) => {
    const end = checkIpv4(view, captured, wireBytes, LAYER);
    if (end < 0 || !probe.identify(view, AT, end, target)) return false;
    const address = target[TARGET_ADDRESS]!;
    const port = target[TARGET_PORT]!;
    if (!space.contains(address) || (isPortChecked && !space.hasPort(port))) {
      return false;
    }
    computeTag(validationKey, target[TARGET_SOURCE]!, address, port, tag);
    return probe.validate(view, AT, end, target, tag);
  };
}

function ipv6Check(
  { validationKey }: StrayCheckParts,
  { probe, sources, space }: StrayTargets6,
): StrayCheck {
  const target = new Uint32Array(TARGET_SLOTS);
  const tag = new Uint32Array(TAG_WORDS);
  const reader = makeSourceReader(sources, validationKey);
  return ({ view, wireBytes }, captured) => {
    const end = checkIpv6(view, captured, wireBytes, LAYER);
    if (end < 0 || !probe.identify(view, AT, end, target)) return false;
    // The number of a target counts its port, so answers from other ports have none.
    const number = space.numberOf(
      target,
      TARGET_ADDRESS6,
      target[TARGET_PORT]!,
    );
    if (number < 0) return false;
    const source = reader.wordOf(target, TARGET_SOURCE6, TARGET_ADDRESS6);
    if (source < 0) return false;
    computeTag6(validationKey, number, source, tag);
    return probe.validate(view, AT, end, target, tag);
  };
}
