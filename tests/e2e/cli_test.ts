import assert from "node:assert/strict";
import { DEMO_REQUIREMENTS, Host, TARGET_RANGE } from "../../src/demo/mod.ts";
import {
  networkTest,
  type Outcome,
  runPacemap,
  startPacemap,
} from "./network_fixture.ts";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { assertSchema } from "./schemas.ts";
import { findSkipReason, testUnless } from "./skip.ts";
import { GrowingText, until } from "./until.ts";

/** Registers a test with a host without any network, and a directory with a few lists to read. */
function cliTest(
  name: string,
  run: (
    pacemap: (...args: string[]) => Promise<Outcome>,
    directory: string,
  ) => Promise<void>,
): void {
  testUnless(SKIP_REASON, name, async () => {
    await using host = await Host.create();
    const directory = await Deno.makeTempDir({ prefix: "pacemap-cli-" });
    try {
      await run((...args) => runPacemap(host, args), directory);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

const SKIP_REASON = await findSkipReason(DEMO_REQUIREMENTS);

cliTest(
  "pacemap --help explains itself on standard output",
  async (pacemap) => {
    const { code, stderr, stdout } = await pacemap("--help");
    assert.equal(code, 0);
    assert.equal(stderr, "");
    assert.match(stdout, /^Usage: pacemap /);
    assert.match(stdout, /^ {2}demo /m);
    assert.match(stdout, /^Probe module tcp_synscan:$/m);
    assert.match(stdout, /^Output module csv:$/m);
  },
);

cliTest(
  "pacemap --help explains the modules that are asked for, also in a file",
  async (pacemap, directory) => {
    const conf = `${directory}/conf`;
    await Deno.writeTextFile(conf, "probe-module = ntp\noutput-module json\n");
    for (
      const [probe, output, ...args] of [
        ["icmp_echoscan", "csv", "-M", "icmp_echoscan", "--help"],
        // Without -O json, which a scan with dns would need.
        ["dns", "csv", "-M", "dns", "--help", "-p", "not a port"],
        ["udp", "json", "-M", "udp", "-O", "json", "--help"],
        ["ntp", "json", "-C", conf, "--help"],
      ]
    ) {
      const { code, stderr, stdout } = await pacemap(...args);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, new RegExp(`^Probe module ${probe}:$`, "m"));
      assert.match(stdout, new RegExp(`^Output module ${output}:$`, "m"));
    }
    const { code } = await pacemap("-O", "xml", "--help");
    assert.equal(code, 2);
  },
);

cliTest(
  "pacemap shows short help, topics and masscan's options, and names the command that was meant",
  async (pacemap) => {
    const short = await pacemap("-h");
    assert.equal(short.code, 0, short.stderr);
    assert.ok(short.stdout.trimEnd().split("\n").length < 24, short.stdout);
    const topic = await pacemap("help", "rate");
    assert.match(topic.stdout, /^ {2}-r, --rate <PPS> [^]*^Examples:$/m);
    const mistyped = await pacemap("docter");
    assert.deepEqual([mistyped.code, mistyped.stdout], [2, ""]);
    assert.match(mistyped.stderr, /^ {2}Did you mean pacemap doctor\?/m);
    const refused = await pacemap("masscan", "-p80", "--banners", "192.0.2.1");
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /^pacemap: --banners: pacemap reads no ban/);
  },
);

cliTest(
  "pacemap --version and the lists print what they name",
  async (pacemap) => {
    assert.match(
      (await pacemap("-V")).stdout,
      /^pacemap [0-9]+\.[0-9]+\.[0-9]+ \((?:commit [0-9a-f]{12}, )?Deno [0-9.]+\)\n$/,
    );
    assert.match(
      (await pacemap("--list-output-modules")).stdout,
      /^csv\njson\nhostport\n(?:[a-z0-9-]+\n)+$/,
    );
    const modules = (await pacemap("--list-probe-modules")).stdout.trimEnd()
      .split("\n");
    assert.deepEqual(modules.slice(0, 1), ["tcp_synscan"]);
    // All modules take these from one table.
    for (const module of [modules[0]!, modules.at(-1)!]) {
      const { code, stdout } = await pacemap(
        "-M",
        module,
        "--list-output-fields",
      );
      assert.equal(code, 0);
      assert.match(stdout, /^saddr {11}string: /);
      assert.match(stdout, /^classification {2}string: /m);
    }
  },
);

cliTest(
  "pacemap refuses bad input with one error, exit code 2 and no file but the log",
  async (pacemap, directory) => {
    const empty = `${directory}/empty`;
    const deny = `${directory}/deny`;
    await Deno.writeTextFile(empty, "# none\n");
    await Deno.writeTextFile(deny, "203.0.113.0/24\n198.18.0.0/15\n");
    const cases: readonly (readonly [place: string, ...args: string[]])[] = [
      ["--target-ports", "-p", "70000", "192.0.2.1"],
      ["--target-ports", "192.0.2.1"],
      ["target", "-p", "80", "1.2.3"],
      ["target", "-p", "80", " 1.2.3.4/33"],
      ["target", "-p", "80", "no.such.host.invalid"],
      ["target", "-p", "80", "192.168.0.0/16"],
      ["--tagret-ports", "--tagret-ports", "80"],
      ["--bandwidth", "-p", "80", "-B", "10MBps", "192.0.2.1"],
      [empty, "-p", "80", "-w", empty],
      [`${deny}:2`, "-p", "80", "-b", deny, "198.18.0.0/16"],
      ["--allowlist-file", "-p", "80", "-w", directory],
      ["--list-of-ips-file", "-p", "80", "-I", `${directory}/missing`],
    ];
    for (const [place, ...args] of cases) {
      const outputs = [
        "-o",
        `${directory}/out`,
        "-m",
        `${directory}/meta`,
        "-l",
        `${directory}/log`,
      ];
      const { code, stderr, stdout } = await pacemap(
        ...args,
        ...outputs,
      );
      const what = `${args.join(" ")}: ${stderr}`;
      assert.equal(code, 2, what);
      assert.equal(stdout, "", what);
      assert.ok(stderr.startsWith(`pacemap: ${place}: `), what);
      assert.ok(stderr.trimEnd().split("\n").length <= 2, what);
    }
    const names = [...Deno.readDirSync(directory)].map(({ name }) => name)
      .sort();
    // The log has the error; of everything else there is nothing.
    assert.deepEqual(names, ["deny", "empty", "log"]);
  },
);

cliTest(
  "pacemap without a network ends with exit code 3 and a remedy",
  async (pacemap) => {
    for (const more of [[], ["-i", "nosuch0"], ["-X"]]) {
      const { code, stderr, stdout } = await pacemap(
        "-p",
        "80",
        "8.8.8.8",
        ...more,
      );
      assert.equal(code, 3, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, /^pacemap: [a-z-]+: .*\n {2}.*\n$/m);
    }
  },
);

networkTest(
  "pacemap ends at the second Ctrl-C even if nobody reads its results",
  async (network) => {
    using directory = new TestDirectory();
    const summary = `${directory.path}/summary`;
    const args = [
      ...["-M", "icmp_echoscan", "-f", "*", "-b", "/dev/null"],
      ...["-r", "50000", "--summary-file", summary, TARGET_RANGE],
    ];
    const child = startPacemap(network.scanner, args);
    const stderr = new GrowingText(child.stderr);
    // Ten times as many answers as the pipe has room for, which nobody empties.
    await until(child, () => /recv: [1-9]\d{4}/.test(stderr.soFar));
    child.kill("SIGINT");
    await pause(500);
    child.kill("SIGINT");
    const { code } = await child.status;
    assert.equal(code, 130, await stderr.whole);
    await child.stdout.cancel();
    const told = JSON.parse(Deno.readTextFileSync(summary));
    assertSchema("summary", told);
    assert.deepEqual([told.exit_code, told.reason], [130, "interrupted twice"]);
  },
);

networkTest("pacemap | head -1 ends quietly", async (network) => {
  const shell = ["sh", "-c", '{ "$@"; echo "code $?" >&2; } | head -1', "sh"];
  const args = [
    "-M",
    "icmp_echoscan",
    "-q",
    "-v",
    "2",
    "-f",
    "saddr",
    "-b",
    "/dev/null",
  ];
  const { elapsedMs, stderr, stdout } = await runPacemap(
    network.scanner,
    [...args, "-r", "50000", "-c", "3600", TARGET_RANGE],
    shell,
  );
  assert.equal(stdout, "saddr\n");
  assert.match(stderr, /^code [01]\n$/);
  assert.ok(elapsedMs < 3_600_000, "it does not wait for late answers");
});

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
