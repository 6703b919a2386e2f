import {
  type FamilyFrames,
  type Ipv4Frames,
  type Ipv6Frames,
  MixedFrameBuilder,
} from "../probe/mod.ts";
import type { NextHopMemory } from "../shm/mod.ts";
import type {
  Ipv6TargetRoutes,
  TargetMix,
  TargetRoutes,
} from "../targets/mod.ts";
import { FrameRoutes } from "./frame_routes.ts";
import { Ipv6FrameRoutes } from "./ipv6_frame_routes.ts";
import { OneHop } from "./one_hop.ts";

/** How the frames of one family find their next hops. */
interface FamilyHops<R> {
  /** Where they go on their link; null where the kernel writes the link headers. */
  readonly nextHops: NextHopMemory | null;
  /** Which target has which next hop; null: all have the same. */
  readonly routes: R | null;
}

/** The targets of both families that a send loop sends to, in a mixed order. */
export interface MixedTargets {
  readonly mix: TargetMix;
  readonly ipv4:
    & FamilyFrames
    & FamilyHops<TargetRoutes>
    & Omit<Ipv4Frames, "hops">;
  readonly ipv6:
    & FamilyFrames
    & FamilyHops<Ipv6TargetRoutes>
    & Omit<Ipv6Frames, "hops">;
}

/** What learns once in each batch of next hops that have changed. */
interface Hops {
  update(): void;
}

/** Makes the builder of the frames, and what keeps their next hops. */
export function buildMixed(
  { ipv4, ipv6, mix }: MixedTargets,
  validationKey: Uint32Array,
): { readonly builder: MixedFrameBuilder; readonly destinations: Hops | null } {
  const hops4 = hopsOf(ipv4, FrameRoutes);
  const hops6 = hopsOf(ipv6, Ipv6FrameRoutes);
  const builder = new MixedFrameBuilder({
    mix,
    ipv4: { ...ipv4, hops: hops4 },
    ipv6: { ...ipv6, hops: hops6 },
    validationKey,
  });
  if (hops4 === null || hops6 === null) return { builder, destinations: null };
  return {
    builder,
    destinations: {
      update(): void {
        hops4.update();
        hops6.update();
      },
    },
  };
}

/** Each frame has a next hop of its own, even where those of its family have the same. */
function hopsOf<R, H>(
  { nextHops, routes }: FamilyHops<R>,
  Routes: new (memory: NextHopMemory, routes: R) => H,
): H | OneHop | null {
  if (nextHops === null) return null;
  return routes === null ? new OneHop(nextHops) : new Routes(nextHops, routes);
}
