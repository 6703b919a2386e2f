import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { TestDirectory } from "../cli/_test_directory.ts";
import { planOf, tallyOf, viewAt } from "./_test_scan.ts";
import { ReportFile } from "./report_file.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

async function reportOf(
  run: (file: ReportFile) => Promise<void>,
): Promise<string> {
  using directory = new TestDirectory();
  const path = `${directory.path}/report.html`;
  const file = await ReportFile.open(path);
  await run(file);
  // A second end changes nothing.
  await file.finish(null);
  assert.equal(file.fault, null);
  return await Deno.readTextFile(path);
}

function begin(file: ReportFile): void {
  const { answered } = tallyOf([0xc6120001]);
  file.begin({ plan: planOf("198.18.0.0/24"), answered, hasPositions: true });
}

Deno.test("ReportFile has the whole course and what became of the scan", async () => {
  const page = await reportOf(async (file) => {
    begin(file);
    for (let second = 1; second < 9; second++) {
      file.show({ view: viewAt(second) });
    }
    const metadata = {
      exit_reason: "completed",
      ranges_uncovered: [[0, 5], "x", [1]],
      notes: "</script>",
    };
    await file.finish({ view: viewAt(9, 9), metadata });
  });
  assert.match(page, /The scan is complete/);
  assert.match(page, /&lt;\/script&gt;/);
  assert.match(page, /Found at the start/);
  const [, text] = /id="data">([^<]*)</.exec(page)!;
  const { map, series } = JSON.parse(text!);
  assert.equal(series.length, 8);
  assert.notEqual(map.uncovered.coarse, map.answered.coarse);
});

Deno.test("ReportFile says that a scan has failed, with its last figures", async () => {
  const page = await reportOf(async (file) => {
    begin(file);
    file.show({ view: viewAt(5) });
    await file.finish(null);
  });
  assert.match(page, /The scan failed/);
  assert.match(page, /data-path="hits" data-value="\d+"/);
});

Deno.test("ReportFile says that there was no scan", async () => {
  const page = await reportOf((file) => file.finish(null));
  assert.match(page, /The scan ended before its first probe/);
});
