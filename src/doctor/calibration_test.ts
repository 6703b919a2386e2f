import assert from "node:assert/strict";
import { IPV4_MODULES } from "../../tests/fixtures/probe_scene.ts";
import { namespaceTest } from "../../tests/e2e/namespace.ts";
import { RECEIVE_BACKENDS, SEND_BACKENDS } from "../backend/mod.ts";
import { makeTestScan, makeTestTargets } from "./_test_scan.ts";
import {
  calibrationTargets,
  LEAST_TARGETS,
  type Measurement,
} from "./calibration.ts";
import type { CheckedScan } from "./checked_scan.ts";
import { measureReceiving } from "./receive_calibration.ts";
import { measureBuilding, measureSending } from "./send_calibration.ts";

function scanOfKind(name: string): CheckedScan {
  const scan = makeTestScan();
  const module = IPV4_MODULES.find((one) => one.name === name)!;
  const probe = { ...scan.probe, module: name, args: module.exampleArgs };
  const ports = module.usesPorts ? "80,81" : "0";
  return { ...scan, probe, targets: makeTestTargets("10.0.0.0/8", ports) };
}

function assertMeasured({ how, isEstimate, ratePps }: Measurement): void {
  assert.ok(ratePps !== null && ratePps > 0, how);
  assert.equal(isEstimate, false, how);
}

Deno.test("calibrationTargets() are the scan's own, or others of its ports when these are too few", () => {
  const many = makeTestTargets("10.0.0.0/16");
  assert.equal(calibrationTargets(many), many);
  const few = makeTestTargets("10.0.0.0/17", "443");
  const others = calibrationTargets(few);
  assert.ok(others.endPosition - others.firstPosition >= LEAST_TARGETS);
  assert.deepEqual([...others.ports], [443]);
  const port = makeTestTargets("10.0.0.0/17", "80,443");
  assert.equal(calibrationTargets(port), port);
});

for (const { name } of IPV4_MODULES) {
  namespaceTest(
    import.meta,
    `measureReceiving() has valid answers to ${name}`,
    { run: () => assertMeasured(measureReceiving(scanOfKind(name))) },
  );
}

namespaceTest(
  import.meta,
  "measureReceiving() knows every back end and way to deduplicate",
  {
    run(): void {
      const scan = makeTestScan();
      for (const backend of RECEIVE_BACKENDS) {
        assertMeasured(measureReceiving({ ...scan, capture: { backend } }));
      }
      for (
        const dedup of [
          { method: "none" },
          { method: "window", size: 1 },
          { method: "window", size: 2 ** 27 },
        ] as const
      ) assertMeasured(measureReceiving({ ...scan, dedup }));
    },
  },
);

namespaceTest(
  import.meta,
  "measureSending() knows every back end and layer",
  {
    run(): void {
      const scan = makeTestScan();
      assertMeasured(measureBuilding(scan));
      const veth = { layer: "ethernet", driver: "veth" } as const;
      for (const backend of SEND_BACKENDS) {
        const send = { ...scan.send, backend };
        assertMeasured(measureSending({ ...scan, send }, veth));
      }
      const ip = { layer: "ip", driver: null } as const;
      assertMeasured(measureSending(scanOfKind("udp"), ip));
    },
  },
);

namespaceTest(import.meta, "measurements take a single target", {
  run(): void {
    const scan = { ...makeTestScan(), targets: makeTestTargets("10.0.0.1/32") };
    assertMeasured(measureBuilding(scan));
    const veth = { layer: "ethernet", driver: "veth" } as const;
    assertMeasured(measureSending(scan, veth));
    assertMeasured(measureReceiving(scan));
  },
});
