import assert from "node:assert/strict";
import {
  type Host,
  kill,
  Network,
  PROMETHEUS,
  TEST_REQUIREMENTS,
} from "../../src/demo/mod.ts";
import type { ScanView } from "../../src/watch/view.ts";
import { runOutside } from "./namespace.ts";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { NETWORK, runHere } from "./dry_run.ts";
import { networkTest, rowsOf, startPacemap } from "./network_fixture.ts";
import { assertSchema } from "./schemas.ts";
import { findSkipReason, testUnless } from "./skip.ts";
import { GrowingText, until } from "./until.ts";
import { ask, attack, followEvents } from "./watch_clients.ts";

const SKIP_REASON = await findSkipReason([...TEST_REQUIREMENTS, PROMETHEUS]);
const CONTRIB = new URL("../../contrib/", import.meta.url).pathname;
/** Hosts that answer. */
const RANGE = "198.18.0.0/19";
const HOSTS = 8192;
const SCAN = ["-M", "icmp_echoscan", "-b", "/dev/null", "-r", "4000", RANGE];
const ADDRESS = "127.0.0.1:8080";
const DATABASE = "127.0.0.1:9090";

interface Metadata {
  readonly packets_sent: number;
  readonly success_unique: number;
  readonly success_total: number;
  readonly output_results: number;
  readonly targets_scanned: number;
  readonly loss: {
    readonly places: Readonly<Record<string, number>>;
    readonly coverage_estimate: number | null;
  };
}

testUnless(
  SKIP_REASON,
  "--listen and --metrics-file: a real Prometheus has what the metadata have, and promtool nothing to say",
  async () => {
    const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
    await Deno.chmod(directory, 0o777);
    await using network = await Network.create();
    const { scanner } = network;
    const prometheus = await startPrometheus(scanner, directory);
    try {
      const file = `${directory}/pacemap.prom`;
      const scan = startPacemap(scanner, [
        ...[...SCAN, "-c", "3", "-q", "--listen", ADDRESS],
        ...["--metrics-file", file, "-m", `${directory}/meta`, "-o", "-"],
      ]);
      const { code, stderr } = await endOf(scan);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /Watch the scan at http:\/\/127\.0\.0\.1:8080\//);
      const meta: Metadata = JSON.parse(
        await Deno.readTextFile(`${directory}/meta`),
      );
      assert.equal(meta.success_unique, HOSTS);
      const text = await Deno.readTextFile(file);
      const written = valuesOf(text);
      const scraped = await queryDatabase(
        scanner,
        'last_over_time({__name__=~"pacemap_.+"}[1m])',
      );
      // What does not change any more while late answers are waited for.
      for (const [metric, value] of Object.entries(figuresOf(meta))) {
        assert.equal(written.get(metric), String(value), metric);
        assert.equal(scraped.get(metric), String(value), metric);
      }
      assert.equal(written.get('pacemap_scan_phase{phase="done"}'), "1");
      assert.equal(
        Number(written.get("pacemap_coverage_ratio")),
        meta.loss.coverage_estimate,
      );
      const checked = await scanner.run("promtool", ["check", "metrics"], text);
      assert.equal(checked, "");
      const expressions = await dashboardExpressions();
      const shown = await queryDatabase(
        scanner,
        expressions.map((one) => `(${one})`).join(" or "),
        await lastScrapeS(scanner),
      );
      assert.ok(shown.size > expressions.length, [...shown.keys()].join("\n"));
    } finally {
      kill(prometheus, "SIGKILL");
      await prometheus.status;
      await Deno.remove(directory, { recursive: true });
    }
  },
);

testUnless(
  SKIP_REASON,
  "contrib: the alert rules tell what they are to tell, as promtool sees it",
  async () => {
    const rules = `${CONTRIB}prometheus`;
    for (
      const args of [
        ["check", "rules", `${rules}/alerts.yml`],
        ["test", "rules", `${rules}/alerts_test.yml`],
      ]
    ) {
      const { code, stderr, stdout } = await runOutside(["promtool", ...args]);
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /SUCCESS/);
    }
  },
);

networkTest(
  "--listen: whatever clients do, the scan finds the same, and its memory is bounded",
  async ({ scanner }) => {
    const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
    try {
      const path = `${directory}/socket`;
      const scan = startPacemap(scanner, [
        ...[...SCAN, "-c", "1", "-q", "--listen", `unix:${path}`],
        ...["-m", `${directory}/meta`, "-o", `${directory}/rows`],
        ...["--no-checkpoint", "-O", "csv"],
      ]);
      const end = endOf(scan);
      await until(scan, () => Deno.statSync(path).isSocket === true);
      const events = followEvents(path);
      const first = JSON.parse(await whenReady(path)) as ScanView;
      assertSchema("watch", first);
      const attacks = await attack(path);
      assert.equal(attacks.wrongAnswers, "");
      // One who asks properly is answered all the same.
      const later = JSON.parse(await ask(path, "/api/status")) as ScanView;
      assert.equal(later.scan.started_at, first.scan.started_at);
      attacks.leave();
      const { code, stderr } = await end;
      assert.equal(code, 0, stderr);
      const rows = rowsOf(await Deno.readTextFile(`${directory}/rows`));
      assert.equal(new Set(rows).size, HOSTS);
      const meta: Metadata = JSON.parse(
        await Deno.readTextFile(`${directory}/meta`),
      );
      const { views, isEnded } = await events;
      assert.ok(isEnded && views.length >= 3, `${views.length} views`);
      for (const view of views) assertSchema("watch", view);
      const last = views.at(-1)!;
      assert.equal(last.phase, "done");
      assert.equal(last.packets_sent, meta.packets_sent);
      assert.equal(last.hits, HOSTS);
      assert.deepEqual(
        Object.fromEntries(last.lost.map(({ place, total }) => [place, total])),
        meta.loss.places,
      );
      const { peak_bytes: peak } = last.memory;
      assert.ok(peak! < first.memory.resident_bytes! + (200 << 20), `${peak}`);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

Deno.test("--listen and --metrics-file: what cannot be is said before anything is done; an old socket is no hindrance", async () => {
  using directory = new TestDirectory();
  const { path } = directory;
  const file = directory.write("file", "precious");
  const old = `unix:${path}/old`;
  Deno.listen({ transport: "unix", path: `${path}/old` }).close();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const dryRun = ["--dryrun", "-q", "-p", "80", "-n", "1", ...NETWORK];
  const run = (...args: string[]): ReturnType<typeof runHere> =>
    runHere([...dryRun, "-b", "/dev/null", "192.0.2.9", ...args]);
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["--listen", "nowhere:80", /Cannot listen at "nowhere"/],
    ["--listen", `127.0.0.1:${port}`, /Cannot listen at .*in use/],
    ["--listen", `unix:${file}`, /this is no socket/],
    ["--metrics-file", path, /Cannot write .*is a directory/],
    ["--metrics-file", "-", /Cannot write .*it is no file/],
  ];
  const [ended, ...refused] = await Promise.all([
    run("--listen", old, "--metrics-file", `${path}/metrics`),
    ...cases.map(([option, value]) => run(option, value)),
  ]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(
    await Deno.readTextFile(`${path}/metrics`),
    /^pacemap_packets_sent_total 1$/m,
  );
  for (const [i, { code, stderr, stdout }] of refused.entries()) {
    const [option, , message] = cases[i]!;
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.ok(stderr.startsWith(`pacemap: ${option}: `), stderr);
    assert.match(stderr, message);
  }
  assert.equal(await Deno.readTextFile(file), "precious");
});

/** Waits for the first view. */
async function whenReady(path: string): Promise<string> {
  for (;;) {
    const text = await ask(path, "/api/status");
    if (text.startsWith("{")) return text;
  }
}

async function endOf(
  scan: Deno.ChildProcess,
): Promise<{ readonly code: number; readonly stderr: string }> {
  const texts = [scan.stdout, scan.stderr].map((one) => new GrowingText(one));
  const [{ code }, , stderr] = await Promise.all([
    scan.status,
    ...texts.map(({ whole }) => whole),
  ]);
  return { code, stderr: stderr! };
}

/** Starts a Prometheus that looks at the scan twice a second, with the rules for alerts. */
async function startPrometheus(
  host: Host,
  directory: string,
): Promise<Deno.ChildProcess> {
  const config = `${directory}/prometheus.yml`;
  await Deno.writeTextFile(
    config,
    `global: { scrape_interval: 500ms, scrape_timeout: 500ms }
rule_files: ["${CONTRIB}prometheus/alerts.yml"]
scrape_configs:
  - job_name: pacemap
    static_configs: [{ targets: ["${ADDRESS}"] }]
`,
  );
  const child = host.spawn("prometheus", [
    `--config.file=${config}`,
    `--storage.tsdb.path=${directory}/database`,
    `--web.listen-address=${DATABASE}`,
    "--log.level=error",
  ]);
  for (;;) {
    try {
      await queryDatabase(host, "vector(1)");
      return child;
    } catch {
      // It has not started yet.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** When Prometheus has seen the scan last, in Unix time. */
async function lastScrapeS(host: Host): Promise<number> {
  const expression = "max(max_over_time(timestamp(pacemap_info)[1m:100ms]))";
  return Number((await queryDatabase(host, expression)).get(""));
}

/** The values of an expression, now or at a time, by names and labels as the metrics have them. */
async function queryDatabase(
  host: Host,
  expression: string,
  atS = Date.now() / 1000,
): Promise<ReadonlyMap<string, string>> {
  const time = `--time=${atS.toFixed(3)}`;
  const args = ["query", "instant", time, `http://${DATABASE}`, expression];
  const text = await host.run("promtool", args);
  const lines = [...text.matchAll(/^(.*) => (\S+) @/gm)];
  return new Map(lines.map(([, series = "", value = ""]) => {
    const name = series.replaceAll(/(?:instance|job)="[^"]*"/g, "")
      .replaceAll(/(?:, )+/g, ",").replace(/\{,?/, "{").replace(/,?\}/, "}")
      .replace("{}", "");
    return [name, value];
  }));
}

/** What is equal in metadata and metrics. */
function figuresOf(meta: Metadata): Record<string, number> {
  const lost = Object.entries(meta.loss.places).map(([place, count]) =>
    [`pacemap_lost_total{place="${place}"}`, count] as const
  );
  return {
    pacemap_packets_sent_total: meta.packets_sent,
    pacemap_hits_total: meta.success_unique,
    'pacemap_answers_total{class="success"}': meta.success_total,
    pacemap_rows_total: meta.output_results,
    'pacemap_targets{state="probed"}': meta.targets_scanned,
    ...Object.fromEntries(lost),
  };
}

function valuesOf(text: string): Map<string, string> {
  const lines = text.trimEnd().split("\n").filter((line) => line[0] !== "#");
  return new Map(lines.map((line) => {
    const at = line.lastIndexOf(" ");
    return [line.slice(0, at), line.slice(at + 1)];
  }));
}

/** All that the dashboard asks for, its variables replaced. */
async function dashboardExpressions(): Promise<string[]> {
  const text = await Deno.readTextFile(`${CONTRIB}grafana/pacemap.json`);
  const { panels } = JSON.parse(text) as {
    panels: { targets: { expr: string }[] }[];
  };
  const found = panels.flatMap(({ targets }) =>
    targets.map(({ expr }) => expr)
  );
  assert.ok(found.length > 10);
  return found.map((expr) =>
    expr.replaceAll(/\$instance|\$job/g, ".*").replaceAll(
      "$__rate_interval",
      "1m",
    )
  );
}
