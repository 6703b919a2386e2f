import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { ConfigError } from "../base/mod.ts";
import { readArguments, splitArguments } from "./arguments.ts";
import { readArrayTask } from "./array_task.ts";
import { type EffectiveConfig, effectiveConfig } from "./config_command.ts";
import type { OptionValues } from "./options.ts";
import { gatherSettings } from "./settings.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

type Variables = Readonly<Record<string, string>>;

const SLURM = (
  id: string,
  count: string,
  min: string,
  max: string,
): Variables => ({
  SLURM_ARRAY_TASK_ID: id,
  SLURM_ARRAY_TASK_COUNT: count,
  SLURM_ARRAY_TASK_MIN: min,
  SLURM_ARRAY_TASK_MAX: max,
});

function read(
  variables: Variables,
  hasShards: boolean,
): readonly [string, string | null] {
  const get = (name: string): string | undefined => variables[name];
  const { shard, shards } = readArrayTask({ get }, hasShards);
  return [shard.text, shards?.text ?? null];
}

function errorOf(variables: Variables, hasShards: boolean): ConfigError {
  try {
    read(variables, hasShards);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("No error");
}

Deno.test("readArrayTask() takes the index as it is, and the size of a whole array", () => {
  assert.deepEqual(read({ JOB_COMPLETION_INDEX: "7" }, true), ["7", null]);
  assert.deepEqual(read({ AWS_BATCH_JOB_ARRAY_INDEX: "0" }, true), ["0", null]);
  assert.deepEqual(read(SLURM("3", "64", "0", "63"), false), ["3", "64"]);
  // A task that is started again alone is the same shard.
  assert.deepEqual(read(SLURM("3", "1", "3", "3"), true), ["3", null]);
});

Deno.test("readArrayTask() guesses neither a shard nor their number", () => {
  assert.match(
    errorOf({}, true).message,
    /none of JOB_COMPLETION_INDEX, SLURM/,
  );
  assert.equal(errorOf({ JOB_COMPLETION_INDEX: "" }, true).option, "--shard");
  assert.match(
    errorOf({ JOB_COMPLETION_INDEX: "1", AWS_BATCH_JOB_ARRAY_INDEX: "2" }, true)
      .message,
    /JOB_COMPLETION_INDEX and AWS_BATCH_JOB_ARRAY_INDEX both/,
  );
  for (
    const variables of [
      { JOB_COMPLETION_INDEX: "1" },
      { AWS_BATCH_JOB_ARRAY_INDEX: "1" },
      SLURM("3", "1", "3", "3"),
      SLURM("1", "64", "1", "64"),
      SLURM("2", "32", "0", "62"),
    ]
  ) {
    const { option, remedy } = errorOf(variables, false);
    assert.equal(option, "--shards");
    assert.match(remedy, /PACEMAP_SHARDS/);
  }
  for (const text of ["-1", "1.5", "seven", "0x1"]) {
    assert.equal(
      errorOf({ JOB_COMPLETION_INDEX: text }, true).option,
      "JOB_COMPLETION_INDEX",
    );
  }
});

/** What is in force with this command line and these variables. */
async function inForce(
  words: string[],
  variables: Variables,
): Promise<{
  readonly values: OptionValues;
  readonly options: EffectiveConfig["options"];
  readonly words: readonly string[];
}> {
  const { files, raw } = await gatherSettings(splitArguments(words), {
    environment: {
      names: (prefix) =>
        Object.keys(variables).filter((name) => name.startsWith(prefix)),
      get: (name) => variables[name],
    },
    systemFile: "/nonexistent/pacemap.conf",
  });
  return {
    values: readArguments(raw).values,
    options: effectiveConfig(raw, files).options,
    words: raw.words ?? [],
  };
}

Deno.test("gatherSettings() reads an array's variables only for --shard auto", async () => {
  const stray = { JOB_COMPLETION_INDEX: "5", ...SLURM("3", "64", "0", "63") };
  const { values } = await inForce(["-p", "80"], stray);
  assert.deepEqual([values.shard, values.shards], [0, 1]);
  const given = ["--shard", "2", "--shards", "4"];
  assert.equal((await inForce(given, stray)).values.shard, 2);
});

Deno.test("gatherSettings() says which variable tells the shard, and keeps the shard for a resumed scan", async () => {
  const words = ["--shard=auto", "-e", "from:x", "192.0.2.0/24", "-p80"];
  const slurm = await inForce(words, SLURM("3", "64", "0", "63"));
  assert.deepEqual([slurm.values.shard, slurm.values.shards], [3, 64]);
  const { shard, shards } = slurm.options;
  assert.deepEqual(
    [shard, shards].map((option) => [option?.source, option?.place]),
    [
      ["environment", "SLURM_ARRAY_TASK_ID"],
      ["environment", "SLURM_ARRAY_TASK_COUNT"],
    ],
  );
  const again = readArguments(splitArguments(slurm.words));
  assert.equal(again.values.shard, 3);
  assert.equal(again.values.shards, 64);
  assert.deepEqual(again.targets, ["192.0.2.0/24"]);
  assert.equal(again.values.seed, slurm.values.seed);
  // From a variable as from the command line; PACEMAP_SHARDS is stronger than the size of the array.
  const kubernetes = await inForce(["-p", "80"], {
    ...{ PACEMAP_SHARD: "auto", PACEMAP_SHARDS: "16" },
    JOB_COMPLETION_INDEX: "9",
  });
  const { values } = kubernetes;
  assert.deepEqual([values.shard, values.shards], [9, 16]);
  assert.equal(kubernetes.options.shards?.place, "PACEMAP_SHARDS");
});
