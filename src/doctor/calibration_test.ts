import assert from "node:assert/strict";
import { IPV4_MODULES } from "../../tests/fixtures/probe_scene.ts";
import { requireProbeModule } from "../probe/mod.ts";
import { namespaceTest } from "../../tests/e2e/namespace.ts";
import { RECEIVE_BACKENDS, SEND_BACKENDS } from "../backend/mod.ts";
import {
  makeTestScan,
  makeTestScan6,
  makeTestTargets,
  makeTestTargets6,
} from "./_test_scan.ts";
import {
  calibrationPlan,
  LEAST_TARGETS,
  type Measurement,
} from "./calibration.ts";
import type { CheckedScan, CheckedScan6 } from "./checked_scan.ts";
import {
  checkedIpv4,
  checkedIpv6,
  type FamilyPlan,
  orderOf,
} from "./family_scan.ts";
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

function scan6OfKind(name: string): CheckedScan6 {
  const scan = makeTestScan6();
  const module = requireProbeModule(name);
  const probe = { ...scan.probe, module: name, args: module.exampleArgs };
  const ports = module.usesPorts ? "80,81" : "0";
  return {
    ...scan,
    probe,
    targets: makeTestTargets6("2001:db8:8000::/111", ports),
  };
}

Deno.test("calibrationPlan() has the scan's own targets, or others of its ports when these are too few", () => {
  const ipv4 = (prefix: string, ports?: string): FamilyPlan => ({
    ipv4: makeTestTargets(prefix, ports),
  });
  const ipv6 = (prefix: string, ports?: string): FamilyPlan => ({
    ipv6: makeTestTargets6(prefix, ports),
  });
  for (
    const [many, few, port] of [
      [
        ipv4("10.0.0.0/16"),
        ipv4("10.0.0.0/17", "443"),
        ipv4("10.0.0.0/17", "80,443"),
      ],
      [
        ipv6("fd00::/112"),
        ipv6("fd00::/113", "443"),
        ipv6("fd00::/113", "80,443"),
      ],
    ] as const
  ) {
    assert.equal(calibrationPlan({ plan: many }), many);
    const others = calibrationPlan({ plan: few });
    const { endPosition, firstPosition, ports } = orderOf(others);
    assert.ok(endPosition - firstPosition >= LEAST_TARGETS);
    assert.deepEqual([...ports], [443]);
    assert.equal("ipv6" in others, "ipv6" in few);
    assert.equal(calibrationPlan({ plan: port }), port);
  }
});

namespaceTest(
  import.meta,
  "measureReceiving() has valid answers over IPv6",
  {
    run(): void {
      for (const name of ["tcp_synscan", "icmp_echoscan", "dns"]) {
        assertMeasured(measureReceiving(checkedIpv6(scan6OfKind(name))));
      }
    },
  },
);

for (const { name } of IPV4_MODULES) {
  namespaceTest(
    import.meta,
    `measureReceiving() has valid answers to ${name}`,
    {
      run: () =>
        assertMeasured(measureReceiving(checkedIpv4(scanOfKind(name)))),
    },
  );
}

namespaceTest(
  import.meta,
  "measureReceiving() knows every back end and way to deduplicate",
  {
    run(): void {
      const scan = makeTestScan();
      for (const backend of RECEIVE_BACKENDS) {
        assertMeasured(
          measureReceiving(checkedIpv4({ ...scan, capture: { backend } })),
        );
      }
      for (
        const dedup of [
          { method: "none" },
          { method: "window", size: 1 },
          { method: "window", size: 2 ** 27 },
        ] as const
      ) assertMeasured(measureReceiving(checkedIpv4({ ...scan, dedup })));
    },
  },
);

namespaceTest(
  import.meta,
  "measureSending() knows every back end and layer",
  {
    run(): void {
      const scan = makeTestScan();
      assertMeasured(measureBuilding(checkedIpv4(scan)));
      const veth = { layer: "ethernet", driver: "veth" } as const;
      for (const backend of SEND_BACKENDS) {
        const send = { ...scan.send, backend };
        assertMeasured(measureSending(checkedIpv4({ ...scan, send }), veth));
      }
      const ip = { layer: "ip", driver: null } as const;
      assertMeasured(measureSending(checkedIpv4(scanOfKind("udp")), ip));
      const scan6 = checkedIpv6(makeTestScan6());
      assertMeasured(measureBuilding(scan6));
      assertMeasured(measureSending(scan6, veth));
      assertMeasured(measureSending(scan6, ip));
    },
  },
);

namespaceTest(import.meta, "measurements take a single target", {
  run(): void {
    const veth = { layer: "ethernet", driver: "veth" } as const;
    for (
      const scan of [
        checkedIpv4({
          ...makeTestScan(),
          targets: makeTestTargets("10.0.0.1/32"),
        }),
        checkedIpv6({
          ...makeTestScan6(),
          targets: makeTestTargets6("fd00::1/128"),
        }),
      ]
    ) {
      assertMeasured(measureBuilding(scan));
      assertMeasured(measureSending(scan, veth));
      assertMeasured(measureReceiving(scan));
    }
  },
});
