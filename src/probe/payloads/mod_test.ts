import assert from "node:assert/strict";
import {
  dataOf,
  makeProbe,
  send,
} from "../../../tests/fixtures/probe_scene.ts";
import { udp } from "../udp.ts";
import { findUdpPayload, UDP_PAYLOADS } from "./mod.ts";

Deno.test("UDP_PAYLOADS have names of their own that end in their port", () => {
  const names = UDP_PAYLOADS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  assert.deepEqual(names, names.toSorted());
  for (const { name, port, description, document } of UDP_PAYLOADS) {
    const hasPort = new RegExp(`_${port}(_|$)`).test(name);
    assert.equal(hasPort, port !== 0, name);
    assert.ok(description.length > 0 && document.length > 0);
  }
});

Deno.test("UDP_PAYLOADS are usable, and listed in the help", () => {
  for (const { name, bytes, isTemplate, description } of UDP_PAYLOADS) {
    const probe = makeProbe(udp, { args: `payload:${name}` });
    const data = dataOf(send(probe));
    assert.ok(data.length >= 1 && data.length <= 1472);
    if (!isTemplate) assert.deepEqual(data, bytes);
    assert.ok(!new TextDecoder().decode(data).includes("${"), name);
    assert.match(udp.help, new RegExp(`^  ${name} +${description[0]}`, "m"));
  }
});

Deno.test("findUdpPayload() takes a whole name, or the start of only one", () => {
  assert.equal(findUdpPayload("ntp_123")?.name, "ntp_123");
  assert.equal(findUdpPayload("ntp_123_")?.name, "ntp_123_monlist");
  assert.equal(findUdpPayload("ntp_"), null);
  assert.equal(findUdpPayload("gopher"), null);
});
