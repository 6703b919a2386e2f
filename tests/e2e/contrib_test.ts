import assert from "node:assert/strict";
import { load as parse } from "js-yaml";
import { completeLibc } from "../../ffi/libc.ts";
import { readArguments, splitArguments } from "../../src/cli/arguments.ts";
import { gatherSettings } from "../../src/cli/settings.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

const CONTRIB = new URL("../../contrib/", import.meta.url);

function textOf(path: string): string {
  return Deno.readTextFileSync(new URL(path, CONTRIB));
}

/** What a command line comes to with these variables. */
async function valuesOf(
  words: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<ReturnType<typeof readArguments>["values"]> {
  const { raw } = await gatherSettings(splitArguments(words), {
    environment: {
      names: (prefix) =>
        Object.keys(variables).filter((name) => name.startsWith(prefix)),
      get: (name) => variables[name],
    },
    systemFile: "/nonexistent",
  });
  return readArguments(raw).values;
}

/** The words of the first call of pacemap in a script, without its own variables and redirections. */
function wordsIn(script: string): string[] {
  const [, rest = ""] = script.replaceAll("\\\n", " ")
    .split(/^\s*(?:exec |ExecStart=\/usr\/bin\/)?pacemap /m);
  return rest.split("\n")[0]!.trim().split(/\s+/)
    .filter((word) => word !== "&" && word !== '"$@"')
    .map((word) => word.replaceAll('"', ""));
}

Deno.test("contrib/kubernetes is an Indexed Job whose failures are those of exit codes", async () => {
  const job = parse(textOf("kubernetes/job.yaml"));
  const { spec } = job;
  assert.deepEqual([job.apiVersion, job.kind], ["batch/v1", "Job"]);
  assert.equal(spec.completionMode, "Indexed");
  assert.ok(spec.backoffLimitPerIndex > 0);
  // backoffLimitPerIndex and podFailurePolicy need it.
  assert.equal(spec.template.spec.restartPolicy, "Never");
  const [container] = spec.template.spec.containers;
  const codes = spec.podFailurePolicy.rules.flatMap((
    { action, onExitCodes }: {
      action: string;
      onExitCodes?: { containerName: string; values: number[] };
    },
  ) => {
    if (onExitCodes === undefined) return [];
    assert.equal(onExitCodes.containerName, container.name);
    return [[action, ...onExitCodes.values]];
  });
  assert.deepEqual(codes, [["FailIndex", 2, 3], ["Count", 1, 137]]);
  const { securityContext } = container;
  assert.deepEqual(securityContext.capabilities, {
    drop: ["ALL"],
    add: ["NET_RAW"],
  });
  assert.equal(securityContext.readOnlyRootFilesystem, true);
  assert.equal(securityContext.allowPrivilegeEscalation, false);
  const volumes = spec.template.spec.volumes.map((one: { name: string }) =>
    one.name
  );
  for (const { name } of container.volumeMounts) {
    assert.ok(volumes.includes(name), name);
  }
  const shards = container.env.find((one: { name: string }) =>
    one.name === "PACEMAP_SHARDS"
  );
  assert.equal(Number(shards.value), spec.completions);
  // The scan of a pod, as its script starts it.
  const words = wordsIn(container.command[2]);
  const options = new URL("kubernetes/options.conf", CONTRIB).pathname;
  const values = await valuesOf(["--config", options, ...words], {
    PACEMAP_SHARDS: shards.value,
    JOB_COMPLETION_INDEX: "3",
  });
  assert.deepEqual([values.shard, values.shards], [3, spec.completions]);
  assert.equal(values.resume, true);
  assert.notEqual(values.seed, null);
  assert.equal(
    values.metadataFile,
    "/results/shard-$JOB_COMPLETION_INDEX.json",
  );
});

Deno.test("contrib/kubernetes has all that its kustomization names", () => {
  const { configMapGenerator, resources } = parse(
    textOf("kubernetes/kustomization.yaml"),
  );
  const claim = parse(textOf("kubernetes/results.yaml"));
  const job = parse(textOf("kubernetes/job.yaml"));
  assert.deepEqual(resources, ["job.yaml", "results.yaml"]);
  const [map] = configMapGenerator;
  for (const file of map.files) textOf(`kubernetes/${file}`);
  const named = JSON.stringify(job.spec.template.spec.volumes);
  assert.ok(named.includes(`"${map.name}"`));
  assert.ok(named.includes(`"${claim.metadata.name}"`));
});

Deno.test("contrib/slurm and contrib/systemd start shards of one scan", async () => {
  const script = textOf("slurm/scan.sbatch");
  const shards = /^export PACEMAP_SHARDS=(\d+)$/m.exec(script)![1]!;
  assert.equal(/--array=0-(\d+)/.exec(script)![1], String(Number(shards) - 1));
  const task = await valuesOf(wordsIn(script), {
    PACEMAP_SHARDS: shards,
    SLURM_ARRAY_TASK_ID: "7",
    SLURM_ARRAY_TASK_COUNT: "1",
    SLURM_ARRAY_TASK_MIN: "7",
    SLURM_ARRAY_TASK_MAX: "7",
  });
  assert.deepEqual([task.shard, task.shards], [7, Number(shards)]);
  const conf = new URL("systemd/fleet.conf", CONTRIB).pathname;
  const words = wordsIn(textOf("systemd/pacemap-shard@.service")).map((word) =>
    word.replaceAll("%i", "2").replace("/etc/pacemap/fleet.conf", conf)
  );
  const unit = await valuesOf(words, {});
  assert.deepEqual([unit.shard, unit.shards, unit.resume], [2, 4, true]);
  assert.equal(unit.seed, task.seed);
});
