import { ConfigError } from "../base/mod.ts";
import type { ScanTargets, ShardPositions } from "../scan/mod.ts";
import { countOfFamily, onlyFamily } from "../scan/scan_targets.ts";
import {
  makeIpv6TargetPlan,
  makeMixedPlan,
  makeTargetPlan,
  type MixedPlan,
  type OrderOptions,
  type TargetOrder,
  type TargetPlan,
} from "../targets/mod.ts";
import type { OptionValues } from "./options.ts";
import { pairCount } from "./pair_input.ts";
import type { TargetSelection } from "./target_input.ts";

const ADDRESS_SPACE = 2 ** 32;

/** Options that say in which order and how many targets are taken. */
export type OrderValues = Pick<
  OptionValues,
  "seed" | "shards" | "shard" | "maxTargets"
>;

/** What is put in order. */
export interface PlanParts {
  readonly selection: TargetSelection;
  readonly ports: Uint16Array;
  readonly seed: bigint;
}

/** Targets in an order. */
export interface PlannedTargets {
  /** Positions of this shard in the order of all; null: only this shard knows what they are. */
  readonly positions: ShardPositions | null;
  readonly targets: ScanTargets;
  readonly order: TargetOrder;
}

/**
 * Puts the targets of a scan in order, of whichever families they are.
 *
 * @throws {ConfigError} when there are fewer targets than shards
 */
export function planScanTargets(
  values: OrderValues,
  parts: PlanParts,
): PlannedTargets {
  const { pairs, v4, v6 } = parts.selection;
  if (v6 === null) {
    const plan = planTargets(values, parts);
    return {
      order: plan,
      positions: positionsOf(plan, plan.positionCount),
      targets: { ...shardOf(plan), ipv4: plan, ipv6: null, mix: null },
    };
  }
  if (v4.count === 0) {
    const plan = inOrder(
      values,
      parts,
      (options) =>
        makeIpv6TargetPlan({
          ...options,
          addresses: v6,
          ...optional("pairs", pairs?.ipv6),
        }),
    );
    return {
      order: plan,
      positions: positionsOf(plan, plan.positionCount),
      targets: { ...shardOf(plan), ipv4: null, ipv6: plan, mix: null },
    };
  }
  const plan = inOrder(
    values,
    parts,
    (options) =>
      makeMixedPlan({
        ...options,
        ipv4: v4,
        ipv6: v6,
        ...optional("pairs4", pairs?.ipv4),
        ...optional("pairs6", pairs?.ipv6),
      }),
  );
  return {
    order: plan.ipv4,
    positions: positionsOf(
      plan,
      plan.ipv4.positionCount + plan.ipv6.positionCount,
    ),
    targets: withoutEmpty(plan),
  };
}

/** A part of a mixed order that has targets of one family only is a scan of that family. */
function withoutEmpty(plan: MixedPlan): ScanTargets {
  const empty = ([4, 6] as const).find((family) =>
    countOfFamily(plan, family) === 0
  );
  return empty === undefined ? plan : onlyFamily(plan, empty === 4 ? 6 : 4);
}

function positionsOf(
  { endPosition, firstPosition }: Pick<
    ScanTargets,
    "endPosition" | "firstPosition"
  >,
  total: number,
): ShardPositions {
  return { first: firstPosition, end: endPosition, total };
}

function shardOf(
  { endPosition, firstPosition }: TargetOrder,
): Pick<ScanTargets, "endPosition" | "firstPosition"> {
  return { firstPosition, endPosition };
}

/**
 * Puts IPv4 targets in order.
 *
 * @throws {ConfigError} when there are fewer targets than shards
 */
export function planTargets(
  values: OrderValues,
  parts: PlanParts,
): TargetPlan {
  return inOrder(
    values,
    parts,
    (options) =>
      makeTargetPlan({
        ...options,
        addresses: parts.selection.v4,
        ...optional("pairs", parts.selection.pairs?.ipv4),
      }),
  );
}

/** A property that may be left out. */
function optional<K extends string, T>(
  key: K,
  value: T | null | undefined,
): { readonly [P in K]?: T } {
  return value === null || value === undefined
    ? {}
    : { [key]: value } as { readonly [P in K]: T };
}

function inOrder<Plan>(
  values: OrderValues,
  { ports, seed, selection }: PlanParts,
  makePlan: (options: OrderOptions) => Plan,
): Plan {
  try {
    return makePlan({
      ports: selection.pairs?.ports ?? ports,
      seed,
      shards: values.shards,
      shard: values.shard,
      maxTargets: limitOf(values, selection, ports.length),
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
 * the ports, as in ZMap, whatever the lists allow; where there are IPv6 addresses or pairs it is of all that are chosen.
 *
 * @throws {ConfigError} when a percentage is less than one target
 */
export function limitOf(
  { maxTargets }: Pick<OrderValues, "maxTargets">,
  { pairs, v4, v6 }: Pick<TargetSelection, "pairs" | "v4" | "v6">,
  portCount: number,
): { readonly count: number } | null {
  if (maxTargets === null) return null;
  const { amount, unit } = maxTargets;
  const addresses = v6 === null ? ADDRESS_SPACE : v4.count + v6.count;
  const most = pairs === null ? addresses * portCount : pairCount(pairs);
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
