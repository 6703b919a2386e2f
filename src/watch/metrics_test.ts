import assert from "node:assert/strict";
import { VIEW } from "./_test_view.ts";
import { fixedMetricsText, metricsText } from "./metrics.ts";
import type { ScanView } from "./view.ts";

function valuesOf(view: ScanView): Map<string, string> {
  const lines = metricsText(view).trimEnd().split("\n");
  return new Map(
    lines.filter((line) => !line.startsWith("#")).map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

Deno.test("metricsText() has the figures of the view", () => {
  const values = valuesOf(VIEW);
  const expected: Readonly<Record<string, string>> = {
    'pacemap_info{version="0.1.0",probe_module="tcp_synscan",seed_digest="0123456789abcdef"}':
      "1",
    pacemap_scan_start_time_seconds: "1767323045.678",
    'pacemap_scan_phase{phase="sending"}': "1",
    'pacemap_scan_phase{phase="done"}': "0",
    'pacemap_limit{limit="path"}': "1",
    'pacemap_rate_packets_per_second{kind="asked"}': "+Inf",
    'pacemap_rate_packets_per_second{kind="sent"}': "990.5",
    pacemap_packets_sent_total: "1001",
    'pacemap_frames_total{outcome="given_up"}': "1",
    'pacemap_packets_captured_total{kind="damaged"}': "3",
    'pacemap_answers_total{class="success"}': "90",
    'pacemap_answers_unique_total{class="failure"}': "8",
    'pacemap_answers_set_aside_total{reason="follow_up"}': "12",
    'pacemap_lost_total{place="receive: ring"}': "6",
    'pacemap_path_loss_ratio{bound="high"}': "0.03",
    pacemap_coverage_ratio: "0.98",
    'pacemap_targets{state="waiting"}': "500",
    pacemap_output_lag_bytes: "4096",
    'pacemap_thread_processor_seconds_total{thread="sender 0"}': "20.25",
    pacemap_checkpoint_age_seconds: "12.5",
    'pacemap_family_packets_sent_total{family="ipv4"}': "1001",
  };
  for (const [name, value] of Object.entries(expected)) {
    assert.equal(values.get(name), value, name);
  }
  // The total of what was captured is the sum of its kinds.
  assert.ok(![...values.keys()].some((name) => name.includes('captured"')));
});

Deno.test("metricsText() leaves out what is not known", () => {
  const values = valuesOf({
    ...VIEW,
    seconds_left: null,
    hit_rate: null,
    path_loss: null,
    coverage: null,
    checkpoint: null,
    memory: { resident_bytes: null, peak_bytes: null },
    rates: { ...VIEW.rates, asked: "auto", allowed: 0 },
  });
  for (const name of values.keys()) {
    assert.ok(
      !/remaining|hit_ratio|path_loss|coverage|checkpoint|memory|"asked"/.test(
        name,
      ),
      name,
    );
  }
  const allowed = 'pacemap_rate_packets_per_second{kind="allowed"}';
  assert.equal(values.get(allowed), "+Inf");
});

Deno.test("metricsText() names its metrics as Prometheus wants it, and no address or port", () => {
  const lines = metricsText(VIEW).trimEnd().split("\n");
  const types = new Map<string, string>();
  for (const [i, line] of lines.entries()) {
    const type = /^# TYPE (\S+) (counter|gauge)$/.exec(line);
    if (type === null) continue;
    const [, name = "", kind = ""] = type;
    assert.match(name, /^pacemap_[a-z_]+$/);
    assert.ok(!types.has(name), name);
    types.set(name, kind);
    assert.equal(kind === "counter", name.endsWith("_total"), name);
    assert.match(lines[i - 1]!, new RegExp(`^# HELP ${name} [A-Z1].*\\.$`));
  }
  for (const line of lines.filter((line) => !line.startsWith("#"))) {
    const [, name = "", labels = ""] = /^([a-z_]+)(?:\{(.*)\})? /.exec(line) ??
      [];
    assert.ok(types.has(name), line);
    assert.ok(!/addr|port=|host/.test(labels), line);
  }
});

Deno.test("metricsText() escapes what stands in labels", () => {
  const scan = { ...VIEW.scan, probe_module: 'a"b\\c\nd' };
  assert.ok(
    metricsText({ ...VIEW, scan }).includes('probe_module="a\\"b\\\\c\\nd"'),
  );
});

Deno.test("fixedMetricsText() has each line at the same place, in one piece of the file", () => {
  const unknown: ScanView = {
    ...VIEW,
    packets_sent: 1,
    progress: 0.12345678901234568,
    seconds_left: null,
    hit_rate: null,
    path_loss: null,
    coverage: null,
    checkpoint: null,
    rates: { ...VIEW.rates, asked: "auto" },
  };
  const texts = [fixedMetricsText(VIEW), fixedMetricsText(unknown)];
  const places = texts.map((text) => {
    const found: string[] = [];
    for (const line of text.matchAll(/^(\S[^\n]*?)( +\S+)?\n/gm)) {
      const last = line.index + line[0].length - 1;
      assert.equal(line.index >> 12, last >> 12, line[0]);
      found.push(`${line.index} ${line[1]!.split(" ")[0]}`);
    }
    return found;
  });
  assert.deepEqual(places[0], places[1]);
  assert.equal(texts[0]!.length, texts[1]!.length);
  assert.ok(texts[0]!.length > 4096);
  // Nothing else differs from the other form than spaces, and empty lines.
  const plain = texts[0]!.replaceAll(/ {2,}/g, " ").replaceAll(/\n+/g, "\n");
  assert.equal(plain, metricsText(VIEW));
  assert.match(texts[1]!, /^pacemap_coverage_ratio +NaN$/m);
});
