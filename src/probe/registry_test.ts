import assert from "node:assert/strict";
import { makeProbe } from "../../tests/fixtures/probe_scene.ts";
import { hasAppSuccess } from "./probe.ts";
import {
  findProbeModule,
  PROBE_MODULES,
  requireProbeModule,
} from "./registry.ts";

Deno.test("findProbeModule() finds every module by its name", () => {
  assert.deepEqual(PROBE_MODULES.map((module) => module.name), [
    "tcp_synscan",
    "tcp_synackscan",
    "icmp_echoscan",
    "icmp6_echoscan",
    "icmp_echo_time",
    "udp",
    "ntp",
    "upnp",
    "dns",
    "bacnet",
    "ipip",
  ]);
  for (const module of PROBE_MODULES) {
    assert.equal(findProbeModule(module.name), module);
    assert.equal(requireProbeModule(module.name), module);
    const { exampleArgs: args, name } = module;
    assert.equal(makeProbe(module, { args }).name, name);
  }
});

Deno.test("hasAppSuccess() is true of DNS only", () => {
  const names = PROBE_MODULES
    .filter((one) => hasAppSuccess(makeProbe(one, { args: one.exampleArgs })))
    .map(({ name }) => name);
  assert.deepEqual(names, ["dns"]);
});

Deno.test("findProbeModule() finds nothing by any other name", () => {
  for (const name of ["", "TCP_SYNSCAN", "tcp", "constructor"]) {
    assert.equal(findProbeModule(name), undefined);
    assert.throws(() => requireProbeModule(name), RangeError);
  }
});
