import assert from "node:assert/strict";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import { type LinkDetails, LinkReader, readLinkDetails } from "./mod.ts";

function detailsOf(name: string): LinkDetails {
  using reader = LinkReader.open();
  const link = reader.readLinks().find((one) => one.name === name);
  assert.ok(link !== undefined, `${name} exists`);
  const details = readLinkDetails(link);
  assert.ok(details !== null);
  return details;
}

namespaceTest(
  import.meta,
  "readLinkDetails() asks kernel and driver",
  {
    setup:
      `ip link add up0 numtxqueues 2 numrxqueues 3 type veth peer name up1 numtxqueues 3 numrxqueues 2
ip link set up0 up; ip link set up1 up
ip link add ifb7 numtxqueues 4 type ifb`,
    async run(): Promise<void> {
      const up0 = detailsOf("up0");
      assert.equal(up0.driver, "veth");
      assert.equal(up0.bus, null);
      assert.equal(up0.speedMbps, 10_000);
      assert.deepEqual([up0.txQueues, up0.rxQueues], [2, 3]);
      assert.equal(up0.rings, null);
      assert.ok(up0.offloads.includes("gso"));
      assert.equal(up0.hasXdp, false);
      assert.equal(up0.queueKind, "noqueue");
      assert.equal(up0.queueBytesPerSecond, null);
      const ifb = detailsOf("ifb7");
      assert.equal(ifb.driver, "ifb");
      assert.equal(ifb.speedMbps, null);
      assert.equal(ifb.txQueues, 4);
      assert.equal(detailsOf("lo").driver, null);
      const bucket = (rate: string): Promise<string> =>
        run(
          "sh",
          "-c",
          `tc qdisc replace dev up0 root tbf rate ${rate} burst 1mb limit 1mb`,
        );
      await bucket("8mbit");
      assert.equal(detailsOf("up0").queueKind, "tbf");
      assert.equal(detailsOf("up0").queueBytesPerSecond, 1e6);
      await bucket("80gbit");
      assert.equal(detailsOf("up0").queueBytesPerSecond, 1e10);
      assert.equal(readLinkDetails({ index: 999, name: "gone0" }), null);
    },
  },
);
