import { parseSeed, parseWholeNumber } from "../option_parsers.ts";
import { type OptionTable, setting } from "../option_spec.ts";
import { seedFromName } from "../seed_name.ts";

/** Values of `SHARDING_OPTIONS`. */
export interface ShardingValues {
  readonly seed: bigint | null;
  readonly shards: number;
  readonly shard: number;
}

/** The order of targets, and its parts. */
export const SHARDING_OPTIONS: OptionTable<ShardingValues> = {
  seed: setting({
    long: "seed",
    short: "e",
    argument: "SEED",
    group: "sharding",
    help:
      "Fixes the order of targets: a number, or from:NAME, the same one wherever the name is the same",
    remedy: "Give a whole number of at most 64 bits, or from: and a name",
    fallback: null,
    fallbackText: "random",
    parse: (text) => seedFromName(text) ?? parseSeed(text),
  }),
  shards: setting({
    long: "shards",
    argument: "COUNT",
    group: "sharding",
    help: "Number of parts that the scan is cut into; needs --shard and --seed",
    remedy: "Give a whole number from 1 to 65535",
    fallback: 1,
    fallbackText: "1",
    parse: (text) =>
      parseWholeNumber(text, { what: "Number of shards", min: 1, max: 65535 }),
  }),
  shard: setting({
    long: "shard",
    argument: "INDEX",
    group: "sharding",
    help:
      "Which part to scan, counted from 0; auto: the task of a Kubernetes, SLURM or AWS Batch array",
    remedy:
      "Give a whole number from 0 to the number of shards less one, or auto",
    fallback: 0,
    fallbackText: "0",
    parse: (text) =>
      parseWholeNumber(text, { what: "Shard", min: 0, max: 65534 }),
  }),
};
