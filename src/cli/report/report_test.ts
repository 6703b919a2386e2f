import assert from "node:assert/strict";
import { ConfigError } from "../../base/mod.ts";
import { TestDirectory } from "../_test_directory.ts";
import { parseReportArguments } from "./arguments.ts";
import { comparisonText, differenceOf, readSide } from "./comparison.ts";
import { comparisonPage } from "./comparison_page.ts";
import { sortInputs } from "./inputs.ts";
import { reportPage } from "./page.ts";
import { rowsOf, splitCsv, type TableRow } from "./table_lines.ts";

const METADATA = JSON.stringify({
  version: "0.1.0",
  exit_reason: "completed",
  packets_sent: 65536,
  targets_scanned: 65536,
  success_unique: 3,
  target_ports: [80],
  probe_module: "tcp_synscan",
  allowlisted_networks: ["198.18.0.0/16", "2001:db8::/32"],
  blocklisted_networks: ["198.18.255.0/24"],
  families: { ipv4: { targets: 65280, targets_scanned: 65280 } },
  loss: { path: null, path_reason: "<none>", places: { "receive: ring": 9 } },
});
const STATUS = `real-time,time-elapsed,sent-last-one-sec,lost-receive-ring
2026-11-30 10:00:01,0,0,0
2026-11-30 10:00:02,1,1000,0
2026-11-30 10:00:03,2,1100,9
`;
const RESULTS = `saddr,sport,classification,success,repeat
198.18.0.1,80,synack,1,0
198.18.0.1,80,synack,1,1
198.18.7.2,80,synack,1,0
198.18.7.3,80,rst,0,0
2001:db8::1,80,synack,1,0
`;

async function all(rows: AsyncIterable<TableRow>): Promise<TableRow[]> {
  return await Array.fromAsync(rows);
}

Deno.test("reportPage() tells what the files tell, in whatever order they come", async () => {
  using directory = new TestDirectory();
  const files = [
    directory.write("rows.csv", RESULTS),
    directory.write("status.csv", STATUS),
    directory.write("meta.json", `${METADATA}\n`),
  ];
  const page = await reportPage(await sortInputs(files));
  assert.match(page, /65,536 targets got their probe, and 3 hosts answered/);
  assert.match(page, /receive: ring: 9/);
  assert.match(page, /&lt;none&gt;/);
  const [, text] = /id="data">([^<]*)</.exec(page)!;
  const { map, series, view } = JSON.parse(text!);
  assert.deepEqual(series.channels.sent.mean, [1000, 1100]);
  assert.deepEqual(series.channels["lost receive: ring"].mean, [0, 9]);
  assert.equal(view.targets.planned, 65280);
  assert.deepEqual(view.top.prefixes, [
    { name: "198.18.0.0/24", count: 1 },
    { name: "198.18.7.0/24", count: 1 },
    { name: "2001:db8::/48", count: 1 },
  ]);
  assert.ok(map.planned.coarse.length > 0);
});

Deno.test("sortInputs() knows files by what is in them, and wants one of each kind", async () => {
  using directory = new TestDirectory();
  const rows = directory.write("a", '{"saddr":"198.18.0.1"}\n');
  const status = directory.write("b", '{"real-time":"x","time-elapsed":1}\n');
  assert.deepEqual(await sortInputs([status, rows]), {
    status,
    results: rows,
  });
  await assert.rejects(
    sortInputs([rows, rows]),
    (error: unknown) => error instanceof ConfigError && error.option === rows,
  );
  await assert.rejects(sortInputs([`${directory.path}/none`]), ConfigError);
});

Deno.test("differenceOf() names hosts gained, lost and moved, whatever the format", async () => {
  using directory = new TestDirectory();
  const before = await readSide(directory.write("a.csv", RESULTS));
  const after = await readSide(
    directory.write(
      "b.json",
      '{"saddr":"198.18.0.1","sport":80,"classification":"synack"}\n' +
        '{"saddr":"198.18.7.2","sport":443,"classification":"synack"}\n' +
        '{"saddr":"198.18.9.9","sport":80,"classification":"synack"}\n',
    ),
  );
  const difference = differenceOf(before, after)!;
  assert.deepEqual(difference.gained, ["198.18.9.9"]);
  assert.deepEqual(difference.lost, ["198.18.7.3", "2001:db8::1"]);
  assert.deepEqual(difference.moved, [
    { target: "198.18.7.2", before: "80 synack", after: "443 synack" },
  ]);
  assert.match(comparisonText(before, after), /Moved: 1\n {2}198\.18\.7\.2: /);
  const page = comparisonPage(before, after);
  assert.match(page, /<th scope="row">198\.18\.9\.9<\/th>/);
});

Deno.test("readSide() takes metadata, and the results that they name", async () => {
  using directory = new TestDirectory();
  const results = directory.write("rows.csv", RESULTS);
  const named = { ...JSON.parse(METADATA), output_filename: results };
  const side = await readSide(
    directory.write(
      "meta.json",
      JSON.stringify({ ...named, output_module: "csv" }),
    ),
  );
  assert.equal(side.results?.size, 4);
  const text = comparisonText(side, { ...side, results: null });
  assert.match(text, /targets probed +65,536 +65,536/);
  assert.match(text, /cannot be compared/);
});

Deno.test("rowsOf() reads CSV with and without a header", async () => {
  using directory = new TestDirectory();
  const bare = directory.write("bare", "198.18.0.1\n2001:db8::1\nabc::1\n");
  assert.deepEqual(await all(rowsOf(bare)), [
    { saddr: "198.18.0.1" },
    { saddr: "2001:db8::1" },
    { saddr: "abc::1" },
  ]);
  const quoted = directory.write("quoted", 'saddr,data\r\n::1,"a,""b"""\r\n');
  assert.deepEqual(await all(rowsOf(quoted)), [{
    saddr: "::1",
    data: 'a,"b"',
  }]);
  const broken = directory.write("broken", "saddr\n{x\n");
  await assert.rejects(all(rowsOf(broken)), /no JSON/);
  assert.deepEqual(splitCsv('a,"",b'), ["a", "", "b"]);
});

Deno.test("parseReportArguments() refuses what makes no sense", () => {
  assert.deepEqual(parseReportArguments(["m", "s", "-o", "x"]), {
    files: ["m", "s"],
    output: "x",
    isComparison: false,
    isHelp: false,
  });
  assert.equal(parseReportArguments(["m", "--output=-"]).output, null);
  for (
    const bad of [[], ["a", "-o"], ["a", "--x"], ["--compare", "a"], [
      ..."abcd",
    ]]
  ) {
    assert.throws(() => parseReportArguments(bad), ConfigError, bad.join(" "));
  }
});
