import assert from "node:assert/strict";
import { statusColumns } from "../../src/monitor/mod.ts";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { NETWORK, runHere } from "./dry_run.ts";
import {
  assertLines,
  assertSchema,
  readSchema,
  type SchemaName,
} from "./schemas.ts";

Deno.test("schemas have stable names, and describe each status column", () => {
  const directory = new URL("../../schemas/", import.meta.url);
  for (const { name } of Deno.readDirSync(directory)) {
    const short = name.replace(/\.schema\.json$/, "") as SchemaName;
    assert.equal(readSchema(short).$id, `urn:pacemap:schema:${short}`);
  }
  const { properties } = readSchema("status-row");
  assert.deepEqual(
    Object.keys(properties as object),
    statusColumns("json").map(({ name }) => name),
  );
});

Deno.test("assertSchema() finds what is missing, wrong or not described", () => {
  const line = {
    time: "2026-01-01T00:00:00.000Z",
    level: "info",
    stage: "scan",
    message: "",
    fields: { any: 1 },
  };
  assertSchema("log-line", line);
  for (
    const wrong of [
      { ...line, more: 1 },
      { ...line, level: "INFO" },
      { ...line, time: "Jan 05" },
      { ...line, message: undefined },
    ]
  ) {
    assert.throws(() => assertSchema("log-line", wrong), assert.AssertionError);
  }
});

Deno.test("a dry run, its summary, log, status and metadata are as their schemas say", async () => {
  using directory = new TestDirectory();
  const { path } = directory;
  const conf = directory.write("conf", 'output-filter = ""\n');
  const { code, stderr, stdout } = await runHere(
    [
      ...["--dryrun", "-p", "53,80", "-M", "udp", "--probe-args", "text:a"],
      ...["-r", "auto", "-C", conf, "--notes", "n", "-L", path, "-n", "300"],
      ...["-u", `${path}/status.json`, "-m", `${path}/meta`, "--json"],
      ...["--summary-file", "-", "-o", "/dev/null", ...NETWORK],
      ...["--user-metadata", "[1]", "8.8.8.0/24", "9.9.9.9"],
    ],
    null,
    'shift; PACEMAP_LOG_FORMAT=json PACEMAP_QUIET=yes exec "$@"',
  );
  assert.equal(code, 0, stderr);
  const last = JSON.parse(stderr.trimEnd().split("\n").at(-1)!);
  assertSchema("summary", last);
  assert.equal(last.summary.packets_sent, 300);
  assert.equal(last.summary.ledger.frames.made, 300);
  assert.deepEqual(JSON.parse(stdout.trimEnd().split("\n").at(-1)!), last);
  assertSchema("metadata", JSON.parse(Deno.readTextFileSync(`${path}/meta`)));
  assertLines("status-row", Deno.readTextFileSync(`${path}/status.json`));
  const log = [...Deno.readDirSync(path)].find(({ name }) =>
    name.endsWith(".log")
  )!;
  const lines = assertLines(
    "log-line",
    Deno.readTextFileSync(`${path}/${log.name}`),
  );
  assert.ok(lines.length > 0);
});

Deno.test("errors before a scan are told in JSON, with the exit code", async () => {
  using directory = new TestDirectory();
  const file = `${directory.path}/summary`;
  directory.write("summary", '{"version":"0.0.0"}\n');
  const { code, stderr } = await runHere(
    ["-p", "80", "--log-format", "json", "--summary-file", file, "192.0.2.1"],
    null,
    'shift; PACEMAP_RTAE=500 exec "$@"',
  );
  assert.equal(code, 2);
  const [line] = assertLines("log-line", stderr) as { message: string }[];
  assert.match(line!.message, /^No option has this variable/);
  const summary = JSON.parse(Deno.readTextFileSync(file));
  assertSchema("summary", summary);
  assert.equal(summary.exit_code, 2);
  assert.equal(summary.error.place, "PACEMAP_RTAE");
  assert.match(summary.error.remedy, /PACEMAP_RATE/);
  // What is no summary is not replaced while the options are not known to be right.
  const list = directory.write("list", "192.0.2.1\n");
  const refused = await runHere(["--summary-file", list, "--bogus"]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /holds something else than a summary/);
  assert.equal(Deno.readTextFileSync(list), "192.0.2.1\n");
});

Deno.test("--version and config tell programs what they are, as their schemas say", async () => {
  const version = await runHere(["--version", "--json"]);
  assertSchema("version", JSON.parse(version.stdout));
  using directory = new TestDirectory();
  directory.write("pacemap.conf", "rate 5\nprobes = 2\nquiet\n");
  Deno.mkdirSync(`${directory.path}/pacemap`);
  Deno.renameSync(
    `${directory.path}/pacemap.conf`,
    `${directory.path}/pacemap/pacemap.conf`,
  );
  const script =
    `shift; XDG_CONFIG_HOME="${directory.path}" PACEMAP_RATE=500 exec "$@"`;
  const { stdout } = await runHere(["config", "-q", "--json"], null, script);
  const config = JSON.parse(stdout);
  assertSchema("config", config);
  const { options } = config;
  const places = ["rate", "probes", "quiet", "batch"].map((
    name,
  ) => [options[name].value, options[name].source]);
  assert.deepEqual(places, [
    ["500", "environment"],
    ["2", "file"],
    [true, "command-line"],
    ["64", "default"],
  ]);
});
