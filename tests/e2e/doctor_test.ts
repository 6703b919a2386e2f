import assert from "node:assert/strict";
import {
  GATEWAY_ADDRESS,
  GATEWAY_ADDRESS6,
  type Network,
  SCANNER_INTERFACE,
  TARGET_RANGE,
} from "../../src/demo/mod.ts";
import type { Check, DoctorReport } from "../../src/doctor/mod.ts";
import { networkTest, type Outcome, runPacemap } from "./network_fixture.ts";

const DONE = 0;
const BAD_INPUT = 2;
const ENVIRONMENT = 3;
const SCAN = ["-b", "/dev/null", "-p", "80", TARGET_RANGE];
/** Every check of a scan that can run, in the order of the lines. */
const CHECKS =
  "rights user-namespaces libraries interface source-address route gateway own-addresses neighbours " +
  "connection-tracking firewall reverse-path kernel-answers socket-buffers open-files memory cpu clock " +
  "output send-backend link-speed queue building sending receiving";
const COUNTER_RULES = `table netdev seen {
  counter requests { }
  counter other { }
  chain arriving {
    type filter hook ingress device down0 priority 0; policy accept;
    ether type arp arp operation request counter name "requests"
    ether type != arp counter name "other"
  }
}`;

/** Hides every libpcap behind an empty file, for the command that follows. */
const HIDE_LIBPCAP = `
for file in /lib/*/libpcap.so.* /usr/lib/*/libpcap.so.* /lib64/libpcap.so.* /usr/lib64/libpcap.so.* /usr/lib/libpcap.so.*
do [ ! -s "$file" ] || mount --bind /dev/null "$(readlink -f "$file")"; done
exec "$@"`;
/** Puts a full file system in place of the directory that the first argument names. */
const FILL_DISK = `
directory=$1; shift
mount -t tmpfs -o size=64k none "$directory"
head -c 65536 /dev/zero >"$directory/filler"
exec "$@"`;

function inMounts(script: string, ...args: string[]): string[] {
  return ["unshare", "--mount", "sh", "-euc", script, "sh", ...args];
}

async function diagnose(
  network: Network,
  args: readonly string[],
  wrapper: readonly string[] = [],
): Promise<DoctorReport & { code: number }> {
  const outcome = await runPacemap(
    network.scanner,
    ["doctor", "--json", ...SCAN, ...args],
    wrapper,
  );
  const { code, stderr, stdout } = outcome;
  assert.equal(stderr, "");
  assert.match(stdout, /^\{.*\}\n$/, "one object");
  return { ...JSON.parse(stdout), code };
}

function checkNamed(report: DoctorReport, name: string): Check {
  const found = report.checks.find((check) => check.name === name);
  assert.ok(found !== undefined, `${name} in ${JSON.stringify(report.checks)}`);
  return found;
}

function assertComplaint(
  report: DoctorReport,
  expected: { name: string; status: string; found: RegExp; remedy: RegExp },
): void {
  const { found, remedy, status } = checkNamed(report, expected.name);
  assert.equal(status, expected.status, found);
  assert.match(found, expected.found);
  assert.match(remedy, expected.remedy);
}

/** Packets that have come to the router from the scanner. */
async function seenByRouter(network: Network, name: string): Promise<number> {
  const args = ["list", "counter", "netdev", "seen", name];
  const listing = await network.router.run("nft", args);
  return Number(/packets (\d+)/.exec(listing)?.[1]);
}

async function sentThrough(
  network: Network,
  interfaceName: string,
): Promise<number> {
  const args = ["-j", "-s", "link", "show", interfaceName];
  const [link] = JSON.parse(await network.scanner.run("ip", args));
  return link.stats64.tx.packets;
}

/** The kernel's own messages about IPv6 neighbours would be counted. */
async function silenceIpv6(network: Network): Promise<void> {
  const path = "/proc/sys/net/ipv6/conf/all/disable_ipv6";
  for (const host of [network.scanner, network.router]) {
    await host.run("tee", [path], "1\n");
  }
}

networkTest(
  "pacemap doctor finds all in order and sends nothing but one ARP request",
  async (network) => {
    await silenceIpv6(network);
    await network.router.run("nft", ["-f", "-"], COUNTER_RULES);
    const sentBefore = await sentThrough(network, SCANNER_INTERFACE);
    const directory = await Deno.makeTempDir({ prefix: "pacemap-doctor-" });
    try {
      const output = `${directory}/found.csv`;
      const report = await diagnose(network, ["-o", output]);
      assert.equal(report.code, DONE, JSON.stringify(report));
      assert.deepEqual(
        report.checks.map(({ name }) => name).join(" "),
        CHECKS,
      );
      assert.match(
        checkNamed(report, "interface").found,
        /^up0: up, carrier, MTU 1500, 10 Gbit\/s, veth, queues 1 tx 1 rx/,
      );
      assert.match(checkNamed(report, "gateway").found, /as it answered/);
      assert.match(
        checkNamed(report, "route").found,
        new RegExp(GATEWAY_ADDRESS),
      );
      assert.match(checkNamed(report, "output").found, /takes .*iB\/s/);
      assert.deepEqual([...Deno.readDirSync(directory)], [], "left behind");
      const { asked, measured, possible } = report.rate;
      assert.equal(asked, 10_000);
      assert.ok(measured.sending! > 20_000 && measured.receiving! > 20_000);
      assert.ok(measured.building! > measured.sending!);
      // Both are rounded.
      assert.ok(Math.abs(possible! - 0.8 * measured.sending!) <= 1);
      assert.match(
        report.verdict,
        /^This machine can hold about [\d,]+ packets\/s: sending .* limits it\.$/,
      );
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
    assert.equal(await seenByRouter(network, "requests"), 1);
    assert.equal(await seenByRouter(network, "other"), 0);
    assert.equal(await sentThrough(network, SCANNER_INTERFACE), sentBefore + 1);
    assert.equal(await sentThrough(network, "lo"), 0);
  },
);

networkTest(
  "pacemap doctor checks both families, and on a host of IPv6 alone that one",
  async (network) => {
    assert.ok(network.hasIpv6, "this machine has no IPv6");
    const run = async (
      ...args: string[]
    ): Promise<DoctorReport & { code: number }> => {
      const { code, stderr, stdout } = await runPacemap(network.scanner, [
        ...["doctor", "--json", ...args],
      ]);
      assert.equal(stderr, "");
      return { ...JSON.parse(stdout), code };
    };
    const familiesOf = (report: DoctorReport, name: string): unknown[] =>
      report.checks.filter((check) => check.name === name)
        .map(({ family }) => family);
    const both = await run();
    assert.equal(both.code, DONE, JSON.stringify(both));
    for (const name of ["source-address", "route", "gateway", "sending"]) {
      assert.deepEqual(familiesOf(both, name), [4, 6], name);
    }
    assert.deepEqual(familiesOf(both, "memory"), [undefined]);
    await network.scanner.run("ip", [
      ...["-4", "address", "flush", "dev", SCANNER_INTERFACE],
    ]);
    const alone = await run();
    assert.equal(alone.code, DONE, JSON.stringify(alone));
    assert.deepEqual(familiesOf(alone, "route"), [4, 6]);
    assert.match(checkNamed(alone, "route").found, /IPv4 is not checked$/);
    assert.deepEqual(familiesOf(alone, "gateway"), [6]);
    assert.ok(alone.rate.measured.receiving! > 0);
    assert.match(
      alone.checks.find(({ name }) => name === "gateway")!.found,
      new RegExp(GATEWAY_ADDRESS6),
    );
  },
);

networkTest(
  "pacemap doctor prints a line for each check and the verdict",
  async (network) => {
    const { code, stderr, stdout } = await runPacemap(
      network.scanner,
      ["doctor", ...SCAN, "-B", "20G"],
    );
    assert.equal(code, DONE, stderr);
    const lines = stdout.trimEnd().split("\n");
    assert.match(
      lines[0]!,
      /^ok {7}rights {15}raw sockets open; .*CAP_NET_RAW/,
    );
    const at = lines.findIndex((line) =>
      line.startsWith("warning  link-speed")
    );
    assert.match(
      lines[at]!,
      /up0 has 10 Gbit\/s: 1[34],\d+,\d+ packets\/s \(needs 20 Gbit\/s on the wire\)$/,
    );
    assert.match(
      lines[at + 1]!,
      /^ {30}Lower the rate: -r 1[34]\d{6}, or less$/,
    );
    assert.match(
      lines.at(-1)!,
      /^This machine can hold .*, less than the 2\d,\d+,\d+ asked for: .* limits it\.$/,
    );
  },
);

networkTest(
  "pacemap doctor names the part that a rate is too much for",
  async (network) => {
    const fast = await diagnose(network, ["-r", "5000000"]);
    assert.equal(fast.code, DONE);
    assertComplaint(fast, {
      name: "sending",
      status: "warning",
      found: /packets\/s, one thread, xdp in copy mode into a private veth/,
      remedy: /^Lower the rate: -r \d+/,
    });
    assert.equal(checkNamed(fast, "link-speed").status, "ok");
    assert.match(fast.verdict, /less than the 5,000,000 asked for: sending/);
    const bucket = "tbf rate 8mbit burst 15400 limit 30000".split(" ");
    const device = ["qdisc", "add", "dev", SCANNER_INTERFACE, "root"];
    await network.scanner.run("tc", [...device, ...bucket]);
    const shaped = await diagnose(network, ["-r", "50000"]);
    assertComplaint(shaped, {
      name: "queue",
      status: "warning",
      found: /^tbf lets 8 Mbit\/s pass: 1\d,\d{3} packets\/s$/,
      remedy: /-r 1\d{4}/,
    });
    assert.match(
      shaped.verdict,
      /less than the 50,000 asked for: the queue of up0/,
    );
  },
);

networkTest("pacemap doctor says when rights are missing", async (network) => {
  const report = await diagnose(network, [], [
    "setpriv",
    "--bounding-set",
    "-net_raw",
  ]);
  assert.equal(report.code, ENVIRONMENT);
  assertComplaint(report, {
    name: "rights",
    status: "error",
    found: /CAP_NET_RAW is missing/,
    remedy: /sudo setcap cap_net_raw/,
  });
  assert.match(checkNamed(report, "interface").found, /^up0: up, carrier/);
  assert.match(report.verdict, /^Without the errors above .* limits it\.$/);
});

networkTest(
  "pacemap doctor sends to itself where it may not make a network",
  async (network) => {
    const wrapper = ["setpriv", "--bounding-set", "-sys_admin"];
    const report = await diagnose(network, [], wrapper);
    assert.equal(report.code, DONE);
    assert.match(
      checkNamed(report, "sending").found,
      /^[\d,]+ packets\/s, one thread, sendmmsg to itself over loopback/,
    );
    assert.match(
      checkNamed(report, "receiving").found,
      /^not measured: a private network needs CAP_SYS_ADMIN$/,
    );
    assert.ok(report.rate.measured.sending! > 0);
    assert.equal(report.rate.measured.receiving, null);
  },
);

networkTest(
  "pacemap doctor says when the interface is down or the gateway silent",
  async (network) => {
    await network.router.run("ip", ["link", "set", "down0", "arp", "off"]);
    const silent = await diagnose(network, []);
    assert.equal(silent.code, ENVIRONMENT);
    assertComplaint(silent, {
      name: "gateway",
      status: "error",
      found: /192\.0\.2\.254.*none of 3 ARP requests/,
      remedy: /-G/,
    });
    assert.equal(checkNamed(silent, "interface").status, "ok");
    await network.scanner.run("ip", ["link", "set", SCANNER_INTERFACE, "down"]);
    const down = await diagnose(network, ["-i", SCANNER_INTERFACE]);
    assert.equal(down.code, ENVIRONMENT);
    assertComplaint(down, {
      name: "interface",
      status: "error",
      found: /^up0: down/,
      remedy: /ip link set up0 up/,
    });
  },
);

networkTest("pacemap doctor says when the disk is full", async (network) => {
  const directory = await Deno.makeTempDir({ prefix: "pacemap-doctor-" });
  try {
    const report = await diagnose(
      network,
      ["-o", `${directory}/found.csv`],
      inMounts(FILL_DISK, directory),
    );
    assert.equal(report.code, ENVIRONMENT);
    assertComplaint(report, {
      name: "output",
      status: "error",
      found: /found\.csv: the file system is full/,
      remedy: /-o/,
    });
  } finally {
    await Deno.remove(directory);
  }
});

networkTest("pacemap doctor says when libpcap is missing", async (network) => {
  const without = await diagnose(network, [], inMounts(HIDE_LIBPCAP));
  assert.equal(without.code, DONE);
  assert.match(checkNamed(without, "libraries").found, /Cannot find libpcap/);
  assert.match(checkNamed(without, "receiving").found, /captured by packet/);
  const asked = ["--receive-backend", "pcap"];
  const report = await diagnose(network, asked, inMounts(HIDE_LIBPCAP));
  assert.equal(report.code, ENVIRONMENT);
  assertComplaint(report, {
    name: "libraries",
    status: "error",
    found: /Cannot find libpcap/,
    remedy: /apt install libpcap0\.8/,
  });
  assert.equal(report.rate.measured.receiving, null);
  assert.ok(report.rate.measured.sending! > 0);
});

networkTest(
  "scan checks the machine first unless it is told not to",
  async (network) => {
    const few = ["-n", "10", "-c", "0", "-q", ...SCAN];
    const tooFast = ["-r", "20000000", ...few];
    const warned = await runPacemap(network.scanner, tooFast);
    assert.equal(warned.code, DONE, warned.stderr);
    assert.match(
      warned.stderr,
      /\[WARN\] preflight: link-speed: up0 has 10 Gbit\/s: .*Lower the rate: -r \d+/,
    );
    const unchecked = await runPacemap(network.scanner, [
      "--no-preflight",
      ...tooFast,
    ]);
    assert.equal(unchecked.code, DONE, unchecked.stderr);
    assert.doesNotMatch(unchecked.stderr, /preflight/);
    const directory = await Deno.makeTempDir({ prefix: "pacemap-doctor-" });
    try {
      const full = await runPacemap(
        network.scanner,
        ["-o", `${directory}/found.csv`, ...few],
        inMounts(FILL_DISK, directory),
      );
      assert.equal(full.code, ENVIRONMENT);
      assert.match(
        full.stderr,
        /^pacemap: output: .*file system is full.*\n {2}.*-o/m,
      );
    } finally {
      await Deno.remove(directory);
    }
  },
);

networkTest("pacemap doctor refuses bad input", async (network) => {
  const run = (...args: string[]): Promise<Outcome> =>
    runPacemap(network.scanner, ["doctor", ...args]);
  const unknown = await run("--jsno");
  assert.equal(unknown.code, BAD_INPUT);
  assert.match(unknown.stderr, /^pacemap: --jsno: Unknown option/);
  const rate = await run("--json", "-r", "-5");
  assert.equal(rate.code, BAD_INPUT);
  assert.equal(rate.stdout, "");
  const help = await run("--help");
  assert.equal(help.code, DONE);
  assert.match(help.stdout, /^Usage: pacemap doctor /);
});
