import type { Progress } from "../monitor/mod.ts";
import type { LimitKey } from "../page/view.ts";

/** What tells why a scan is not faster. */
export interface RateFacts {
  readonly progress: Pick<
    Progress,
    "mayGrow" | "outage" | "packetsLeft" | "phase" | "shortage"
  >;
  /** Packets per second: sent in the last second; allowed, 0 for no limit; and the most that a rate may become, 0 for no limit. */
  readonly sentPps: number;
  readonly allowedPps: number;
  readonly mostPps: number;
  /** Whether the rate depends on the loss. */
  readonly isAdaptive: boolean;
  /** Whether senders pause since the outputs are too slow. */
  readonly isOutputSlow: boolean;
  /** Frames that the kernel refused in the last second, and the errors that it gave. */
  readonly refused: number;
  readonly refusals: string;
}

/** From this share of what is allowed on, nothing else is the limit: pauses between batches cost some of it. */
const NEARLY = 0.9;
/** So close to its upper bound an adaptive rate is there. */
const AT_MOST = 0.99;

/** What keeps a scan from being faster at the moment: for programs, and in words. */
export function rateLimit(
  facts: RateFacts,
): { readonly key: LimitKey; readonly text: string } {
  const { allowedPps, progress, sentPps } = facts;
  const { mayGrow, outage, packetsLeft, phase, shortage } = progress;
  if (phase === "done") return { key: "nothing", text: "The scan is over" };
  if (outage !== null) return { key: "network", text: outage };
  if (shortage !== null) return { key: "disk", text: shortage };
  if (phase === "cooldown") {
    return {
      key: "cooldown",
      text: "All is sent; late answers are waited for",
    };
  }
  if (facts.isOutputSlow) {
    return { key: "output", text: "The outputs take rows more slowly" };
  }
  if (allowedPps > 0 && sentPps >= NEARLY * allowedPps) return ofPacing(facts);
  // What waits is sent within a second.
  const secondPackets = allowedPps > 0 ? allowedPps : Math.max(1, sentPps);
  if (mayGrow === true && packetsLeft < secondPackets) {
    return { key: "targets", text: "The input names no more targets yet" };
  }
  if (facts.refused > 0) {
    const causes = facts.refusals === "" ? "" : `: ${facts.refusals}`;
    return { key: "kernel", text: `The kernel refuses frames${causes}` };
  }
  return {
    key: "machine",
    text: "The senders make and send no more packets on this machine",
  };
}

function ofPacing(
  { allowedPps, isAdaptive, mostPps }: RateFacts,
): ReturnType<typeof rateLimit> {
  if (!isAdaptive) return { key: "rate", text: "The rate that was asked for" };
  return mostPps > 0 && allowedPps >= AT_MOST * mostPps
    ? { key: "max_rate", text: "The highest rate that is permitted" }
    : {
      key: "path",
      text: "What the path carries, as far as the loss tells of it",
    };
}
