import assert from "node:assert/strict";
import type { LinkDetails, LinkInfo } from "../link/mod.ts";
import { interfaceCheck } from "./interface.ts";

const LINK: LinkInfo = {
  index: 2,
  name: "eth0",
  alternativeNames: [],
  isUp: true,
  hasCarrier: true,
  isRunning: true,
  isLoopback: false,
  hasEthernetHeader: true,
  usesArp: true,
  macAddress: new Uint8Array(6),
  mtuBytes: 1500,
  stats: {
    rxPackets: 0,
    txPackets: 0,
    rxBytes: 0,
    txBytes: 0,
    rxErrors: 0,
    txErrors: 0,
    rxDropped: 0,
    txDropped: 0,
    rxOverErrors: 0,
    rxFifoErrors: 0,
    rxMissed: 0,
    carrierChanges: 0,
  },
};
const DETAILS: LinkDetails = {
  driver: "ixgbe",
  bus: "0000:01:00.0",
  speedMbps: 10_000,
  txQueues: 8,
  rxQueues: 8,
  rings: { rx: 512, rxMax: 4096, tx: 512, txMax: 4096 },
  offloads: ["tx-checksum", "gro"],
  hasXdp: false,
  queueKind: "mq",
  queueBytesPerSecond: null,
};
const NEED = { packetBytes: 52, ratePps: 10_000, version: 4 } as const;

Deno.test("interfaceCheck() describes an interface that is ready", () => {
  const { found, status } = interfaceCheck(LINK, DETAILS, NEED);
  assert.equal(status, "ok");
  assert.equal(
    found,
    "eth0: up, carrier, MTU 1500, 10 Gbit/s, ixgbe 0000:01:00.0, queues 8 tx 8 rx, " +
      "rings 512/4096 tx 512/4096 rx, offloads tx-checksum gro",
  );
  assert.equal(
    interfaceCheck(LINK, null, NEED).found,
    "eth0: up, carrier, MTU 1500",
  );
  const unknown = { ...DETAILS, speedMbps: null, rings: null, bus: null };
  assert.match(
    interfaceCheck(LINK, unknown, NEED).found,
    /, speed unknown, ixgbe, queues 8 tx 8 rx, offloads/,
  );
});

Deno.test("interfaceCheck() refuses one that is not ready", () => {
  const cases: [Partial<LinkInfo>, RegExp][] = [
    [{ isUp: false, hasCarrier: false }, /ip link set eth0 up/],
    [{ hasCarrier: false }, /-i/],
    [{ mtuBytes: 51 }, /mtu/],
  ];
  for (const [link, remedy] of cases) {
    const check = interfaceCheck({ ...LINK, ...link }, DETAILS, NEED);
    assert.equal(check.status, "error");
    assert.match(check.remedy, remedy);
  }
  const small = interfaceCheck({ ...LINK, mtuBytes: 51 }, DETAILS, NEED);
  assert.match(
    small.found,
    /^a probe of 52 bytes needs an MTU of 52; eth0 has 51 \(/,
  );
});

Deno.test("interfaceCheck() wants the MTU that IPv6 needs, whatever the probe", () => {
  const small = { ...LINK, mtuBytes: 1279 };
  assert.equal(interfaceCheck(small, DETAILS, NEED).status, "ok");
  const need6 = { ...NEED, version: 6 } as const;
  const check = interfaceCheck(small, DETAILS, need6);
  assert.equal(check.status, "error");
  assert.match(check.found, /^IPv6 needs an MTU of 1280; eth0 has 1279 \(/);
  assert.match(check.remedy, /mtu 1500/);
  const least = { ...LINK, mtuBytes: 1280 };
  assert.equal(interfaceCheck(least, DETAILS, need6).status, "ok");
});

Deno.test("interfaceCheck() warns of XDP, and of a small ring at high rates", () => {
  const xdp = interfaceCheck(LINK, { ...DETAILS, hasXdp: true }, NEED);
  assert.equal(xdp.status, "warning");
  assert.match(xdp.remedy, /xdp off/);
  for (const ratePps of [null, 200_000]) {
    const fast = interfaceCheck(LINK, DETAILS, { ...NEED, ratePps });
    assert.equal(fast.status, "warning");
    assert.match(fast.remedy, /ethtool -G eth0 rx 4096/);
  }
});
