import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { ConfigError } from "../base/mod.ts";
import { TestDirectory } from "./_test_directory.ts";
import { SummaryReport } from "./summary_report.ts";
import { EXIT_CODE } from "./terminal.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

function environmentOf(variables: Record<string, string>): {
  names: () => string[];
  get: (name: string) => string | undefined;
} {
  return { names: () => [], get: (name) => variables[name] };
}

/** The summary of a scan that ends in some way, as it is in its file. */
async function summaryOf(
  run: (report: SummaryReport) => Promise<number>,
  path: string,
): Promise<Record<string, unknown>> {
  const report = new SummaryReport([], environmentOf({}));
  const options = {
    json: false,
    logFormat: "text",
    summaryFile: path,
  } as const;
  await report.around(async () => {
    report.useOptions(options);
    await report.open(null);
    return await run(report);
  });
  return JSON.parse(Deno.readTextFileSync(path));
}

Deno.test("SummaryReport tells how a scan has ended, whatever that was", async () => {
  using directory = new TestDirectory();
  const path = `${directory.path}/summary`;
  const summary = { packets_sent: 1 };
  const cases: [
    (report: SummaryReport) => Promise<number>,
    Record<string, unknown>,
  ][] = [
    [(report) => {
      report.setOutcome({ reason: "completed", summary });
      return Promise.resolve(EXIT_CODE.done);
    }, { status: "complete", exit_code: 0, reason: "completed", summary }],
    [(report) => {
      report.setOutcome({ reason: "completed", summary });
      return Promise.resolve(EXIT_CODE.lossy);
    }, { status: "complete", exit_code: 4, reason: "completed", summary }],
    [(report) => {
      report.setOutcome({ reason: "stopped by SIGTERM", summary });
      return Promise.resolve(EXIT_CODE.endedEarly);
    }, { status: "incomplete", exit_code: 1, reason: "stopped by SIGTERM" }],
    [(report) => {
      report.setOutcome({ reason: "completed", summary });
      return Promise.resolve(EXIT_CODE.endedEarly);
    }, {
      status: "incomplete",
      exit_code: 1,
      reason: "an output, or the log, has not all that belongs into it",
    }],
    [(report) => {
      report.setOutcome({ reason: "stopped by SIGINT" });
      return Promise.resolve(EXIT_CODE.endedEarly);
    }, {
      status: "failed",
      exit_code: 1,
      reason: "stopped by SIGINT",
      summary: null,
    }],
    // The scan itself is still waiting for its outputs.
    [() => Promise.resolve(EXIT_CODE.interrupted), {
      status: "incomplete",
      exit_code: 130,
      reason: "interrupted twice",
      summary: null,
    }],
    [() => Promise.reject(new ConfigError("--rate", "Bad", "Good")), {
      status: "failed",
      exit_code: 2,
      reason: "Bad",
      error: { place: "--rate", message: "Bad", remedy: "Good" },
    }],
  ];
  for (const [run, expected] of cases) {
    const found = await summaryOf(run, path);
    for (const [key, value] of Object.entries(expected)) {
      assert.deepEqual(found[key], value, `${key} of ${expected.reason}`);
    }
  }
});

Deno.test("SummaryReport finds its file before the options are read", async () => {
  using directory = new TestDirectory();
  const file = `${directory.path}/summary`;
  const fail = (): Promise<number> =>
    Promise.reject(new ConfigError("--bogus", "Unknown option", ""));
  for (
    const [words, variables] of [
      [["--bogus", "--summary-file", file], {}],
      [["--bogus", `--summary-file=${file}`, "--", "--summary-file=x"], {}],
      [["--bogus"], { PACEMAP_SUMMARY_FILE: file }],
    ] as const
  ) {
    const report = new SummaryReport(words, environmentOf(variables));
    assert.equal(await report.around(fail), EXIT_CODE.badInput);
    const { error, exit_code } = JSON.parse(Deno.readTextFileSync(file));
    assert.deepEqual([error.place, exit_code], ["--bogus", 2]);
    Deno.removeSync(file);
  }
  const plain = new SummaryReport(["--bogus"], environmentOf({}));
  await assert.rejects(() => plain.around(fail), ConfigError);
});

Deno.test("SummaryReport replaces nothing but a summary after an error", async () => {
  using directory = new TestDirectory();
  const list = directory.write("list", "192.0.2.1\n");
  const report = new SummaryReport(["--summary-file", list], environmentOf({}));
  const fail = (): Promise<number> =>
    Promise.reject(new ConfigError("--bogus", "Unknown option", ""));
  assert.equal(await report.around(fail), EXIT_CODE.badInput);
  assert.equal(Deno.readTextFileSync(list), "192.0.2.1\n");
});

Deno.test("SummaryReport says nothing of what is no scan", async () => {
  using directory = new TestDirectory();
  const file = `${directory.path}/summary`;
  const report = new SummaryReport(["--summary-file", file], environmentOf({}));
  assert.equal(await report.around(() => Promise.resolve(0)), 0);
  assert.throws(() => Deno.statSync(file), Deno.errors.NotFound);
});

Deno.test("SummaryReport turns a done scan into one that is not where its file fails", async () => {
  const report = new SummaryReport([], environmentOf({}));
  const code = await report.around(async () => {
    report.useOptions({
      json: false,
      logFormat: "text",
      summaryFile: "/dev/full",
    });
    await report.open(null);
    report.setOutcome({ reason: "completed", summary: {} });
    return EXIT_CODE.done;
  });
  assert.equal(code, EXIT_CODE.endedEarly);
});
