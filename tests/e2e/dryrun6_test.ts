import assert from "node:assert/strict";
import { formatIpv6Words } from "../../src/base/mod.ts";
import { SCANNER_ADDRESS6 } from "../../src/demo/mod.ts";
import { NETWORK, runHere } from "./dry_run.ts";
import { networkTest, runPacemap } from "./network_fixture.ts";

const SOURCE = "2001:db8::5";
const ARGS = ["-6", "-b", "/dev/null", ...NETWORK.slice(2), "-S", SOURCE];
const IP6 = /^ip6 \{ saddr: (\S+) \| daddr: (\S+) \| nxthdr: ([0-9]+) \}$/gm;
const RECORD_BYTES = 18;

/** What a dry run over IPv6 prints. */
async function print(...args: string[]): Promise<string> {
  const outcome = await runHere(["--dryrun", ...ARGS, ...args]);
  assert.equal(outcome.code, 0, outcome.stderr);
  return outcome.stdout;
}

/** `address port` of each record that a fast dry run over IPv6 writes. */
function records(...args: string[]): Promise<string[]> {
  return recordsOf([...ARGS, ...args]);
}

/** As `records`, with these arguments alone. */
async function recordsOf(args: readonly string[]): Promise<string[]> {
  const { bytes, code, stderr } = await runHere(
    ["--fast-dryrun", "-q", ...args],
  );
  assert.equal(code, 0, stderr);
  assert.equal(bytes.length % RECORD_BYTES, 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / RECORD_BYTES }, (_, i) => {
    const at = i * RECORD_BYTES;
    const words = Uint32Array.from(
      { length: 4 },
      (_, word) => view.getUint32(at + 4 * word),
    );
    return `${formatIpv6Words(words, 0)} ${view.getUint16(at + 16)}`;
  });
}

/** The lowest addresses of the first windows of 64 bits in 2001:db8:8000::/33, each with these ports, sorted. */
function lowest(count: number, ports: readonly number[]): string[] {
  return Array.from({ length: count }, (_, i) => {
    const prefix = i === 0
      ? "2001:db8:8000"
      : `2001:db8:8000:${i.toString(16)}`;
    return ports.map((port) => `${prefix}::1 ${port}`);
  }).flat().sort();
}

Deno.test("dry run prints IPv6 packets of each kind of probe", async () => {
  for (
    const [args, first, protocol] of [
      [["-p", "80"], /^tcp \{ source: [0-9]+ \| dest: 80 /, 6],
      [
        ["-M", "udp", "-p", "53", "--probe-args", "text:hi"],
        /^udp \{ source: [0-9]+ \| dest: 53 /,
        17,
      ],
      [["-M", "icmp_echoscan"], /^icmp6 \{ type: 128 \| code: 0 /, 58],
      [["-M", "icmp6_echoscan"], /^icmp6 \{ type: 128 \| code: 0 /, 58],
    ] as const
  ) {
    const text = await print(...args, "2001:db8:8000::1");
    assert.match(text, first);
    assert.deepEqual(
      [...text.matchAll(IP6)].map(([, ...groups]) => groups),
      [[SOURCE, "2001:db8:8000::1", String(protocol)]],
    );
    assert.match(
      text,
      /^eth \{ shost: 02:00:00:00:00:01 \| dhost: 00:11:22:33:44:55 \}$/m,
    );
    assert.doesNotMatch(
      await print(...args, "-X", "2001:db8:8000::1"),
      /^eth/m,
    );
  }
});

Deno.test("fast dry run writes each IPv6 target once, of lists, ranges and windows", async () => {
  const windows = ["--v6-window", "64", "2001:db8:8000::/54"];
  assert.deepEqual(
    (await records("-p", "80,443", "-T", "3", ...windows)).sort(),
    lowest(1024, [443, 80]),
  );
  const mixed = await records(
    ...["-p", "7", "2001:db8::fffe-2001:db8::1:1", "2001:db8:9::9"],
  );
  assert.deepEqual(mixed.sort(), [
    "2001:db8:9::9 7",
    "2001:db8::1:0 7",
    "2001:db8::1:1 7",
    "2001:db8::fffe 7",
    "2001:db8::ffff 7",
  ]);
});

Deno.test("dry runs of both families print packets of each, and records of one length", async () => {
  const sources = ["-X", "-b", "/dev/null", "-S", `192.0.2.5,${SOURCE}`];
  const targets = ["-p", "80", "198.18.0.0/29", "2001:db8:8000::/126"];
  const text = await runHere(["--dryrun", ...sources, ...targets]);
  assert.equal(text.code, 0, text.stderr);
  assert.equal([...text.stdout.matchAll(IP6)].length, 4);
  assert.equal([...text.stdout.matchAll(/^ip \{ saddr: 192/gm)].length, 8);
  const found = await recordsOf([...sources, ...targets]);
  const ipv4 = Array.from({ length: 8 }, (_, i) => `::ffff:198.18.0.${i} 80`);
  const ipv6 = ["", "1", "2", "3"].map((end) => `2001:db8:8000::${end} 80`);
  assert.deepEqual(found.toSorted(), [...ipv6, ...ipv4].sort());
  // Mixed two to one.
  assert.deepEqual(
    found.map((record) => record.startsWith("::ffff:") ? 4 : 6).join(""),
    "446".repeat(4),
  );
});

Deno.test("shards of an IPv6 dry run are disjoint and complete", async () => {
  const shards = await Promise.all(
    Array.from({ length: 3 }, (_, shard) =>
      records(
        ...["-p", "80", "-e", "9", "--shards", "3", "--shard", String(shard)],
        ...["--v6-window", "64", "2001:db8:8000::/56"],
      )),
  );
  assert.deepEqual(shards.flat().sort(), lowest(256, [80]));
  assert.deepEqual(shards.map(({ length }) => length), [86, 85, 85]);
});

networkTest(
  "dry run shows the IPv6 source that the kernel would choose, or says that it is a placeholder",
  async ({ hasIpv6, scanner }) => {
    assert.ok(hasIpv6, "this machine has no IPv6");
    const args = ["-6", "-b", "/dev/null", "-d", "-p", "80", "-X"];
    const target = "2001:db8:8000::1";
    const found = await runPacemap(scanner, [...args, target]);
    assert.match(found.stdout, new RegExp(`saddr: ${SCANNER_ADDRESS6} `));
    assert.doesNotMatch(found.stderr, /Placeholders/);
    await scanner.run("ip", ["link", "set", "up0", "down"]);
    const { code, stderr, stdout } = await runPacemap(scanner, [
      ...args,
      target,
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /saddr: 2001:db8::1 /);
    assert.match(stderr, /Placeholders are shown for: source address \(-S\)/);
  },
);
