import assert from "node:assert/strict";
import { internetChecksum } from "./checksum.ts";
import {
  icmpUnreachableText,
  isIcmpError,
  parseIcmpEcho,
  writeIcmpEcho,
} from "./icmp.ts";

const ECHO = { type: 8, code: 0, id: 0x3b1f, sequence: 1 };
const PAYLOAD = new TextEncoder().encode("pacemap");

Deno.test("writeIcmpEcho() writes what ping sends", () => {
  const bytes = new Uint8Array(17).fill(0xa5);
  const end = writeIcmpEcho(new DataView(bytes.buffer), 1, ECHO, PAYLOAD);
  assert.equal(end, 16);
  const header = [8, 0, 0x0b, 0xb7, 0x3b, 0x1f, 0, 1];
  assert.deepEqual(bytes, Uint8Array.of(0xa5, ...header, ...PAYLOAD, 0xa5));
  assert.equal(internetChecksum(new DataView(bytes.buffer), 1, 15), 0);
});

Deno.test("parseIcmpEcho() reads what writeIcmpEcho() wrote", () => {
  const view = new DataView(new ArrayBuffer(15));
  writeIcmpEcho(view, 0, ECHO, PAYLOAD);
  assert.deepEqual(parseIcmpEcho(view, 0, 8), ECHO);
  assert.equal(parseIcmpEcho(view, 0, 7), null);
});

Deno.test("isIcmpError() knows the four types that quote a packet", () => {
  const types = Array.from({ length: 256 }, (_, type) => type);
  assert.deepEqual(types.filter(isIcmpError), [3, 4, 5, 11]);
});

Deno.test("icmpUnreachableText() names the sixteen codes", () => {
  assert.equal(icmpUnreachableText(0), "network unreachable");
  assert.equal(icmpUnreachableText(13), "communication admin. prohibited");
  assert.equal(icmpUnreachableText(14), "host presdence violation");
  assert.equal(icmpUnreachableText(15), "precedence cutoff");
  assert.equal(icmpUnreachableText(16), "unknown");
  assert.equal(icmpUnreachableText(255), "unknown");
});
