import type { FrameTargets, Ipv6Sources, Probe } from "../probe/mod.ts";
import type { Ipv4Receive, Ipv6Receive } from "../receive/mod.ts";
import type { SendTargets } from "../send/mod.ts";
import { knownIpv4Targets, knownIpv6Targets } from "../targets/mod.ts";
import type { FamilyPlan } from "./family_scan.ts";

/** Addresses that no scan has, for when none is known: of RFC 5737 and RFC 3849. */
export const SOURCE = 0xc000_0201;
/** As `SOURCE`, of IPv6. */
export const SOURCE6: Uint32Array = Uint32Array.of(0x2001_0db8, 0, 0, 1);

/** Where the probes of a measurement come from. */
const SOURCES6: Ipv6Sources = { kind: "list", words: SOURCE6 };

/** The targets of a plan, for a builder of frames that come from `SOURCE`, all to one next hop. */
export function framesTo(plan: FamilyPlan): FrameTargets {
  return "ipv6" in plan
    ? {
      ipv6: {
        space: knownIpv6Targets(plan.ipv6),
        sources: SOURCES6,
        hops: null,
      },
    }
    : {
      space: knownIpv4Targets(plan.ipv4),
      sourceAddresses: Uint32Array.of(SOURCE),
      hops: null,
    };
}

/** As `framesTo`, for a loop that sends. */
export function sendsTo(plan: FamilyPlan): SendTargets {
  const frames = framesTo(plan);
  return "ipv6" in frames
    ? { ipv6: { ...frames.ipv6, routes: null } }
    : { ...frames, routes: null };
}

/** The targets of a plan, for a loop that receives their answers and does not measure loss. */
export function answersOf(
  plan: FamilyPlan,
  probe: Probe,
  isWide: boolean,
): Ipv4Receive | { readonly ipv6: Ipv6Receive } {
  return "ipv6" in plan
    ? {
      ipv6: {
        space: knownIpv6Targets(plan.ipv6),
        probe,
        sources: SOURCES6,
        answers: null,
      },
    }
    : {
      space: knownIpv4Targets(plan.ipv4),
      probe,
      answers: null,
      hasPorts: isWide,
    };
}
