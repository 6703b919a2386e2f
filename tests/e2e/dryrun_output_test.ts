import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import {
  dryRun,
  fastDryRun,
  NETWORK,
  parsePackets,
  runHere,
} from "./dry_run.ts";

Deno.test("fast dry run writes the targets of the dry run in the same order", async () => {
  const args = ["-p", "80,443", "-e", "5", "8.8.8.0/27"];
  const packets = await dryRun(...args);
  assert.deepEqual(
    await fastDryRun(...args),
    packets.map(({ port, target }) => `${target}:${port}`),
  );
});

Deno.test("fast dry run of probes without ports prints text", async () => {
  const args = ["--fast-dryrun", "-M", "icmp_echoscan", "8.8.8.8", "-X"];
  const { stdout } = await runHere([...args, ...NETWORK]);
  assert.match(
    stdout,
    /^icmp \{ type: 8 \| code: 0 \| checksum: 0X[0-9A-F]{2,4} \| id: [0-9]+ \| seq: [0-9]+ \}\nip \{[^}]+\}\n-{54}\n$/,
  );
});

Deno.test("dry run prints NTP, DNS and tunnelled probes with the lines that ZMap gives them", async () => {
  const dashes = "-".repeat(54);
  for (
    const [args, ...names] of [
      ["-M ntp -p 123", "ntp", "udp", "ip", "eth", dashes],
      [
        "-M dns -p 53 -O json --probe-args A,example.com",
        ...[dashes, "dns", "ip", "eth", dashes],
      ],
      ["-M ipip -p 80", "udp", "ip", "ip", "eth", dashes],
    ]
  ) {
    const all = ["-d", ...args!.split(" "), ...NETWORK, "8.8.8.8"];
    const { stdout } = await runHere(all);
    const lines = stdout.split("\n").map((line) => line.split(" {")[0]);
    assert.deepEqual(lines, [...names, ""], stdout);
  }
});

Deno.test("dry run without network shows placeholders", async () => {
  const { code, stdout } = await runHere(["-d", "-p", "80", "8.8.8.8"]);
  assert.equal(code, 0);
  const [packet] = parsePackets(stdout);
  assert.equal(packet!.target, "8.8.8.8");
  assert.notEqual(packet!.sourceMac, null);
});

Deno.test("dry run writes the CSV header first, and metadata at the end", async () => {
  using directory = new TestDirectory();
  const metadata = `${directory.path}/metadata`;
  const args = ["-d", ...NETWORK, "-p", "80", "8.8.8.0/30", "-f", "saddr,ttl"];
  const { stdout } = await runHere([...args, "-m", metadata]);
  assert.ok(stdout.startsWith("saddr,ttl\ntcp {"));
  const facts = JSON.parse(Deno.readTextFileSync(metadata));
  assert.equal(facts.dryrun, 1);
  assert.equal(facts.packets_sent, 4);
  assert.equal(facts.exit_reason, "completed");
  assert.deepEqual(facts.source_ips, ["192.0.2.5"]);
  const file = `${directory.path}/results`;
  const { stdout: packets } = await runHere([...args, "-o", file]);
  assert.ok(packets.startsWith("tcp {"));
  assert.equal(Deno.readTextFileSync(file), "saddr,ttl\n");
  const { stdout: bare } = await runHere([...args, "--no-header-row"]);
  assert.ok(bare.startsWith("tcp {"));
});

Deno.test("dry run takes options from a configuration file", async () => {
  using directory = new TestDirectory();
  const conf = directory.write(
    "conf",
    'target-port = 80,443 # two\nmax-targets 6\nseed "5"\n',
  );
  const packets = await dryRun("-C", conf, "8.8.8.0/24");
  assert.equal(packets.length, 6);
  const shorter = await dryRun("--config", conf, "--max-t=2", "8.8.8.0/24");
  assert.deepEqual(
    shorter,
    packets.slice(0, 2).map((packet, i) => ({
      ...packet,
      sourcePort: shorter[i]!.sourcePort,
      sequence: shorter[i]!.sequence,
    })),
  );
});

Deno.test("dry run of an unknown interface names those that exist", async () => {
  const args = ["-d", "-i", "nosuch0", "-p", "80", "8.8.8.8"];
  const { code, stderr } = await runHere(args);
  assert.equal(code, 3);
  assert.match(stderr, /nosuch0[^]* lo/);
});
