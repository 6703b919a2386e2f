import { ConfigError } from "../base/mod.ts";
import { METADATA_OPERAND, type ShardMetadata } from "./shard_metadata.ts";

/** Files that are named as belonging to another job, at most. */
const MOST_NAMED = 5;

/**
 * Checks that all shards belong to one job: that which most of them have.
 *
 * @throws {ConfigError} naming each file of another job, and the option in which it differs
 */
export function checkSameJob(shards: readonly ShardMetadata[]): void {
  const groups = new Map<string, ShardMetadata[]>();
  for (const shard of shards) {
    const group = groups.get(shard.job.digest);
    if (group === undefined) groups.set(shard.job.digest, [shard]);
    else group.push(shard);
  }
  const [most = [], ...others] = [...groups.values()].sort((a, b) =>
    b.length - a.length
  );
  const strangers = others.flat();
  if (strangers.length === 0) return;
  const named = strangers.slice(0, MOST_NAMED).map((shard) =>
    `"${shard.file}" differs ${differenceOf(most[0]!, shard)}`
  );
  const more = strangers.length - named.length;
  throw new ConfigError(
    METADATA_OPERAND,
    `Not all of one job: ${named.join("; ")}${
      more > 0 ? `; and ${more} more` : ""
    }; the job is that of "${most[0]!.file}"`,
    "Merge the shards of one job: with the same targets, ports, seed and probe",
  );
}

function differenceOf(
  { job: { options } }: ShardMetadata,
  other: ShardMetadata,
): string {
  const theirs = new Map(other.job.options.map((part) => [part.option, part]));
  const differences = options.flatMap((part) => {
    const its = theirs.get(part.option);
    if (its?.digest === part.digest) return [];
    const cause = part.causes?.find(({ digest, option }) =>
      its?.causes?.some((one) => one.option === option && one.digest !== digest)
    );
    const values = [its?.text ?? "", part.text];
    const option = cause?.option ?? part.option;
    return values.includes("")
      ? [option]
      : [`${option} (${values[0]} instead of ${values[1]})`];
  });
  return differences.length === 0
    ? "in an option that this version does not know"
    : `in ${differences.join(", ")}`;
}
