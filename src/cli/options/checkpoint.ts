import { parsePath } from "../option_parsers.ts";
import {
  flag,
  type OptionTable,
  PATH_REMEDY,
  setting,
} from "../option_spec.ts";
import { parseSeconds } from "../units.ts";

/** Values of `CHECKPOINT_OPTIONS`. */
export interface CheckpointValues {
  readonly checkpoint: string | null;
  readonly checkpointInterval: number;
  readonly noCheckpoint: boolean;
  readonly resume: boolean;
  readonly overwrite: boolean;
}

/** What is kept so that a scan can go on after any end. */
export const CHECKPOINT_OPTIONS: OptionTable<CheckpointValues> = {
  checkpoint: setting({
    long: "checkpoint",
    argument: "FILE",
    group: "logging",
    help: "File from which pacemap resume goes on, whatever ended the scan; " +
      "removed when all is done",
    remedy: PATH_REMEDY,
    fallback: null,
    fallbackText: "the first output file and .pacemap; none without one",
    parse: parsePath,
  }),
  checkpointInterval: setting({
    long: "checkpoint-interval",
    argument: "TIME",
    group: "logging",
    help:
      "Time between two writes of the checkpoint, in seconds or with units as in 1m",
    remedy: "Give a time from 0.1 to 86400 seconds, for example 5, 500ms or 1m",
    fallback: 5,
    fallbackText: "5",
    parse: (text) =>
      parseSeconds(text, { what: "Interval", min: 0.1, max: 86_400 }),
  }),
  noCheckpoint: flag({
    long: "no-checkpoint",
    group: "logging",
    help: "Keep no checkpoint",
  }),
  resume: flag({
    long: "resume",
    group: "logging",
    help: "Go on with the scan of the checkpoint, if it was not complete; " +
      "else begin. So the same command line can be run again after any end",
  }),
  overwrite: flag({
    long: "overwrite",
    group: "logging",
    help: "Begin anew although a scan that was not complete could go on",
  }),
};
