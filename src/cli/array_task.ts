import { ConfigError } from "../base/mod.ts";
import type { Environment } from "./environment.ts";

/** The argument of `--shard` that takes the shard from whoever started the program. */
export const AUTO_SHARD = "auto";

/** Where a shard is told, and the number of shards, where that is told too. */
interface Orchestrator {
  readonly name: string;
  readonly shard: string;
  /** Number of tasks, first and last index; null: nothing tells how many there are. */
  readonly sizes:
    | { readonly count: string; readonly first: string; readonly last: string }
    | null;
}

/** Who starts many of one program, each with an index of its own. */
const ORCHESTRATORS: readonly Orchestrator[] = [
  // An Indexed Job: kubernetes.io/docs/concepts/workloads/controllers/job
  { name: "Kubernetes", shard: "JOB_COMPLETION_INDEX", sizes: null },
  // A job array: slurm.schedmd.com/job_array.html
  {
    name: "SLURM",
    shard: "SLURM_ARRAY_TASK_ID",
    sizes: {
      count: "SLURM_ARRAY_TASK_COUNT",
      first: "SLURM_ARRAY_TASK_MIN",
      last: "SLURM_ARRAY_TASK_MAX",
    },
  },
  // An array job: docs.aws.amazon.com/batch/latest/userguide/array_jobs.html
  { name: "AWS Batch", shard: "AWS_BATCH_JOB_ARRAY_INDEX", sizes: null },
];

/** All variables that may tell a shard. */
export const ARRAY_VARIABLES: readonly string[] = ORCHESTRATORS.flatMap(
  ({ shard, sizes }) => [shard, ...Object.values(sizes ?? {})],
);

/** A number that a variable tells. */
export interface ToldNumber {
  readonly text: string;
  readonly variable: string;
}

/** What the variables of an orchestrator tell. */
export interface ArrayTask {
  readonly shard: ToldNumber;
  /** Null: nothing tells it. */
  readonly shards: ToldNumber | null;
}

/**
 * The shard of `--shard auto`. The index of the task is the number of the shard, as it is: a task that is started again
 * alone is the same shard. So the number of shards follows only from an array that begins at 0 and leaves nothing out;
 * else it has to be given.
 *
 * @param hasShards the number of shards is given
 * @throws {ConfigError} when no variable tells it, more than one orchestrator does, or one has what is no number
 */
export function readArrayTask(
  environment: Pick<Environment, "get">,
  hasShards: boolean,
): ArrayTask {
  const found = ORCHESTRATORS.filter(({ shard }) =>
    valueOf(environment, shard) !== ""
  );
  const [orchestrator, other] = found;
  const known = ORCHESTRATORS.map(({ shard }) => shard).join(", ");
  if (orchestrator === undefined) {
    throw new ConfigError(
      "--shard",
      `No variable tells the shard: none of ${known} is set`,
      "Start it as a task of an array, or give the number of the shard",
    );
  }
  if (other !== undefined) {
    throw new ConfigError(
      "--shard",
      `${orchestrator.shard} and ${other.shard} both tell a shard`,
      "Give the number of the shard, or unset one of them",
    );
  }
  const shard = numberOf(environment, orchestrator.shard);
  return {
    shard,
    shards: hasShards ? null : shardsOf(environment, orchestrator),
  };
}

function shardsOf(
  environment: Pick<Environment, "get">,
  { name, sizes }: Orchestrator,
): ToldNumber {
  const remedy = "Give --shards COUNT, or set PACEMAP_SHARDS";
  if (sizes === null) {
    const reason = `${name} does not tell how many shards there are`;
    throw new ConfigError("--shards", reason, remedy);
  }
  const [count, first, last] = [sizes.count, sizes.first, sizes.last].map(
    (variable) => numberOf(environment, variable),
  );
  if (
    Number(first!.text) === 0 && Number(last!.text) + 1 === Number(count!.text)
  ) {
    return count!;
  }
  throw new ConfigError(
    "--shards",
    `The array has ${count!.text} tasks from ${first!.text} to ${
      last!.text
    }, which does not tell how many shards there are`,
    `${remedy}; or start an array from 0 that leaves nothing out`,
  );
}

function numberOf(
  environment: Pick<Environment, "get">,
  variable: string,
): ToldNumber {
  const text = valueOf(environment, variable);
  if (/^\d{1,9}$/.test(text)) return { text, variable };
  throw new ConfigError(
    variable,
    text === ""
      ? "The variable is not set"
      : `Cannot read ${JSON.stringify(text)} as the number of a task`,
    "Give --shard and --shards as numbers",
  );
}

function valueOf(
  environment: Pick<Environment, "get">,
  variable: string,
): string {
  try {
    return environment.get(variable) ?? "";
  } catch (error) {
    throw new ConfigError(
      variable,
      "Cannot read the variable, which may tell the shard",
      `Add --allow-env=${variable}, as deno task pacemap does, or give the number of the shard`,
      error,
    );
  }
}
