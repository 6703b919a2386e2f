import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { ConfigError, PreflightError } from "../base/mod.ts";
import { TestDirectory } from "./_test_directory.ts";
import { logFailure } from "./fatal_log.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

Deno.test("logFailure() adds a line behind what the log has, and makes one where there is none", () => {
  using directory = new TestDirectory();
  const path = directory.write(
    "log",
    "Jan 01 00:00:00.000 [INFO] scan: before\n",
  );
  const file = { option: "--log-file", path };
  assert.ok(
    logFailure(
      file,
      new ConfigError("--rate", 'Cannot parse "x\ny"', "Give one"),
      false,
    ),
  );
  assert.ok(logFailure(file, new PreflightError("gateway", "None", ""), false));
  assert.ok(logFailure(file, new TypeError("a fault"), false));
  const [before, ...lines] = Deno.readTextFileSync(path).trimEnd().split("\n");
  assert.match(before!, /before$/);
  const stamp = "^[A-Z][a-z]{2} \\d\\d [\\d:]{8}\\.\\d{3} \\[FATAL\\] cli: ";
  for (
    const [i, text] of [
      '--rate: Cannot parse "x\\\\u000ay"\\. Give one$',
      "gateway: None$",
      "Fault in pacemap: TypeError: a fault",
    ].entries()
  ) assert.match(lines[i]!, new RegExp(stamp + text));
  assert.equal(lines.length, 3);
  const created = `${directory.path}/new`;
  assert.ok(logFailure({ ...file, path: created }, new Error("x"), true));
  const line = JSON.parse(Deno.readTextFileSync(created));
  assert.equal(line.level, "fatal");
  assert.match(line.message, /Error: x/);
});

Deno.test("logFailure() leaves standard streams and what cannot be written alone", () => {
  assert.ok(!logFailure(null, new Error("x"), false));
  for (const path of ["-", "/dev/stderr", "/dev/null", "/nowhere/log"]) {
    assert.ok(
      !logFailure({ option: "--log-file", path }, new Error("x"), false),
      path,
    );
  }
});
