import assert from "node:assert/strict";
import { Slots } from "../../tests/fixtures/link_scene.ts";
import {
  KEY,
  LINK_HEADER,
  makeProbe,
  SCANNER,
} from "../../tests/fixtures/probe_scene.ts";
import { makeProbe6, SCANNER6 } from "../../tests/fixtures/probe_scene6.ts";
import {
  addressSet,
  findMixedRun,
  Ipv6Builder,
  type Ipv6Targets,
  Ipv6TargetSpace,
  makeMixedPlan,
  type MixedRun,
  NO_HOP,
  NO_IPV6_ENTRIES,
  parseIpv6Prefix,
  parsePrefix,
  RangeBuilder,
  selectIpv6Addresses,
  TargetSpace,
} from "../targets/mod.ts";
import { FrameBuilder } from "./frame_builder.ts";
import { MixedFrameBuilder } from "./mixed_frame_builder.ts";
import { PROBE_MODULES } from "./registry.ts";
import { type ProbeModule, sendsTo } from "./probe.ts";

const SIXTH_HOP = 6;
const ipv4 = new RangeBuilder();
ipv4.addPrefix(parsePrefix("198.18.0.0/23"));
const ipv6 = new Ipv6Builder();
ipv6.addRange(parseIpv6Prefix("2001:db8::/120"));
const plan = makeMixedPlan({
  ipv4: addressSet(ipv4),
  ipv6: selectIpv6Addresses({
    allowed: ipv6.take(),
    listed: null,
    blocked: NO_IPV6_ENTRIES,
    window: null,
  }),
  ports: Uint16Array.of(53),
  seed: 5n,
  shards: 1,
  shard: 0,
  maxTargets: null,
});
const space4 = new TargetSpace(plan.ipv4);
const space6 = new Ipv6TargetSpace(plan.ipv6);
const COUNT = plan.endPosition;

/** Goes where frames go anyway, but for every third target, which has no next hop. */
const HOPS4 = {
  find: (address: number): number => address % 3 === 0 ? NO_HOP : 0,
  write(): void {},
};
const HOPS6 = {
  find: (words: Uint32Array, at: number): number =>
    words[at + 3]! % 3 === 0 ? NO_HOP : SIXTH_HOP,
  write(): void {},
};

/** Builders of mixed frames and of those of each family alone, all of the same scan. */
function buildersOf(
  module: ProbeModule,
  slots: Slots,
  hops: { readonly ipv4: typeof HOPS4; readonly ipv6: typeof HOPS6 } | null,
  ipv6Targets: Ipv6Targets = space6,
): {
  readonly mixed: MixedFrameBuilder;
  readonly alone: (run: MixedRun, probeNumber: number) => Uint8Array;
} {
  const linkBytes = LINK_HEADER.length;
  const args = module.exampleArgs;
  const probe4 = makeProbe(module, { maxProbes: 2, args });
  const probe6 = makeProbe6(module, { maxProbes: 2, args });
  const targets4 = { space: space4, sourceAddresses: Uint32Array.of(SCANNER) };
  const sources = { kind: "list" as const, words: SCANNER6 };
  const mixed = new MixedFrameBuilder({
    mix: plan.mix,
    ipv4: {
      ...targets4,
      probe: probe4,
      slots,
      linkBytes,
      hops: hops?.ipv4 ?? null,
    },
    ipv6: {
      space: ipv6Targets,
      sources,
      probe: probe6,
      slots,
      linkBytes,
      hops: hops?.ipv6 ?? null,
    },
    validationKey: KEY,
  });
  const slot4 = new Slots(1);
  const slot6 = new Slots(1);
  const builder4 = new FrameBuilder({
    ...targets4,
    slots: slot4,
    probe: probe4,
    hops: null,
    validationKey: KEY,
  });
  const builder6 = new FrameBuilder({
    slots: slot6,
    probe: probe6,
    ipv6: { space: space6, sources, hops: null },
    validationKey: KEY,
  });
  return {
    mixed,
    alone({ family, first }, probeNumber): Uint8Array {
      const builder = family === 4 ? builder4 : builder6;
      builder.begin();
      builder.setTime(1_700_000_000, 7);
      builder.add(0, first, probeNumber);
      builder.finish();
      return (family === 4 ? slot4 : slot6).frame(0);
    },
  };
}

function runAt(position: number): MixedRun {
  const run: MixedRun = { family: 4, first: 0, length: 0 };
  findMixedRun(plan.mix, position, run);
  return run;
}

/** Kinds of probes that know both families, and whose frames fit into the slots of a test. */
const MODULES = PROBE_MODULES.filter((module) =>
  sendsTo(module, 4) && sendsTo(module, 6) &&
  makeProbe6(module, { args: module.exampleArgs }).maxFrameBytes <= 128
);

Deno.test("MixedFrameBuilder makes the frames of each family, whatever the slots held before", () => {
  assert.ok(MODULES.length >= 4);
  for (const module of MODULES) {
    const batch = 100;
    const slots = new Slots(batch);
    const { alone, mixed } = buildersOf(module, slots, null);
    mixed.setTime(1_700_000_000, 7);
    let ipv6Count = 0;
    // Batches and chunks do not divide each other, so that slots change their family all the time.
    for (let first = 0; first < COUNT; first += batch) {
      const count = Math.min(batch, COUNT - first);
      mixed.begin();
      mixed.add(0, first, 1);
      mixed.addRange(1, count - 1, first + 1, 0);
      mixed.finish();
      assert.equal(mixed.filled, count);
      for (let slot = 0; slot < count; slot++) {
        assert.equal(mixed.orderAt(slot), slot);
        const run = runAt(first + slot);
        const wanted = alone(run, slot === 0 ? 1 : 0);
        assert.deepEqual(slots.frame(slot), wanted, module.name);
      }
      ipv6Count += mixed.countIpv6(0, count);
    }
    assert.equal(ipv6Count, plan.mix.ipv6Count);
  }
});

Deno.test("MixedFrameBuilder passes over targets of both families that have no next hop", () => {
  const slots = new Slots(COUNT);
  const hops = { ipv4: HOPS4, ipv6: HOPS6 };
  const { alone, mixed } = buildersOf(MODULES[0]!, slots, hops);
  mixed.begin();
  mixed.setTime(1_700_000_000, 7);
  mixed.addRange(0, COUNT, 0, 0);
  mixed.finish();
  const without = Math.ceil(plan.mix.ipv6Count / 3);
  const ipv6Left = plan.mix.ipv6Count - without;
  assert.equal(mixed.countIpv6(0, mixed.filled), ipv6Left);
  let before = -1;
  for (let slot = 0; slot < mixed.filled; slot++) {
    const order = mixed.orderAt(slot);
    assert.ok(order > before);
    before = order;
    assert.deepEqual(slots.frame(slot), alone(runAt(order), 0));
  }
  assert.equal(mixed.orderAt(mixed.filled), COUNT);
  assert.ok(mixed.filled < COUNT - without);
});

Deno.test("MixedFrameBuilder leaves positions behind all targets to IPv6, whatever they mean there", () => {
  const slots = new Slots(2);
  const located: number[] = [];
  const space: Ipv6Targets = {
    positionCount: space6.positionCount,
    locate(positions: Float64Array, count: number): void {
      located.push(...positions.subarray(0, count));
    },
    numberOf: () => -1,
    positionOf: () => -1,
    containsAddress: () => false,
    addressIndexOf: () => 0,
    portCountOf: () => 1,
    portRankOf: () => 0,
  };
  const { mixed } = buildersOf(MODULES[0]!, slots, null, space);
  mixed.begin();
  mixed.add(0, 2 ** 48 + 3, 0);
  mixed.add(1, 0, 0);
  mixed.finish();
  assert.deepEqual(located, [2 ** 48 + 3]);
  assert.equal(mixed.countIpv6(0, 2), 1);
});
