import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { NO_KERNEL_LOSSES, readLedger } from "../monitor/mod.ts";
import {
  makeCounters,
  RECEIVE,
  RECEIVE_SLOTS,
  SEND,
  SEND_SLOTS,
} from "../shm/mod.ts";
import { lossReport } from "./loss_report.ts";
import { type ScanFacts, scanMetadata } from "./metadata.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

function factsOf(more: Partial<ScanFacts> = {}): ScanFacts {
  const send = makeCounters(SEND_SLOTS);
  send[SEND.accepted] = 90;
  send[SEND.abandoned] = 10;
  const receive = makeCounters(RECEIVE_SLOTS);
  receive[RECEIVE.successUnique] = 25;
  receive[RECEIVE.appSuccess] = 7;
  receive[RECEIVE.appSuccessUnique] = 5;
  const output = { rows: 30, lostRows: 0, filtered: 0 };
  const ledger = readLedger([send], receive, NO_KERNEL_LOSSES, output);
  return {
    network: {
      interfaceName: "",
      interfaceIndex: 0,
      sourceAddresses: [0xc000_0201],
      layer: "ip",
      linkHeader: new Uint8Array(0),
      gatewayAddress: null,
      gatewayMac: null,
      nextHops: [],
      routes: null,
      sourceMac: null,
      reason: "",
    },
    ledger,
    loss: lossReport({
      config: { sampleShare: 0, target: 0.005, onLoss: "warn", maxPasses: 1 },
      path: {
        losses: [{ estimate: null, unknownShare: 1, followUps: 0 }],
        unknownShare: 1,
        reason: "none",
        coverage: null,
        passes: 1,
        meanPps: 999.5,
        changes: [],
      },
      ledger,
      askedPps: 1000,
      maxWindowExcess: 0,
    }),
    ratePps: 1000,
    senders: 2,
    hasAppSuccess: false,
    targetsScanned: 100,
    families: "ipv4",
    byFamily: {
      ipv4: { planned: 120, probed: 100 },
      ipv6: { planned: 0, probed: 0 },
    },
    ownAddresses: 0,
    exitReason: "completed",
    outages: [],
    aliases: null,
    sendStart: new Date(2024, 0, 5, 3, 4, 9),
    sendEnd: new Date(2024, 0, 5, 3, 4, 10),
    receiveStart: new Date(0),
    receiveEnd: new Date(0),
    ...more,
  };
}

Deno.test("scanMetadata() counts packets that could not be sent as sent, as ZMap does", () => {
  const metadata = scanMetadata({ notes: "one" }, factsOf());
  assert.equal(metadata.notes, "one");
  assert.equal(metadata.packets_sent, 100);
  assert.equal(metadata.send_to_failures, 10);
  assert.equal(metadata.hitrate, 25);
  assert.equal(metadata.output_results, 30);
  assert.equal(metadata.first_scanned, 0);
  assert.equal(metadata.senders, 2);
});

Deno.test("scanMetadata() counts by family", () => {
  const ipv4 = {
    ...{ targets: 120, targets_scanned: 100, packets_sent: 100 },
    ...{ validation_passed: 0, success_unique: 25 },
  };
  assert.deepEqual(scanMetadata({}, factsOf()).families, { ipv4 });
  const none = { packets_sent: 0, validation_passed: 0, success_unique: 0 };
  const both = scanMetadata({}, factsOf({ families: "both" }));
  assert.deepEqual(both.families, {
    ipv4,
    ipv6: { targets: 0, targets_scanned: 0, ...none },
  });
});

Deno.test("scanMetadata() has the rate as a whole number, 0 only for no limit", () => {
  const rateOf = (ratePps: number): unknown =>
    scanMetadata({}, factsOf({ ratePps })).rate;
  assert.deepEqual([0, 0.1, 110.25, 1e6].map(rateOf), [0, 1, 110, 1e6]);
  const { rate_control: control } = scanMetadata({}, factsOf());
  const changes: unknown[] = [];
  assert.deepEqual(control, {
    ...{ asked: 1000, mean: 999.5 },
    ...{ max_window_excess: 0, changes },
  });
});

Deno.test("scanMetadata() has local times with their distance from UTC", () => {
  const metadata = scanMetadata({}, factsOf());
  const time = /^2024-01-05T03:04:(?:09|10)[+-]\d{4}$/;
  assert.match(metadata.send_start_time as string, time);
  assert.match(metadata.send_end_time as string, time);
  assert.match(metadata.recv_start_time as string, /^19(?:70-01-01|69-12-31)T/);
});

Deno.test("scanMetadata() leaves out what is not known", () => {
  const metadata = scanMetadata({}, factsOf());
  for (
    const key of ["iface", "gateway_ip", "gateway_mac", "source_mac"]
  ) assert.equal(metadata[key], undefined, key);
  const { network } = factsOf();
  const known = scanMetadata(
    {},
    factsOf({
      network: {
        ...network,
        interfaceName: "eth0",
        gatewayAddress: 0xc000_02fe,
        gatewayMac: Uint8Array.of(2, 0, 0, 0, 0, 0xfe),
        sourceMac: Uint8Array.of(2, 0, 0, 0, 0, 1),
      },
    }),
  );
  assert.equal(known.iface, "eth0");
  assert.equal(known.gateway_ip, "192.0.2.254");
  assert.equal(known.gateway_mac, "02:00:00:00:00:fe");
  assert.equal(known.source_mac, "02:00:00:00:00:01");
});

Deno.test("scanMetadata() has application successes only of probes that can tell", () => {
  const without = scanMetadata({}, factsOf());
  assert.ok(!("app_success_total" in without));
  const metadata = scanMetadata({}, factsOf({ hasAppSuccess: true }));
  assert.equal(metadata.app_success_total, 7);
  assert.equal(metadata.app_success_unique, 5);
});

Deno.test("scanMetadata() has a hit rate of 0 where nothing was probed", () => {
  assert.equal(scanMetadata({}, factsOf({ targetsScanned: 0 })).hitrate, 0);
});

Deno.test("scanMetadata() lists the runs of a scan that was resumed", () => {
  const run = {
    startedAt: "2024-01-05T03:04:09.000Z",
    endedAt: "2024-01-05T03:04:10.000Z",
    reason: "",
    args: ["--rate=5"],
    sendSeconds: 1.23456,
    seconds: 2,
    packets: 40,
    rows: 30,
    mostUnrecorded: 50,
  };
  assert.ok(!("runs" in scanMetadata({}, factsOf({ runs: [run] }))));
  const ended = {
    ...run,
    args: [],
    reason: "completed",
    mostUnrecorded: 0,
  };
  const metadata = scanMetadata({}, factsOf({ runs: [run, ended] }));
  const [first, second] = metadata.runs as Record<string, unknown>[];
  assert.deepEqual(first!.options, ["--rate=5"]);
  assert.equal(first!.exit_reason, null);
  assert.equal(first!.send_seconds, 1.235);
  assert.deepEqual([first!.packets_sent, first!.output_results], [40, 30]);
  assert.equal(first!.unrecorded_packets_at_most, 50);
  assert.equal(second!.exit_reason, "completed");
});
