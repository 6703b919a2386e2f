import assert from "node:assert/strict";
import { formatIpv4 } from "../base/mod.ts";
import {
  icmpError,
  IPV4_MODULES,
  makeProbe,
  ROUTER,
  rowOf,
  send,
  TARGET,
  tcpAnswer,
  viewOf,
} from "../../tests/fixtures/probe_scene.ts";
import { ICMP_UNREACHABLE, TCP_RST } from "../wire/mod.ts";
import type { Response } from "./probe.ts";
import { responseColumns } from "./response_columns.ts";
import { tcpSynscan } from "./tcp_synscan.ts";

const probe = makeProbe(tcpSynscan);

function response(changes: Partial<Response> = {}): Response {
  const sent = send(probe);
  const packet = tcpAnswer(sent, { flags: TCP_RST, acknowledgement: 0 });
  return {
    view: viewOf(packet),
    at: 0,
    end: packet.length,
    seconds: 1_706_741_999,
    microseconds: 123_999,
    targetAddress: TARGET,
    targetPort: 80,
    classIndex: 1,
    isSuccess: false,
    isRepeat: false,
    isCooldown: false,
    ...changes,
  };
}

Deno.test("responseColumns() puts the probe's columns between those that all share", () => {
  for (const module of IPV4_MODULES) {
    const own = makeProbe(module, { args: module.exampleArgs });
    const names = responseColumns(own).map((column) => column.name);
    assert.deepEqual(names, [
      ...["saddr", "saddr_raw", "daddr", "daddr_raw", "ipid", "ttl"],
      ...own.columns.map((column) => column.name),
      ...["repeat", "cooldown"],
      ...["timestamp_str", "timestamp_ts", "timestamp_us"],
      ...["target", "aliased", "blank"],
    ]);
    assert.equal(new Set(names).size, names.length);
  }
});

Deno.test("responseColumns() has the sender of an ICMP error and the target", () => {
  for (const module of IPV4_MODULES) {
    const own = makeProbe(module, { args: module.exampleArgs });
    const packet = icmpError(send(own).packet, ICMP_UNREACHABLE, 3);
    const row = rowOf(
      own,
      response({ view: viewOf(packet), end: packet.length }),
    );
    const [target, router] = [formatIpv4(TARGET), formatIpv4(ROUTER)];
    assert.equal(row.target, target, module.name);
    if ("icmp_responder" in row) {
      assert.deepEqual([row.saddr, row.icmp_responder], [target, router]);
    } else {
      assert.equal(row.saddr, router, module.name);
    }
    assert.equal("icmp_responder" in row, !module.name.startsWith("icmp_"));
  }
});

Deno.test("responseColumns() reads the IP header", () => {
  const row = rowOf(probe, response());
  assert.equal(row.saddr, "198.18.0.1");
  assert.equal(row.saddr_raw, 0x010012c6);
  assert.equal(row.daddr, "10.9.0.1");
  assert.equal(row.daddr_raw, 0x0100090a);
  assert.equal(row.ipid, 0x1234);
  assert.equal(row.ttl, 57);
});

Deno.test("responseColumns() tells repeats and late responses", () => {
  const first = rowOf(probe, response());
  const second = rowOf(probe, response({ isRepeat: true, isCooldown: true }));
  assert.deepEqual([first.repeat, first.cooldown], [false, false]);
  assert.deepEqual([second.repeat, second.cooldown], [true, true]);
});

Deno.test("responseColumns() writes times so that they read back", () => {
  // Half a year apart, so that summer time, where there is any, shows.
  for (const seconds of [1_706_741_999, 1_722_463_199, 0, 4_102_444_800]) {
    const row = rowOf(probe, response({ seconds }));
    const text = String(row.timestamp_str);
    assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.123[+-]\d{4}$/);
    const iso = text.replace(/(\d\d)$/, ":$1");
    assert.equal(Date.parse(iso), seconds * 1000 + 123);
    assert.equal(row.timestamp_ts, seconds);
    assert.equal(row.timestamp_us, 123_999);
  }
});

Deno.test("responseColumns() writes times that follow each other within a second, and those between", () => {
  const seconds = 1_706_741_999;
  const text = (later: number, microseconds: number): string => {
    const at = { seconds: seconds + later, microseconds };
    return String(rowOf(probe, { ...response(), ...at }).timestamp_str);
  };
  for (
    const [later, microseconds, end] of [
      ...[[0, 5000, "59.005"], [0, 5999, "59.005"], [0, 6000, "59.006"]],
      ...[[1, 6000, "00.006"], [0, 6000, "59.006"], [0, 999_999, "59.999"]],
    ] as const
  ) assert.equal(text(later, microseconds).slice(17, 23), end);
});
