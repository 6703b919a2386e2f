import assert from "node:assert/strict";
import { kill } from "../../src/demo/mod.ts";
import {
  EAST_GATEWAY,
  EAST_RANGE,
  EMPTY_RANGE,
  linkNetworkTest,
  NEAR_GATEWAY,
  NEAR_RANGE,
  WEST_GATEWAY,
  WEST_RANGE,
  WIDE_EAST_RANGE,
  WIDE_WEST_RANGE,
} from "./link_network.ts";
import { runScan, startPacemap } from "./network_fixture.ts";

const PING = ["-M", "icmp_echoscan", "-f", "saddr", "-c", "2"];
const NEAR_COUNT = 4096;

interface Figures {
  readonly sent: unknown;
  readonly found: unknown;
  readonly withoutNeighbour: number;
}

/** Checks that the ledger balances. */
function figures({ metadata }: Awaited<ReturnType<typeof runScan>>): Figures {
  const { send } = metadata.ledger as { send: Record<string, number> };
  assert.equal(send.made, send.accepted! + send.abandoned! + send.pending!);
  return {
    sent: metadata.packets_sent,
    found: metadata.success_unique,
    withoutNeighbour: send.noNeighbour!,
  };
}

linkNetworkTest(
  "A scan finds all 4,096 hosts on its own link, past the kernel's table of neighbours",
  async (network) => {
    const args = [...PING, "-r", "0", "--loss-sample", "0", NEAR_RANGE];
    const scan = await runScan(network, args);
    assert.equal(scan.code, 0, scan.stderr);
    assert.deepEqual(figures(scan), {
      sent: NEAR_COUNT,
      found: NEAR_COUNT,
      withoutNeighbour: 0,
    });
    assert.equal(new Set(scan.rows).size, NEAR_COUNT);
    assert.match(scan.stderr, /Asking 4,096 neighbours/);
    const known = await network.scanner.run("ip", ["neigh", "show"]);
    assert.ok(known.split("\n").length < 100, "the kernel was not asked");
  },
);

linkNetworkTest(
  "Targets on the link that nobody has get no probe and are counted",
  async (network) => {
    const args = [...PING, "-r", "0", "-P", "2", "--loss-sample", "0"];
    const scan = await runScan(network, [...args, "10.9.1.0/24", EMPTY_RANGE]);
    assert.equal(scan.code, 0, scan.stderr);
    assert.deepEqual(figures(scan), {
      sent: 2 * 256,
      found: 256,
      withoutNeighbour: 2 * 256,
    });
    assert.deepEqual(scan.metadata.neighbours, { targets: 512, known: 256 });
    assert.equal(scan.metadata.targets_scanned, 512);
    assert.equal(scan.metadata.exit_reason, "completed");
    assert.match(scan.stderr, /probes without a neighbour +512/);
  },
);

linkNetworkTest(
  "A scan sends to hosts on the link and through each gateway at once",
  async (network) => {
    const ranges = ["10.9.1.0/24", EAST_RANGE, WEST_RANGE];
    const found = new Set<string>();
    for (const shard of ["0", "1"]) {
      const scan = await runScan(network, [
        ...PING,
        ...["-r", "0", "-T", "2", "--seed", "5"],
        ...["--shards", "2", "--shard", shard],
        ...ranges,
      ]);
      assert.equal(scan.code, 0, scan.stderr);
      assert.equal(figures(scan).found, 3 * 128);
      scan.rows.forEach((row) => found.add(row));
      const hops = scan.metadata.next_hops as { ip: string }[];
      assert.deepEqual(hops.map(({ ip }) => ip), [EAST_GATEWAY, WEST_GATEWAY]);
      assert.equal(scan.metadata.gateway_ip, EAST_GATEWAY);
      const asked = /Asking (\d+) neighbours/.exec(scan.stderr)?.[1];
      assert.ok(Number(asked) < 256, "only those of the shard");
    }
    assert.equal(found.size, 3 * 256);
  },
);

linkNetworkTest(
  "A second gateway that gets another hardware address, and then gives way to another one, is followed",
  async (network) => {
    const scan = runScan(network, [
      ...PING,
      ...["-r", "4000", "--no-preflight"],
      ...[WIDE_EAST_RANGE, WIDE_WEST_RANGE],
    ]);
    await network.westHears(2000);
    const mac = "02:00:00:00:00:99";
    await network.west.run("ip", ["link", "set", "up0", "address", mac]);
    // It can only have heard them at its new address.
    await network.westHears(4000);
    await network.replaceWest();
    const { code, metadata, rows, stderr } = await scan;
    assert.equal(code, 0, stderr);
    assert.equal(new Set(rows).size, 2 * 8192, stderr);
    const outages = metadata.outages as Record<string, unknown>[];
    const causes = outages.map(({ cause }) => cause);
    assert.deepEqual(causes, ["gateway-mac", "route"], stderr);
    assert.ok(Number(outages[0]!.sent_again) > 0);
    const moved = `gateway ${WEST_GATEWAY} has another hardware address now`;
    assert.match(stderr, new RegExp(`${moved}: ${mac}`));
    const replaced =
      `gateway ${WEST_GATEWAY} leads to gateway ${NEAR_GATEWAY} now`;
    assert.match(stderr, new RegExp(replaced));
  },
);

linkNetworkTest(
  "Targets without a route end a scan before it begins, and the doctor says so",
  async (network) => {
    const ranges = [EAST_RANGE, "198.51.100.0/24"];
    const scan = await runScan(network, [...PING, ...ranges]);
    assert.equal(scan.code, 3, scan.stderr);
    assert.match(
      scan.stderr,
      /Cannot send to 256 of 512 target addresses .*no route leads to 198\.51\.100\.0 \(198\.51\.100\.0\/24\)/,
    );
    const doctor = await startPacemap(network.scanner, [
      "doctor",
      ...["-b", "/dev/null", "-M", "icmp_echoscan"],
      ...ranges,
    ]).output();
    const text = new TextDecoder().decode(doctor.stdout);
    assert.match(text, /256 of 512 target addresses/);
    assert.notEqual(doctor.code, 0);
  },
);

linkNetworkTest(
  "SIGINT ends a scan that asks its neighbours",
  async (network) => {
    // 65,000 requests at this rate take all day.
    const scan = startPacemap(network.scanner, [
      ...PING,
      ...["-b", "/dev/null", "-r", "1", "10.9.0.0/16"],
    ]);
    const text = await textUntil(scan.stderr, "Asking");
    kill(scan, "SIGINT");
    assert.equal((await scan.status).code, 1, text);
    await scan.stdout.cancel();
  },
);

/** Reads a stream until a word comes up, and goes on to read it behind the scenes. */
async function textUntil(
  stream: ReadableStream<Uint8Array>,
  word: string,
): Promise<string> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes(word)) {
    const { done, value } = await reader.read();
    assert.ok(!done, text);
    text += value;
  }
  await reader.cancel();
  return text;
}
