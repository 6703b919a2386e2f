import assert from "node:assert/strict";
import { TARGET_RANGE } from "../../src/demo/mod.ts";
import { networkTest, runScan } from "./network_fixture.ts";

const TARGETS = 20_000;
const WAYS = [
  { send: "sendmmsg", receive: "packet", name: /sender: sendmmsg/ },
  { send: "ring", receive: "pcap", name: /sender: ring/ },
  { send: "xdp", receive: "packet", name: /sender: xdp in \S+ mode/ },
  { send: "auto", receive: "auto", name: /sender: .*the fastest/ },
] as const;

for (const { send, receive, name } of WAYS) {
  networkTest(
    `scan finds the same with --send-backend ${send} and --receive-backend ${receive}`,
    async (network) => {
      await network.countProbes();
      const ways = ["--send-backend", send, "--receive-backend", receive];
      const rest = [
        "-p",
        "81",
        "-n",
        String(TARGETS),
        "-r",
        "30000",
        "-T",
        "2",
      ];
      const scan = await runScan(network, [
        ...ways,
        ...(send === "xdp" ? rest.slice(0, -2) : rest),
        ...["-f", "saddr,classification", "-v", "4", "-c", "1"],
        ...["--loss-sample", "0", TARGET_RANGE],
      ]);
      assert.equal(scan.code, 0, scan.stderr);
      assert.match(scan.stderr, name);
      assert.equal(new Set(scan.rows).size, TARGETS, scan.stderr);
      assert.ok(scan.rows.every((row) => row.endsWith(",rst")));
      assert.deepEqual(await network.probeCount(), {
        probes: TARGETS,
        repeated: 0,
      });
      assert.equal(scan.metadata.packets_sent, TARGETS);
    },
  );
}
