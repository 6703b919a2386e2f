/** Probes of both families, and answers to them. */
import {
  FrameBuilder,
  type Ipv6Sources,
  type Probe,
  type ProbeModule,
  requireProbeModule,
} from "../probe/mod.ts";
import {
  addressSet,
  Ipv6TargetSpace,
  makeIpv6TargetPlan,
  makeTargetPlan,
  NO_IPV6_ENTRIES,
  parseIpv6Prefix,
  parsePrefix,
  RangeBuilder,
  selectIpv6Addresses,
  TargetSpace,
} from "../targets/mod.ts";
import { Slots } from "../../tests/fixtures/link_scene.ts";
import {
  KEY,
  LINK_HEADER,
  makeProbe,
  viewOf,
} from "../../tests/fixtures/probe_scene.ts";
import { makeProbe6, SCANNER6 } from "../../tests/fixtures/probe_scene6.ts";

const SOURCE = 0x0a09_0001;
const SYN_ACK = 0x12;
/** What is sent. */
export const module: ProbeModule = requireProbeModule("tcp_synscan");
/** The probe over IPv4. */
export const probe4: Probe = makeProbe(module, { linkHeader: LINK_HEADER });
/** The probe over IPv6. */
export const probe6: Probe = makeProbe6(module);
/** Where probes over IPv6 come from. */
export const ONE_SOURCE: Ipv6Sources = { kind: "list", words: SCANNER6 };

/** A few targets of IPv4 with three ports. */
export function space4(): TargetSpace {
  const builder = new RangeBuilder();
  builder.addPrefix(parsePrefix("198.18.0.0/26"));
  return new TargetSpace(makeTargetPlan({
    addresses: addressSet(builder),
    ports: Uint16Array.of(80, 443, 22),
    seed: 1n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  }));
}

/** 2^18 windows: with so many ports numbers reach above 2^32. */
export function space6(portCount: number): Ipv6TargetSpace {
  return new Ipv6TargetSpace(makeIpv6TargetPlan({
    addresses: selectIpv6Addresses({
      allowed: {
        ...NO_IPV6_ENTRIES,
        ranges: [parseIpv6Prefix("2001:db8::/30")],
      },
      listed: null,
      blocked: NO_IPV6_ENTRIES,
      window: { length: 48, rule: { kind: "random" }, seed: 9n },
    }),
    ports: Uint16Array.from({ length: portCount }, (_, i) => i + 1),
    seed: 2n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  }));
}

/** The frames to these positions, as the first or second probe to their targets. */
export function framesTo6(
  space: Ipv6TargetSpace,
  positions: readonly number[],
  { probeNumber = 0, sources = ONE_SOURCE }: {
    readonly probeNumber?: number;
    readonly sources?: Ipv6Sources;
  } = {},
): Uint8Array[] {
  const slots = new Slots(positions.length);
  const ipv6 = { space, sources, hops: null };
  const builder = new FrameBuilder({
    slots,
    probe: makeProbe6(module, { maxProbes: 2 }),
    validationKey: KEY,
    ipv6,
  });
  positions.forEach((position, slot) =>
    builder.add(slot, position, probeNumber)
  );
  builder.finish();
  return positions.map((_, slot) => slots.frame(slot));
}

/** The frames to all positions. */
export function framesTo4(space: TargetSpace): Uint8Array[] {
  const slots = new Slots(space.positionCount);
  const builder = new FrameBuilder({
    slots,
    probe: probe4,
    validationKey: KEY,
    hops: null,
    space,
    sourceAddresses: Uint32Array.of(SOURCE),
  });
  builder.addRange(0, space.positionCount, 0, 0);
  builder.finish();
  return Array.from(
    { length: space.positionCount },
    (_, slot) => slots.frame(slot),
  );
}

/** The SYN-ACK to a SYN: addresses and ports change places. */
export function answerTo(frame: Uint8Array): Uint8Array {
  const answer = frame.slice();
  const isIpv6 = frame[12] === 0x86;
  const [address, bytes] = isIpv6 ? [22, 16] : [26, 4];
  const tcp = isIpv6 ? 54 : 34;
  answer.copyWithin(address, address + bytes, address + 2 * bytes);
  answer.set(frame.subarray(address, address + bytes), address + bytes);
  answer.copyWithin(tcp, tcp + 2, tcp + 4);
  answer.set(frame.subarray(tcp, tcp + 2), tcp + 2);
  const view = viewOf(answer);
  view.setUint32(tcp + 8, view.getUint32(tcp + 4) + 1);
  answer[tcp + 13] = SYN_ACK;
  return answer;
}
