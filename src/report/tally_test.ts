import assert from "node:assert/strict";
import { makeRecordHead, RecordFlag } from "../shm/mod.ts";
import { Tally } from "./tally.ts";

const VIEW = new DataView(new ArrayBuffer(60));

Deno.test("Tally counts hosts that answered with success once, by prefix, port and class", () => {
  const tally = new Tally(["synack", "rst"]);
  const head = makeRecordHead();
  const record = (
    targetAddress: number,
    { port = 80, flags = RecordFlag.success as number, classIndex = 0 } = {},
  ): void => {
    Object.assign(head, { targetAddress, targetPort: port, flags, classIndex });
    tally.record(head, VIEW, 0, 0);
  };
  record(0xc6120001);
  record(0xc6120001, { flags: RecordFlag.success | RecordFlag.repeat });
  record(0xc6120102);
  record(0xc61201ff, { port: 443 });
  record(0xc6130000, { flags: 0, classIndex: 1 });
  const { classes, ports, prefixes } = tally.top();
  assert.deepEqual(prefixes, [
    { name: "198.18.1.0/24", count: 2 },
    { name: "198.18.0.0/24", count: 1 },
  ]);
  assert.deepEqual(ports, [
    { name: "80", count: 2 },
    { name: "443", count: 1 },
  ]);
  assert.deepEqual(classes, [
    { name: "synack", count: 3 },
    { name: "rst", count: 1 },
  ]);
  assert.equal(tally.answered.coarse[0xc612], 3);
});

Deno.test("Tally counts /48 of IPv6, and nothing where the address is not known", () => {
  const tally = new Tally(["echoreply"]);
  const head = makeRecordHead();
  head.flags = RecordFlag.success;
  head.targetAddress = 8;
  VIEW.setUint8(0, 0x60);
  VIEW.setUint32(8, 0x2001_0db8);
  VIEW.setUint32(12, 0x0007_ffff);
  tally.record(head, VIEW, 0, 40);
  VIEW.setUint32(12, 0x0007_0000);
  tally.record(head, VIEW, 0, 40);
  head.flags = RecordFlag.success | RecordFlag.ipv6;
  tally.record(head, VIEW, 0, 0);
  assert.deepEqual(tally.top().prefixes, [
    { name: "2001:db8:7::/48", count: 2 },
  ]);
});
