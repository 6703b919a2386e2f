import type { PacketSink } from "../backend/mod.ts";
import {
  type FamilyFrames,
  FrameBuilder,
  type FrameTargets,
  type Ipv4Frames,
  type Ipv6Frames,
  MixedFrameBuilder,
  type Probe,
} from "../probe/mod.ts";
import type { NextHopMemory } from "../shm/mod.ts";
import type {
  Ipv6TargetRoutes,
  TargetMix,
  TargetRoutes,
} from "../targets/mod.ts";
import { FrameDestinations } from "./frame_destinations.ts";
import { FrameRoutes } from "./frame_routes.ts";
import { Ipv6FrameRoutes } from "./ipv6_frame_routes.ts";
import { OneHop } from "./one_hop.ts";

/** The targets that a send loop sends to, of one family. */
export type SendTargets =
  | Omit<Ipv4Frames, "hops"> & {
    /** Which target has which next hop; null: all have the same. */
    readonly routes: TargetRoutes | null;
  }
  | {
    readonly ipv6: Omit<Ipv6Frames, "hops"> & {
      /** As of IPv4 targets. */
      readonly routes: Ipv6TargetRoutes | null;
    };
  };

/** What a send loop to targets of one family works with. */
interface OneFamily {
  /** Of the targets' family. */
  readonly probe: Probe;
  /** Where frames go on their link; null where the kernel writes the link headers. */
  readonly nextHops: NextHopMemory | null;
}

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

/** Whom a send loop sends to, and with which probes: targets of one family, or of both. */
export type LoopTargets =
  | (OneFamily & SendTargets)
  | { readonly mixed: MixedTargets };

/** What makes the frames of a send loop. */
export interface LoopFrames {
  readonly builder: FrameBuilder | MixedFrameBuilder;
  /** The same; null where all targets are of one family. */
  readonly mixed: MixedFrameBuilder | null;
  /** Learns once in each batch of next hops that have changed; null: the kernel writes the link headers. */
  readonly destinations: { update(): void } | null;
}

/** Makes what makes the frames, in the slots of `sink`. */
export function makeFrames(
  targets: LoopTargets,
  { sink, validationKey }: {
    readonly sink: PacketSink;
    /** Key of the validation tags, 4 words. */
    readonly validationKey: Uint32Array;
  },
): LoopFrames {
  if ("mixed" in targets) return mixedFrames(targets.mixed, validationKey);
  const { nextHops, probe } = targets;
  const { hops, frames } = withHops(targets, nextHops);
  const destinations = hops !== null || nextHops === null
    ? hops
    : new FrameDestinations(sink, nextHops);
  const builder = new FrameBuilder({
    ...frames,
    probe,
    slots: sink,
    validationKey,
  });
  return { builder, mixed: null, destinations };
}

/** The targets with the next hop of each, where these differ. */
function withHops(
  parts: SendTargets,
  nextHops: NextHopMemory | null,
): {
  readonly hops: FrameRoutes | Ipv6FrameRoutes | null;
  readonly frames: FrameTargets;
} {
  if ("ipv6" in parts) {
    const { routes } = parts.ipv6;
    const hops = nextHops === null || routes === null
      ? null
      : new Ipv6FrameRoutes(nextHops, routes);
    return { hops, frames: { ipv6: { ...parts.ipv6, hops } } };
  }
  const { routes } = parts;
  const hops = nextHops === null || routes === null
    ? null
    : new FrameRoutes(nextHops, routes);
  return { hops, frames: { ...parts, hops } };
}

function mixedFrames(
  { ipv4, ipv6, mix }: MixedTargets,
  validationKey: Uint32Array,
): LoopFrames {
  const hops4 = hopsOf(ipv4, FrameRoutes);
  const hops6 = hopsOf(ipv6, Ipv6FrameRoutes);
  const builder = new MixedFrameBuilder({
    mix,
    ipv4: { ...ipv4, hops: hops4 },
    ipv6: { ...ipv6, hops: hops6 },
    validationKey,
  });
  const destinations = hops4 === null || hops6 === null ? null : {
    update(): void {
      hops4.update();
      hops6.update();
    },
  };
  return { builder, mixed: builder, destinations };
}

/** Each frame has a next hop of its own, even where those of its family have the same. */
function hopsOf<R, H>(
  { nextHops, routes }: FamilyHops<R>,
  Routes: new (memory: NextHopMemory, routes: R) => H,
): H | OneHop | null {
  if (nextHops === null) return null;
  return routes === null ? new OneHop(nextHops) : new Routes(nextHops, routes);
}
