// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import { NSENTER, UNSHARE } from "../../src/demo/mod.ts";
import { runOutside } from "./namespace.ts";
import { networkTest, pacemapCommand } from "./network_fixture.ts";

/** Deno writes each use of a permission into the file that it names; an executable does not. */
const AUDIT = "DENO_AUDIT_PERMISSIONS";
/** Allows no namespace to the command that it runs. */
const NO_NAMESPACES = [
  ...["unshare", "--user", "--map-root-user", "sh", "-euc"],
  'echo 0 >/proc/sys/user/max_net_namespaces; exec "$@"',
  "sh",
];
/** What the program is written in, which Deno reads by itself. */
const MODULE = /^file:|\.ts$/;

const OF_TERMINALS: readonly string[] = ["FORCE_COLOR", "NO_COLOR", "TERM"];

/** A use of a permission: which one, and of what. */
type Use = readonly [permission: string, value: string | null];

networkTest(
  "permissions: each that deno.json grants is used, and each that is used is granted",
  async ({ scanner }) => {
    // An executable writes no such file.
    if (Deno.env.get("PACEMAP") !== undefined) return;
    const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
    try {
      const list = `${directory}/list`;
      await Deno.writeTextFile(list, "198.18.0.0/30\n");
      const config = `${directory}/config`;
      await Deno.writeTextFile(config, "target-ports = 80\n");
      const inNetwork = async (...args: string[]): Promise<void> => {
        const [program, ...rest] = audited(`${directory}/${args[0]}`, args);
        await scanner.spawn(program!, rest).status;
      };
      const outside = async (
        name: string,
        wrapper: readonly string[],
        args: readonly string[],
      ): Promise<string> => {
        const command = audited(`${directory}/${name}`, args);
        return (await runOutside([...wrapper, ...command])).stderr;
      };
      const scan = ["-p", "80", "-c", "0", "-b", "/dev/null", "-w", list];
      const [refusal] = await Promise.all([
        outside("network", NO_NAMESPACES, ["demo"]),
        inNetwork("-q", ...scan, "-o", `${directory}/rows`),
        inNetwork("doctor", "-i", "up0"),
        inNetwork("blocklist", "-b", list),
        inNetwork("iterate", "-b", "/dev/null", "-w", list),
        // Where nobody answers.
        outside("names", [...NO_NETWORK, "env", ...ARRAY_TASK], [
          ...["--dryrun", "-C", config, "-e", "1", "--shard", "auto"],
          "no.example",
        ]),
      ]);
      // Deno does not write of programs. `demo` runs both, and says what became of one.
      assert.match(refusal, /unshare\(CLONE_NEWNET\) is refused/);
      const uses = new Map<string, readonly Use[]>();
      for (
        const name of [
          ...["-q", "doctor", "blocklist", "iterate", "names", "network"],
        ]
      ) uses.set(name, await readUses(`${directory}/${name}`));
      assertAsGranted([...uses.values()].flat());
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

const NO_NETWORK = [UNSHARE, "--user", "--map-root-user", "--net"];
/** The only task of an array. */
const ARRAY_TASK = [
  ...["SLURM_ARRAY_TASK_ID=0", "SLURM_ARRAY_TASK_COUNT=1"],
  ...["SLURM_ARRAY_TASK_MIN=0", "SLURM_ARRAY_TASK_MAX=0"],
];

function audited(path: string, args: readonly string[]): string[] {
  const variables = [`${AUDIT}=${path}`, "NOTIFY_SOCKET=/nowhere"];
  return ["env", ...variables, ...pacemapCommand(args)];
}

async function readUses(path: string): Promise<Use[]> {
  const lines = (await Deno.readTextFile(path)).trim().split("\n");
  return lines.map((line): Use => {
    const { permission, value } = JSON.parse(line);
    return [permission, value];
  }).filter(([, value]) => !MODULE.test(value ?? ""));
}

/** Compares what is used with what is granted, and prints both. */
function assertAsGranted(uses: readonly Use[]): void {
  const text = Deno.readTextFileSync(
    new URL("../../deno.json", import.meta.url),
  );
  const granted: Readonly<Record<string, boolean | readonly string[]>> =
    JSON.parse(text).permissions.default;
  const used = Map.groupBy(uses, ([permission]) => permission);
  const { run, ...others } = granted;
  assert.deepEqual(run, [UNSHARE, NSENTER]);
  assert.deepEqual([...used.keys()].sort(), Object.keys(others).sort());
  for (const [permission, scope] of Object.entries(others)) {
    const values = new Set(used.get(permission)!.map(([, value]) => value));
    const times = used.get(permission)!.length;
    const table = [permission, scope, times, [...values].join(" ")];
    console.log(table.join("\t"));
    if (scope === true) continue;
    // Variables of options are read where they are set, those of terminals where there is one.
    const expected = (scope as string[]).filter((name) =>
      values.has(name) ||
      !(name.startsWith("PACEMAP_") || OF_TERMINALS.includes(name))
    );
    assert.deepEqual([...values].sort(), expected.sort());
  }
}
