import {
  parseChoice,
  parseDecimalNumber,
  parseWholeNumber,
} from "../option_parsers.ts";
import { type OptionTable, setting } from "../option_spec.ts";

/** What may be done about loss. */
export const LOSS_ACTIONS = ["warn", "slow", "abort"] as const;

/** Values of `LOSS_OPTIONS`. */
export interface LossValues {
  readonly onLoss: (typeof LOSS_ACTIONS)[number];
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
  lossTarget: setting({
    long: "loss-target",
    argument: "PERCENT",
    group: "loss",
    help: "Share of lost packets that is accepted",
    remedy: "Give a percentage from 0.01 to 50",
    fallback: 0.5,
    fallbackText: "0.5",
    parse: (text) =>
      parseDecimalNumber(text, { what: "Loss target", min: 0.01, max: 50 }),
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
      parseDecimalNumber(text, { what: "Loss sample", min: 0, max: 1 }),
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
