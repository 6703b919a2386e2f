import type { OptionTable } from "./option_spec.ts";
import { ALIAS_OPTIONS, type AliasValues } from "./options/aliases.ts";
import {
  CHECKPOINT_OPTIONS,
  type CheckpointValues,
} from "./options/checkpoint.ts";
import { LOGGING_OPTIONS, type LoggingValues } from "./options/logging.ts";
import { LOSS_OPTIONS, type LossValues } from "./options/loss.ts";
import { NETWORK_OPTIONS, type NetworkValues } from "./options/network.ts";
import { OTHER_OPTIONS, type OtherValues } from "./options/other.ts";
import { OUTPUT_OPTIONS, type OutputValues } from "./options/output.ts";
import { PROBE_OPTIONS, type ProbeValues } from "./options/probes.ts";
import { SENDING_OPTIONS, type SendingValues } from "./options/sending.ts";
import { SHARDING_OPTIONS, type ShardingValues } from "./options/sharding.ts";
import { TARGET_OPTIONS, type TargetValues } from "./options/targets.ts";
import { WATCH_OPTIONS, type WatchValues } from "./options/watch.ts";

/** Every option's value, as its parser returns it or its fallback gives it. */
export interface OptionValues
  extends
    TargetValues,
    SendingValues,
    LossValues,
    NetworkValues,
    ShardingValues,
    ProbeValues,
    OutputValues,
    AliasValues,
    LoggingValues,
    WatchValues,
    CheckpointValues,
    OtherValues {}

/** Name of an option in `OptionValues`. */
export type OptionKey = keyof OptionValues;

/** The whole command line, in the order of the help: parser, help and list of names are made from this. */
export const OPTIONS: OptionTable<OptionValues> = {
  ...TARGET_OPTIONS,
  ...SENDING_OPTIONS,
  ...LOSS_OPTIONS,
  ...NETWORK_OPTIONS,
  ...SHARDING_OPTIONS,
  ...PROBE_OPTIONS,
  ...OUTPUT_OPTIONS,
  ...ALIAS_OPTIONS,
  ...LOGGING_OPTIONS,
  ...WATCH_OPTIONS,
  ...CHECKPOINT_OPTIONS,
  ...OTHER_OPTIONS,
};

/** Keys of the options in the order of the help. */
export const OPTION_KEYS = Object.keys(OPTIONS) as readonly OptionKey[];
