import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { getLogger } from "@logtape/logtape";
import { TestDirectory } from "./_test_directory.ts";
import { jsonLogLine } from "./json_log.ts";
import { openLog } from "./logging.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

Deno.test("openLog() writes JSON, one object a line, to a file", async () => {
  using directory = new TestDirectory();
  const path = `${directory.path}/log`;
  const file = { option: "--log-file", path };
  const log = openLog({ verbosity: 3, file, format: "json" });
  const logger = getLogger(["pacemap", "scan"]);
  const reason = "host \x1b[2J\u202e\nsaid so";
  logger.info("Rate {ratePps} p/s: {reason}", { ratePps: 500, reason });
  logger.warn("{text}", { text: "whole" });
  logger.error("bad: {seed}", { seed: 5n, cause: new Error("why") });
  assert.ok(await log.close());
  const text = Deno.readTextFileSync(path);
  assert.ok(!text.includes("\x1b") && !text.includes("\u202e"));
  const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  for (const { time } of lines) {
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }
  assert.deepEqual(lines.map(({ time: _, ...rest }) => rest), [
    {
      level: "info",
      stage: "scan",
      message: `Rate 500 p/s: ${reason}`,
      fields: { ratePps: 500, reason },
    },
    { level: "warning", stage: "scan", message: "whole", fields: {} },
    {
      level: "error",
      stage: "scan",
      message: "bad: 5",
      fields: { seed: "5", cause: "why" },
    },
  ]);
});

Deno.test("jsonLogLine() tells the time as RFC 3339 has it", () => {
  const line = { level: "info", stage: "status", message: "0:01" } as const;
  assert.equal(
    jsonLogLine({ ...line, atMs: 0 }),
    '{"time":"1970-01-01T00:00:00.000Z","level":"info","stage":"status","message":"0:01","fields":{}}',
  );
});
