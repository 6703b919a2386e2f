import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { NETWORK, runHere } from "./dry_run.ts";
import { assertSchema } from "./schemas.ts";

const SCAN = ["--fast-dryrun", "-q", "-p", "80,443", "8.8.0.0/22", ...NETWORK];

Deno.test("pacemap merge proves what shards of an array have covered, and merges their rows", async () => {
  using directory = new TestDirectory();
  const { path } = directory;
  const shards = await Promise.all([0, 1, 2].map((shard) =>
    runHere(
      [
        ...[...SCAN, "-e", "from:fleet", "--shard", "auto"],
        ...["-m", `${path}/${shard}.json`, ...shard === 1 ? ["-n", "300"] : []],
      ],
      null,
      `shift; PACEMAP_SHARDS=3 JOB_COMPLETION_INDEX=${shard} exec "$@"`,
    )
  ));
  for (const { code, stderr } of shards) assert.equal(code, 0, stderr);
  const files = [0, 1, 2].map((shard) => `${path}/${shard}.json`);
  for (const file of files) {
    assertSchema("metadata", JSON.parse(Deno.readTextFileSync(file)));
  }
  const header = "saddr,sport,classification\n";
  const rows = [
    directory.write("a.csv", `${header}9.0.0.2,80,synack\n`),
    directory.write("b.csv", `${header}9.0.0.1,80,rst\n9.0.0.2,80,synack\n`),
  ];
  const merged = await runHere([
    ...["merge", ...files, "--rows", ...rows],
    ...["-o", `${path}/out`, "-m", `${path}/merged`],
  ]);
  // Shard 1 was to leave some out: 100 of its 683 positions are the third of 300.
  assert.equal(merged.code, 1, merged.stderr);
  assert.match(merged.stdout, /missing: 583\n/);
  assert.match(merged.stdout, /783 to 1,365: left out by shard 1/);
  const metadata = JSON.parse(Deno.readTextFileSync(`${path}/merged`));
  assertSchema("merged-metadata", metadata);
  assert.equal(metadata.coverage.covered, 2048 - 583);
  assert.deepEqual(metadata.rows.repeats, 1);
  assert.equal(
    Deno.readTextFileSync(`${path}/out`),
    `${header}9.0.0.1,80,rst\n9.0.0.2,80,synack\n`,
  );
  const wrong = await runHere(["merge", ...files, "--rows", ...rows]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /--rows: Needs --output-file/);
});
