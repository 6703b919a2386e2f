import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { ConfigError } from "../base/mod.ts";
import { TestDirectory } from "./_test_directory.ts";
import { type Arguments, readArguments, splitArguments } from "./arguments.ts";
import { parseConfig } from "./config_file.ts";
import { addSettings } from "./settings.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

const NOTHING = {
  environment: { names: () => [], get: () => undefined },
  systemFile: "/nowhere/pacemap.conf",
};

async function read(path: string, ...args: string[]): Promise<Arguments> {
  const raw = splitArguments([`--config=${path}`, ...args]);
  return readArguments(await addSettings(raw, NOTHING));
}

async function errorOf(text: string): Promise<ConfigError> {
  using directory = new TestDirectory();
  const path = directory.write("conf", text);
  try {
    await read(path);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.ok(error.option.startsWith(directory.path), error.option);
    return error;
  }
  throw new Error(`No error for ${text}`);
}

Deno.test("parseConfig() takes every way of writing an option", () => {
  const text = [
    "# comment",
    "",
    "rate 5000",
    "cooldown-time = 3   # seconds",
    "probes=2",
    "quiet",
    "notes \"a # b = 'c'\"",
    "user-metadata = '{\"a\": 1}' # json",
    "\toutput-fields saddr, sport\r",
    'output-filter = ""',
  ].join("\n");
  assert.deepEqual(
    parseConfig(text, "f").map(({ name, text }) => [name, text]),
    [
      ["rate", "5000"],
      ["cooldown-time", "3"],
      ["probes", "2"],
      ["quiet", null],
      ["notes", "a # b = 'c'"],
      ["user-metadata", '{"a": 1}'],
      ["output-fields", "saddr, sport"],
      ["output-filter", ""],
    ],
  );
  assert.equal(parseConfig(text, "f")[0]!.place, "f:3");
});

Deno.test("readConfigFile() lets the command line win, option by option", async () => {
  using directory = new TestDirectory();
  const path = directory.write(
    "conf",
    "target-port = 80\nr 5000\nquiet\nO json\noutput-file a\noutput-file b\n",
  );
  const { given, values } = await read(path, "--rate", "7", "-p", "22");
  assert.deepEqual([...values.targetPorts!], [22]);
  assert.equal(values.rate, 7);
  assert.equal(values.quiet, true);
  assert.deepEqual(values.outputModule, ["json"]);
  assert.deepEqual(values.outputFile, ["a", "b"]);
  assert.ok(given.has("quiet"));
  const { values: other } = await read(path, "-o", "c");
  assert.deepEqual(other.outputFile, ["c"]);
});

Deno.test("readConfigFile() reads what a file includes", async () => {
  using directory = new TestDirectory();
  directory.write("more", "cooldown-time 2\n");
  const path = directory.write("conf", 'include "more"\nrate 5\n');
  const { values } = await read(path);
  assert.equal(values.cooldownTime, 2);
  assert.equal(values.rate, 5);
});

Deno.test("readConfigFile() names file and line of each error", async () => {
  for (
    const [text, line, about] of [
      ["rate 5\nratte = 6\n", 2, /Unknown option "ratte"/],
      ["= 5\n", 1, /Cannot read/],
      ["rate\n", 1, /needs an argument/],
      ["quiet = maybe\n", 1, /takes no argument/],
      ["help\n", 1, /for the command line only/],
      ["no-config\n", 1, /for the command line only/],
      ["rate 5\nrate 6\n", 2, /given twice/],
      ["\nsh = 5\n", 2, /ambiguous/],
      ["config = other\n", 1, /another/],
      ['notes = "a\n', 1, /quotes/],
      ["include\n", 1, /include/],
      ["include missing\n", 1, /Cannot read/],
      ["include conf\n", 1, /without end/],
      ["x = 5\n", 1, /Unknown option/],
      ["rate = fast\n", 1, /^--rate: Cannot parse "fast"/],
    ] as const
  ) {
    const error = await errorOf(text);
    assert.ok(
      error.option.endsWith(`conf:${line}`),
      `${text}: ${error.option}`,
    );
    assert.match(error.message, about);
  }
});

Deno.test("readConfigFile() refuses a file that is not there", async () => {
  await assert.rejects(
    () => read("/nowhere/conf"),
    (error) => error instanceof ConfigError && error.option === "--config",
  );
});
