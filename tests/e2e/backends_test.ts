import assert from "node:assert/strict";
import { kill, TARGET_RANGE } from "../../src/demo/mod.ts";
import {
  networkTest,
  runPacemap,
  runScan,
  startPacemap,
} from "./network_fixture.ts";

/** Prints the main thread and the workers of a process with the processors that each may run on. */
const THREADS_SCRIPT = `
for task in /proc/$1/task/*; do
  case $(cat $task/comm) in worker*) name=worker ;; *) name=main ;; esac
  [ $name = worker ] || [ $task = /proc/$1/task/$1 ] || continue
  echo $name $(sed -n 's/^Cpus_allowed_list:[^0-9]*//p' $task/status)
done 2>/dev/null | sort; exit 0`;

const TARGETS = 20_000;
const WAYS = [
  { send: "sendmmsg", receive: "packet", name: /sender: sendmmsg/ },
  { send: "ring", receive: "pcap", name: /sender: ring/ },
  { send: "xdp", receive: "packet", name: /sender: xdp in \S+ mode/ },
  { send: "auto", receive: "auto", name: /sender: .*the fastest/ },
] as const;

networkTest(
  "--cores pins each thread to the processor that it is dealt",
  async (network) => {
    const few = ["-p", "81", "-n", "100", "-r", "100", "-T", "2", "-q"];
    const args = ["--cores", "1,0", ...few, ...["-b", "/dev/null"]];
    const child = startPacemap(network.scanner, [...args, TARGET_RANGE]);
    const output = child.output();
    try {
      let found = "";
      for (let i = 0; i < 100 && !found.startsWith("main 0\n"); i++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const script = ["-c", THREADS_SCRIPT, "sh", String(child.pid)];
        found = await network.scanner.run("sh", script);
      }
      // Receiver 1, senders 0 and 1, monitor 0.
      const lines = found.trim().split("\n");
      assert.deepEqual(lines, ["main 0", "worker 0", "worker 1", "worker 1"]);
    } finally {
      kill(child, "SIGKILL");
      await output;
    }
    const none = await runPacemap(network.scanner, [
      ...["--cores", "8000", "-p", "81", "-b", "/dev/null", TARGET_RANGE],
    ]);
    assert.equal(none.code, 3);
    assert.match(none.stderr, /Cannot use processor 8000.*[Cc]hoose among/s);
  },
);

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
