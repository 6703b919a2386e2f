import { ConfigError } from "../base/mod.ts";
import { makeTargetPlan, type TargetPlan } from "../targets/mod.ts";
import type { OptionValues } from "./options.ts";
import type { TargetSelection } from "./target_input.ts";

const ADDRESS_SPACE = 2 ** 32;

/** Options that say in which order and how many targets are taken. */
export type OrderValues = Pick<
  OptionValues,
  "seed" | "shards" | "shard" | "maxTargets"
>;

/**
 * Puts targets in order.
 *
 * @throws {ConfigError} when there are fewer targets than shards
 */
export function planTargets(
  values: OrderValues,
  parts: { selection: TargetSelection; ports: Uint16Array; seed: bigint },
): TargetPlan {
  try {
    return makeTargetPlan({
      addresses: parts.selection.v4,
      ports: parts.ports,
      seed: parts.seed,
      shards: values.shards,
      shard: values.shard,
      maxTargets: limitOf(values, parts.ports.length),
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigError(
      "--shards",
      error.message,
      "Give fewer shards",
      error,
    );
  }
}

/**
 * The number of targets that `--max-targets` allows, or null for any. A percentage is of all IPv4 addresses times
 * the ports, as in ZMap, whatever the lists allow.
 *
 * @throws {ConfigError} when a percentage is less than one target
 */
export function limitOf(
  { maxTargets }: Pick<OrderValues, "maxTargets">,
  portCount: number,
): { readonly count: number } | null {
  if (maxTargets === null) return null;
  const { amount, unit } = maxTargets;
  const most = ADDRESS_SPACE * portCount;
  if (unit === "targets") return { count: Math.min(amount, most) };
  const count = Math.floor(amount / 100 * most);
  if (count > 0) return { count };
  throw new ConfigError(
    "--max-targets",
    `${amount}% of all targets is less than one`,
    "Give a larger share, or a number of targets",
  );
}

/**
 * Checks that `--shards`, `--shard` and `--seed` come together.
 *
 * @throws {ConfigError} when they do not
 */
export function checkSharding(
  given: ReadonlySet<string>,
  values: OrderValues,
): void {
  const hasShards = given.has("shards");
  const hasShard = given.has("shard");
  if (hasShards !== hasShard) {
    const [has, lacks] = hasShards
      ? ["--shards", "--shard"]
      : ["--shard", "--shards"];
    throw new ConfigError(has!, `Needs ${lacks} too`, "Give both, and --seed");
  }
  if (hasShards && values.seed === null) {
    throw new ConfigError(
      "--shards",
      "Needs --seed",
      "Give each shard the same seed, so that they are parts of the same order",
    );
  }
  if (values.shard >= values.shards) {
    throw new ConfigError(
      "--shard",
      `Shard ${values.shard} is above ${values.shards - 1}`,
      `Give a number from 0 to ${values.shards - 1}`,
    );
  }
}
