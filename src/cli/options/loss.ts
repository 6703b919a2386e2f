import {
  parseChoice,
  parsePercent,
  parseWholeNumber,
} from "../option_parsers.ts";
import { type OptionTable, setting } from "../option_spec.ts";
import { parseSeconds } from "../units.ts";

/** What may be done about loss. */
export const LOSS_ACTIONS = ["warn", "slow", "abort"] as const;

/** How long a link is waited for unless told otherwise, and at most, in seconds. */
const LINK_WAIT_S = 600;
const LONGEST_LINK_WAIT_S = 7 * 24 * 3600;

/** Values of `LOSS_OPTIONS`. */
export interface LossValues {
  readonly onLoss: (typeof LOSS_ACTIONS)[number];
  /** Seconds to wait for; 0: end the scan. */
  readonly onLinkLoss: number;
  readonly lossTarget: number;
  readonly lossSample: number;
  readonly maxPasses: number;
}

/** What is done about loss. */
export const LOSS_OPTIONS: OptionTable<LossValues> = {
  onLoss: setting({
    long: "on-loss",
    argument: "ACTION",
    group: "loss",
    help:
      "warn; slow: lower the rate and send again what was lost; abort (--rate auto implies slow)",
    remedy: "Give warn, slow or abort",
    fallback: "warn",
    fallbackText: "warn",
    choices: LOSS_ACTIONS,
    parse: (text) => parseChoice(text, LOSS_ACTIONS),
  }),
  onLinkLoss: setting({
    long: "on-link-loss",
    argument: "ACTION",
    group: "loss",
    help:
      "While link, own address or gateway is gone: wait, 10 minutes at most (wait:30s, wait:2h); or abort",
    remedy: "Give wait, wait:TIME with units (s, m, h), or abort",
    fallback: LINK_WAIT_S,
    fallbackText: "wait:10m",
    choices: ["wait", "abort"],
    parse: parseLinkLoss,
  }),
  lossTarget: setting({
    long: "loss-target",
    argument: "PERCENT",
    group: "loss",
    help: "Share of lost packets that is accepted",
    remedy: "Give a percentage from 0.01 to 50",
    fallback: 0.5,
    fallbackText: "0.5",
    parse: (text) =>
      parsePercent(text, { what: "Loss target", min: 0.01, max: 50 }),
  }),
  lossSample: setting({
    long: "loss-sample",
    argument: "PERCENT",
    group: "loss",
    help:
      "Share of the packets that ask hosts again to measure loss; 0 turns it off",
    remedy: "Give a percentage from 0 to 1",
    fallback: 1,
    fallbackText: "1",
    parse: (text) =>
      parsePercent(text, { what: "Loss sample", min: 0, max: 1 }),
  }),
  maxPasses: setting({
    long: "max-passes",
    argument: "COUNT",
    group: "loss",
    help:
      "How often a target is probed at most when what was lost is sent again",
    remedy: "Give a whole number from 1 to 10",
    fallback: 3,
    fallbackText: "3",
    parse: (text) =>
      parseWholeNumber(text, { what: "Number of passes", min: 1, max: 10 }),
  }),
};

/** Seconds that a link which is gone is waited for. */
function parseLinkLoss(text: string): number {
  if (text === "abort") return 0;
  if (text === "wait") return LINK_WAIT_S;
  const [action, time = ""] = text.split(":", 2);
  // A bare number would leave open which unit is meant.
  if (action !== "wait" || !/[a-z]$/.test(time)) {
    throw new SyntaxError(
      `"${text}" is none of wait, wait:TIME (such as wait:10m), abort`,
    );
  }
  return parseSeconds(time, {
    what: "Time to wait",
    min: 1,
    max: LONGEST_LINK_WAIT_S,
  });
}
