import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { ConfigError } from "../base/mod.ts";
import { type CheckpointPhase, openCheckpoint } from "../checkpoint/mod.ts";
import { SummaryReport } from "./summary_report.ts";
import { Phase } from "../scan/mod.ts";
import { leaveCheckpoint, SIGNALS } from "./_test_checkpoint.ts";
import { TestDirectory } from "./_test_directory.ts";
import { readArguments, splitArguments } from "./arguments.ts";
import { directoryOf, runResumeCommand, scanOrResume } from "./resume.ts";
import { scan, type ScanSetting } from "./run_scan.ts";
import { checkNothingUnfinished } from "./unfinished.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

/** A directory with a list of targets, a blocklist, and what a killed scan of them has left. */
async function withKilledScan(
  run: (scene: {
    readonly directory: TestDirectory;
    readonly args: readonly string[];
    readonly path: string;
  }) => Promise<void>,
  phase: CheckpointPhase = "sending",
): Promise<void> {
  using directory = new TestDirectory();
  const allowlist = directory.write("allow", "8.8.8.0/24\n");
  const blocklist = directory.write("block", "8.8.8.8\n");
  directory.write("found.csv", "saddr\n".padEnd(300, "8.8.8.9\n"));
  const args = [
    ...["-p", "80,443", "-o", `${directory.path}/found.csv`, "--no-config"],
    ...["-w", allowlist, "-b", blocklist],
  ];
  const path = await leaveCheckpoint(args, phase);
  await run({ directory, args, path });
}

/** Why something is refused: no file of the directory has changed. */
async function refusal(
  directory: TestDirectory,
  work: () => Promise<unknown>,
): Promise<string> {
  const names = directory.names();
  const read = (): Uint8Array[] =>
    names.map((name) => Deno.readFileSync(`${directory.path}/${name}`));
  const before = read();
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    assert.deepEqual(directory.names(), names);
    assert.deepEqual(read(), before);
    return `${error.option}: ${error.message} -- ${error.remedy}`;
  }
  throw new Error("Not refused");
}

function setting(): ScanSetting {
  const { signal } = new AbortController();
  const summary = new SummaryReport([]);
  return { signals: SIGNALS, signal, phase: new Phase(""), summary };
}

Deno.test("resume names what is wrong with its checkpoint, or differs from it, and changes nothing", async () => {
  const replaced = (path: string, change: (bytes: Uint8Array) => Uint8Array) =>
    Deno.writeFileSync(path, change(Deno.readFileSync(path)));
  const inText = (from: string, to: string) => (bytes: Uint8Array) => {
    const text = new TextDecoder("latin1").decode(bytes);
    assert.ok(text.includes(from));
    return Uint8Array.from(
      text.replace(from, to),
      (char) => char.charCodeAt(0),
    );
  };
  const cases: [
    name: string,
    change: (directory: TestDirectory, path: string) => void,
    options: string[],
    expected: RegExp,
  ][] = [
    [
      "other targets",
      (directory) => directory.write("allow", "8.8.9.0/24\n"),
      [],
      /^--allowlist-file: Differs from the scan of checkpoint/,
    ],
    [
      "an edited blocklist",
      (directory) => directory.write("block", "8.8.8.8\n8.8.8.9\n"),
      [],
      /^--blocklist-file: Differs from the scan of checkpoint/,
    ],
    [
      "a list that is gone",
      (directory) => Deno.removeSync(`${directory.path}/block`),
      [],
      /^--blocklist-file: .*block"/,
    ],
    ["other ports", () => {}, ["-p", "80"], /^--target-ports: Differs.*80,443/],
    ["another seed", () => {}, ["--seed", "5"], /^--seed: Differs/],
    [
      "a later version",
      (_, path) => replaced(path, inText("format 2\n", "format 3\n")),
      [],
      /: Is a checkpoint of format 3; this version of pacemap reads format 2/,
    ],
    [
      "torn in its first page",
      (_, path) => replaced(path, (bytes) => bytes.slice(0, 2000)),
      [],
      /: Is torn: its first page is not whole/,
    ],
    [
      "without a whole state",
      (_, path) => replaced(path, inText("slot 1 ", "slot X ")),
      [],
      /: Is torn: neither of its two records is whole/,
    ],
    [
      "an edited job",
      (_, path) => replaced(path, inText("80,443", "80,444")),
      [],
      /: Is torn: the description of its scan is not whole/,
    ],
    [
      "empty",
      (_, path) => Deno.truncateSync(path),
      [],
      /: Is empty, no checkpoint/,
    ],
    [
      "another program's",
      (_, path) => Deno.writeTextFileSync(path, "%PDF-1.7\n"),
      [],
      /: Is no checkpoint of pacemap/,
    ],
    [
      "none",
      (_, path) => Deno.removeSync(path),
      [],
      /: No such file/,
    ],
  ];
  for (const [name, change, options, expected] of cases) {
    await withKilledScan(async ({ directory, path }) => {
      change(directory, path);
      const found = await refusal(
        directory,
        () => runResumeCommand([path, ...options], SIGNALS),
      );
      assert.match(found, expected, name);
    });
  }
});

Deno.test("a checkpoint that is in use is neither resumed nor replaced", async () => {
  await withKilledScan(async ({ args, directory, path }) => {
    using _held = await openCheckpoint(path);
    const ways = [
      () => runResumeCommand([path], SIGNALS),
      () => scanOrResume(argumentsOf(...args, "--resume"), setting()),
      () => scan(argumentsOf(...args), setting()),
      () => scan(argumentsOf(...args, "--no-checkpoint"), setting()),
    ];
    for (const way of ways) {
      const found = await refusal(directory, way);
      assert.match(found, /is in use by a running scan/);
      assert.match(found, /pacemap status/);
    }
  });
});

Deno.test("a new scan does not take the place of one that is not complete: it names the ways to go on, or anew", async () => {
  await withKilledScan(async ({ args, directory, path }) => {
    for (
      const more of [[], ["--no-checkpoint"], ["--dryrun"], [
        "--checkpoint",
        `${directory.path}/other`,
      ]]
    ) {
      const found = await refusal(
        directory,
        () => scan(argumentsOf(...args, ...more), setting()),
      );
      assert.match(found, /^--output-file: A scan that is not complete/);
      assert.ok(found.includes(`pacemap resume "${path}"`));
      assert.match(found, /--resume; begin anew with --overwrite/);
    }
    const other = ["-o", `${directory.path}/else`, "--checkpoint", path];
    const found = await refusal(
      directory,
      () => scan(argumentsOf(...other, "8.8.8.8"), setting()),
    );
    assert.match(found, /^--checkpoint: A scan that is not complete/);
    Deno.writeFileSync(path, Deno.readFileSync(path).slice(0, 2000));
    const torn = await refusal(
      directory,
      () => scan(argumentsOf(...args), setting()),
    );
    assert.match(torn, /cannot be read: Is torn.* begin anew with --overwrite/);
    // Nothing was begun, or it is no scan's.
    for (const bytes of ["", "%PDF-1.7\n"]) {
      Deno.writeTextFileSync(path, bytes);
      await checkNothingUnfinished(argumentsOf(...args).values);
    }
  });
  await withKilledScan(async ({ args }) => {
    await checkNothingUnfinished(argumentsOf(...args).values);
  }, "done");
  // It has ended as it was told to.
  await withKilledScan(async ({ args, path }) => {
    {
      using held = await openCheckpoint(path);
      const [life] = held.state.lives;
      const lives = [{ ...life!, reason: "limit reached: 100 results" }];
      await held.file.writeState({ ...held.state, lives });
    }
    await checkNothingUnfinished(argumentsOf(...args).values);
  });
});

Deno.test("--resume goes on with the same command line, and refuses another scan", async () => {
  await withKilledScan(async ({ args, directory }) => {
    const cases: [string[], RegExp][] = [
      [["-p", "443"], /^--target-ports: Differs/],
      [["--seed", "9"], /^--seed: Differs/],
      [["--max-runtime", "50"], /^--max-runtime: 50 s of sending are over/],
      [["--no-checkpoint"], /^--resume: Conflicts with --no-checkpoint/],
      [["--overwrite"], /^--resume: Conflicts with --overwrite/],
      [["--dryrun"], /^--resume: Conflicts with --dryrun/],
    ];
    for (const [more, expected] of cases) {
      const changed = more[0] === "-p" ? args.slice(2) : args;
      const found = await refusal(
        directory,
        () =>
          scanOrResume(
            argumentsOf(...changed, ...more, "--resume"),
            setting(),
          ),
      );
      assert.match(found, expected);
    }
    const nowhere = await refusal(
      directory,
      () => scanOrResume(argumentsOf("-p", "80", "--resume"), setting()),
    );
    assert.match(nowhere, /^--resume: Nothing tells which checkpoint/);
  });
});

Deno.test("directoryOf() is where the scan began, or where its files were moved to", () => {
  const directory = "/home/user/scan";
  const cases: [checkpoint: string, path: string, expected: string][] = [
    ["found.pacemap", "/home/user/scan/found.pacemap", directory],
    ["found.pacemap", "/mnt/copy/found.pacemap", "/mnt/copy"],
    ["./out/found.pacemap", "/mnt/copy/out/found.pacemap", "/mnt/copy"],
    ["out/found.pacemap", "/out/found.pacemap", "/"],
    // Nothing tells where the directory is now.
    ["out/found.pacemap", "/mnt/copy/found.pacemap", directory],
    ["out/found.pacemap", "/mnt/copy/out/renamed.pacemap", directory],
    ["out/found.pacemap", "/mnt/about/found.pacemap", directory],
    ["../found.pacemap", "/mnt/copy/found.pacemap", directory],
    ["/var/found.pacemap", "/var/found.pacemap", directory],
  ];
  for (const [checkpoint, path, expected] of cases) {
    assert.equal(directoryOf({ checkpoint, directory }, path), expected, path);
  }
});

function argumentsOf(...args: string[]): ReturnType<typeof readArguments> {
  return readArguments(splitArguments(args));
}
