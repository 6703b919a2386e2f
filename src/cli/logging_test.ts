import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { getLogger, type LogRecord } from "@logtape/logtape";
import { ConfigError } from "../base/mod.ts";
import { TestDirectory } from "./_test_directory.ts";
import { formatRecord, logFileOf, openLog } from "./logging.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

function makeRecord(parts: Partial<LogRecord>): LogRecord {
  return {
    category: ["pacemap", "scan"],
    level: "info",
    message: ["text"],
    rawMessage: "text",
    timestamp: new Date(2026, 0, 5, 7, 1, 8, 9).getTime(),
    properties: {},
    ...parts,
  };
}

Deno.test("formatRecord() writes the line that ZMap writes", () => {
  assert.equal(
    formatRecord(makeRecord({})),
    "Jan 05 07:01:08.009 [INFO] scan: text",
  );
  assert.equal(
    formatRecord(makeRecord({ level: "warning", category: ["pacemap"] })),
    "Jan 05 07:01:08.009 [WARN] pacemap: text",
  );
});

Deno.test("formatRecord() lets no control characters through", () => {
  const message = ["from ", "\x1b[2Jhost\u202e\n", " at ", 7];
  assert.match(
    formatRecord(makeRecord({ message })),
    /: from \\u001b\[2Jhost\\u202e\\u000a at 7$/,
  );
});

Deno.test("openLog() writes what the verbosity asks for", async () => {
  using directory = new TestDirectory();
  for (
    const [verbosity, count] of [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [
      5,
      6,
    ]] as const
  ) {
    const path = `${directory.path}/log`;
    const log = openLog({ verbosity, file: { option: "--log-file", path } });
    const logger = getLogger(["pacemap", "test"]);
    logger.fatal("one");
    logger.error("two");
    logger.warn("three");
    logger.info("four");
    logger.debug("five");
    logger.trace("six");
    assert.ok(await log.close());
    logger.fatal("after the end");
    assert.equal(Deno.readTextFileSync(path).split("\n").length - 1, count);
  }
});

Deno.test("openLog() goes on behind the whole lines of an earlier run", async () => {
  using directory = new TestDirectory();
  const path = `${directory.path}/log`;
  Deno.writeTextFileSync(path, "before\ntor");
  const file = { option: "--log-file", path };
  const log = openLog({ verbosity: 3, file, isContinued: true });
  getLogger(["pacemap", "test"]).info("after");
  assert.ok(await log.close());
  assert.match(Deno.readTextFileSync(path), /^before\n[^\n]*after\n$/);
});

Deno.test("openLog() refuses a path that cannot be written", () => {
  assert.throws(
    () =>
      openLog({
        verbosity: 3,
        file: { option: "--log-directory", path: "/nowhere/log" },
      }),
    (error) =>
      error instanceof ConfigError && error.option === "--log-directory",
  );
});

Deno.test("logFileOf() names files in a directory after the time", () => {
  const now = new Date(2024, 0, 31, 7, 8, 9);
  const { file } = logFileOf({ logFile: null, logDirectory: "/logs" }, now);
  assert.equal(file?.option, "--log-directory");
  assert.match(
    file?.path ?? "",
    /^\/logs\/pacemap-2024-01-31T070809[+-][0-9]{4}\.log$/,
  );
  const none = { logFile: null, logDirectory: null };
  assert.equal(logFileOf(none).file, null);
});
