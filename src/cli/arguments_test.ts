import assert from "node:assert/strict";
import { ConfigError } from "../base/mod.ts";
import { type Arguments, readArguments, splitArguments } from "./arguments.ts";
import { OPTION_KEYS, OPTIONS } from "./options.ts";

function read(...args: string[]): Arguments {
  return readArguments(splitArguments(args));
}

function errorOf(...args: string[]): ConfigError {
  try {
    read(...args);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error(`No error for ${args.join(" ")}`);
}

Deno.test("readArguments() takes long, short and joined options between targets", () => {
  const { given, targets, values } = read(
    "192.0.2.0/24",
    "-qp80",
    "--rate=0.5",
    "198.51.100.1",
    "--no-header-row",
    "-c",
    "3",
    "--",
    "-odd-",
  );
  assert.deepEqual(targets, ["192.0.2.0/24", "198.51.100.1", "-odd-"]);
  assert.deepEqual(values.targetPorts, Uint16Array.of(80));
  assert.equal(values.rate, 0.5);
  assert.equal(values.cooldownTime, 3);
  assert.equal(values.quiet, true);
  assert.equal(values.noHeaderRow, true);
  assert.equal(values.iplayer, false);
  assert.deepEqual(
    [...given].sort(),
    ["cooldownTime", "noHeaderRow", "quiet", "rate", "targetPorts"],
  );
});

Deno.test("readArguments() takes the fallbacks that the parity table names", () => {
  const { given, values } = read();
  assert.equal(given.size, 0);
  assert.equal(values.rate, 10_000);
  assert.equal(values.cooldownTime, 8);
  assert.equal(values.retries, 10);
  assert.equal(values.batch, 64);
  assert.equal(values.probeTtl, 64);
  assert.equal(values.probeModule, "tcp_synscan");
  assert.deepEqual(values.sourcePort, { first: 32768, last: 61000 });
});

Deno.test("readArguments() parses every fallback that the help shows", () => {
  for (const key of OPTION_KEYS) {
    const { fallback, fallbackText, parse } = OPTIONS[key];
    if (/^[0-9-]{2,}$/.test(fallbackText)) {
      assert.deepEqual(parse(fallbackText), fallback, key);
    }
  }
});

Deno.test("readArguments() names option, value and remedy of a bad value", () => {
  const error = errorOf("--target-ports", "80,70000");
  assert.equal(error.option, "--target-ports");
  assert.match(error.message, /70000 is above 65535/);
  assert.match(error.remedy, /65535/);
  assert.equal(errorOf("-r", "fast").option, "--rate");
  assert.equal(errorOf("-r", "-2").option, "--rate");
  assert.equal(read("-r", "-1").values.rate, 10_000);
  assert.equal(errorOf("-n", "-3").message, "Number of targets -3 is below 0");
  assert.equal(errorOf("-p", "--rate", "5").option, "--target-ports");
});

Deno.test("splitArguments() names the nearest of an unknown option", () => {
  const error = errorOf("--target-prots=80");
  assert.equal(error.option, "--target-prots");
  assert.equal(error.remedy, "Did you mean --target-ports?");
  assert.equal(errorOf("-qz").option, "-z");
  assert.equal(errorOf("-q=1").remedy, "See pacemap --help");
});

Deno.test("splitArguments() refuses repeated options, lost and surplus arguments", () => {
  assert.equal(
    errorOf("-p", "80", "--target-ports", "81").message,
    "Option is given twice",
  );
  assert.equal(errorOf("--rate").option, "--rate");
  assert.equal(errorOf("--rate").message, "Argument is missing");
  assert.equal(errorOf("--quiet=5").message, "Option takes no argument");
  assert.equal(read("--quiet=1").values.quiet, true);
  assert.equal(read("--quiet=No").values.quiet, false);
});

Deno.test("OPTIONS has no name twice", () => {
  const names = OPTION_KEYS.flatMap((
    key,
  ) => [OPTIONS[key].long, OPTIONS[key].short]);
  const given = names.filter((name) => name !== "");
  assert.equal(new Set(given).size, given.length);
});

Deno.test("splitArguments() completes long names that only one option has", () => {
  const { targets, values } = read(
    ...["--target-p", "80", "--rat=5", "--dry", "--cool", "3"],
    ...["--notes", "--rat", "--", "--rat"],
  );
  assert.deepEqual([...values.targetPorts!], [80]);
  assert.equal(values.rate, 5);
  assert.equal(values.dryrun, true);
  assert.equal(values.cooldownTime, 3);
  assert.equal(values.notes, "--rat");
  assert.deepEqual(targets, ["--rat"]);
});

Deno.test("splitArguments() leaves arguments of short options alone", () => {
  const { values } = read("-qi", "--rat", "-o", "--rat", "-p80");
  assert.equal(values.interface, "--rat");
  assert.deepEqual(values.outputFile, ["--rat"]);
});

Deno.test("splitArguments() takes a whole name before those that are longer", () => {
  assert.equal(read("--shard", "3").values.shard, 3);
  const error = errorOf("--sha", "3");
  assert.equal(error.message, "Option is ambiguous");
  assert.equal(error.remedy, "Write one of --shards, --shard");
});

Deno.test("splitArguments() leaves ZMap's abbreviations to ZMap's options", () => {
  for (
    const [short, key] of [
      ["--min=0", "minHitrate"],
      ["--re=5", "retries"],
      ["--send=1", "senderThreads"],
      ["--no-", "noHeaderRow"],
      ["--target-p=80", "targetPorts"],
      ["--dry", "dryrun"],
      ["--cool=1", "cooldownTime"],
      ["--list-of=x", "listOfIpsFile"],
      ["--b=64", "batch"],
    ] as const
  ) {
    if (short === "--b=64") {
      // In ZMap, too, there are several.
      assert.equal(errorOf(short).message, "Option is ambiguous");
    } else assert.ok(splitArguments([short]).texts.has(key), short);
  }
});

Deno.test("readArguments() keeps all of what may be given several times", () => {
  const { values } = read("-O", "csv", "-o", "a", "-O", "json", "-o", "b");
  assert.deepEqual(values.outputModule, ["csv", "json"]);
  assert.deepEqual(values.outputFile, ["a", "b"]);
});

Deno.test("readArguments() reads --on-link-loss as seconds to wait", () => {
  const seconds = (...args: string[]): number =>
    read(...args).values.onLinkLoss;
  assert.equal(seconds(), 600);
  const cases = { "wait": 600, "wait:30s": 30, "wait:2h": 7200, "abort": 0 };
  for (const [text, expected] of Object.entries(cases)) {
    assert.equal(seconds("--on-link-loss", text), expected, text);
  }
  for (const text of ["", "go", "wait:", "wait:5", "wait:0s", "wait:169h"]) {
    const { message, option, remedy } = errorOf(`--on-link-loss=${text}`);
    assert.equal(option, "--on-link-loss", message);
    assert.match(remedy, /wait:TIME/);
  }
});

Deno.test("readArguments() reads percentages with their sign, too", () => {
  const { values } = read("--loss-target", "2%", "--min-hitrate=0.5%");
  assert.deepEqual([values.lossTarget, values.minHitrate], [2, 0.5]);
  assert.match(errorOf("--loss-target=2%%").message, /Cannot parse "2%%?"/);
});

Deno.test("splitArguments() knows options whose hyphen was replaced", () => {
  for (
    const [word, remedy] of [
      ["\u2013p", "Write -p"],
      ["\u2014rate", "Write --rate"],
      ["\u2013-rate=5", "Write --rate=5"],
      ["\u2212p80", "Write -p80"],
    ] as const
  ) {
    const error = errorOf(word, "80", "192.0.2.1");
    assert.equal(error.option, word);
    assert.match(error.message, /^Begins with the character U\+2/);
    assert.equal(error.remedy, remedy);
  }
  assert.deepEqual(splitArguments(["8.8.8.8-8.8.8.9"]).operands, [
    "8.8.8.8-8.8.8.9",
  ]);
});
