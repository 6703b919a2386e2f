import { formatCount } from "../monitor/mod.ts";

/** What a running scan is about. */
export interface PhaseFacts {
  /** `stopping`: senders or receiver were told to end; `closing`: files are. */
  readonly phase: "sending" | "stopping" | "cooldown" | "closing";
  readonly packetsLeft: number;
  /** As in `Progress`. */
  readonly mayGrow?: boolean | undefined;
  /** Whether senders pause for the output. */
  readonly isHeld: boolean;
  /** What it waits for that has gone: the network, or space on a disk; null: nothing. */
  readonly waitingFor: string | null;
  /** For how long the kernel has taken no frame although some wait, in seconds, and the errors that it gave. */
  readonly refusedS: number;
  readonly refusals: string;
  readonly cooldownLeftS: number;
}

/** Shorter times without a frame taken are usual. */
const LONG_S = 1;

/** What the scan does and what it waits for, as a sentence without a final period. */
export function phaseText(facts: PhaseFacts): string {
  switch (facts.phase) {
    case "sending":
      return `Sending, ${formatCount(facts.packetsLeft)} packets left${
        facts.mayGrow === true ? ", waiting for more targets" : ""
      }${waitText(facts)}`;
    case "stopping":
      return "Waiting for the threads to end";
    case "cooldown": {
      const seconds = Math.ceil(Math.max(0, facts.cooldownLeftS));
      return `Waiting for late answers, another ${seconds} s${
        facts.waitingFor === null ? "" : `; waiting: ${facts.waitingFor}`
      }`;
    }
    case "closing":
      return `Waiting for the outputs to take the last rows${
        facts.waitingFor === null ? "" : `: ${facts.waitingFor}`
      }`;
  }
}

function waitText(facts: PhaseFacts): string {
  const { isHeld, refusals, refusedS, waitingFor } = facts;
  if (waitingFor !== null) return `; waiting: ${waitingFor}`;
  if (isHeld) return "; waiting for the output, which is too slow";
  if (refusedS < LONG_S) return "";
  const names = refusals === "" ? "" : ` (${refusals})`;
  return `; waiting for the kernel to take a frame for ${
    Math.floor(refusedS)
  } s${names}`;
}
