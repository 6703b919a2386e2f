import assert from "node:assert/strict";
import { networkTest, runScan } from "./network_fixture.ts";

const SENDING =
  /^ 0:0\d \d+%(?: \(\ds left\))?; send: \d+ \S+ K?p\/s \(\S+ K?p\/s avg\); recv: \d+ \S+ K?p\/s \(\S+ K?p\/s avg\); drops: 0 p\/s \(0 p\/s avg\); hitrate: \d+\.\d\d%; lost: 0; path loss: [^;]+$/;

networkTest(
  "scan shows a status line at the start, each second and at the end, none with -q",
  async (network) => {
    const args = [
      ...["-M", "icmp_echoscan", "-r", "1000", "-c", "1", "-v", "2"],
      ...["--loss-sample", "0", "198.18.0.0/21"],
    ];
    const { code, stderr } = await runScan(network, args);
    assert.equal(code, 0, stderr);
    const [text = ""] = stderr.split("Scan complete");
    const lines = text.trimEnd().split("\n");
    assert.match(lines[0]!, /^ 0:00 \d%; send: /);
    assert.match(
      lines.at(-1)!,
      /^ 0:0\d 100%.*; send: 2048 done \(.* avg\); recv: 2048 /,
    );
    assert.match(lines.at(-1)!, /; hitrate: 100\.00%; lost: 0; path loss: /);
    const sending = lines.filter((line) => !line.includes(" done "));
    for (const line of sending) assert.match(line, SENDING);
    assert.deepEqual(
      sending.slice(0, 3).map((line) => line.slice(0, 5)),
      [" 0:00", " 0:01", " 0:02"],
    );
    const quiet = await runScan(network, ["-q", ...args]);
    assert.equal(quiet.stderr, "");
  },
);
