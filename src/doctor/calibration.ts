import { EPERM } from "../../ffi/constants.ts";
import { ErrnoError } from "../../ffi/errno.ts";
import { PrivateNetwork } from "../../ffi/private_network.ts";
import { parseIpv4, PreflightError } from "../base/mod.ts";
import type { IpVersion } from "../probe/mod.ts";
import {
  addressSet,
  makeIpv6TargetPlan,
  makeTargetPlan,
  NO_IPV6_ENTRIES,
  parseIpv6Prefix,
  RangeBuilder,
  selectIpv6Addresses,
} from "../targets/mod.ts";
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6 } from "../wire/mod.ts";
import { type FamilyPlan, type FamilyTargets, orderOf } from "./family_scan.ts";

/** A measured rate, or why there is none. */
export interface Measurement {
  /** Packets per second on one thread; null when it could not be measured. */
  readonly ratePps: number | null;
  /** What was measured, or why nothing was; a few words. */
  readonly how: string;
  /** Another way was measured that costs more, so it is a bound from below. */
  readonly isEstimate: boolean;
}

/** No measurement, and why. */
export function unmeasured(why: string): Measurement {
  return { ratePps: null, how: `not measured: ${why}`, isEstimate: false };
}

/** As the sender's worker has it. */
export const SEND_BUFFER_BYTES: number = 4 << 20;
/** An Ethernet header to nobody: all zeros but for the type. */
export function linkHeaderOf(version: IpVersion): Uint8Array {
  const type = version === 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;
  return Uint8Array.of(...new Uint8Array(12), type >> 8, type & 255);
}
/** Targets that a measurement needs at least, so that its answers are none of them repeats. */
export const LEAST_TARGETS: number = 2 ** 16;
/** Test networks (RFC 2544, RFC 5180) that stand for the targets of a smaller scan. */
const FIRST_TEST_ADDRESS = parseIpv4("198.18.0.0");
const LAST_TEST_ADDRESS = parseIpv4("198.19.255.255");
const TEST_PREFIX6 = "2001:2::/111";

/** The targets of a scan; for one that is too small to be measured with, as many others as it takes. */
export function calibrationPlan(
  { plan }: Pick<FamilyTargets, "plan">,
): FamilyPlan {
  const { endPosition, firstPosition, ports, seed } = orderOf(plan);
  if (endPosition - firstPosition >= LEAST_TARGETS) return plan;
  const order = { ports, seed, shards: 1, shard: 0, maxTargets: null };
  if ("ipv6" in plan) {
    const ranges = [parseIpv6Prefix(TEST_PREFIX6)];
    const addresses = selectIpv6Addresses({
      allowed: { ...NO_IPV6_ENTRIES, ranges },
      listed: null,
      blocked: NO_IPV6_ENTRIES,
      window: null,
    });
    return { ipv6: makeIpv6TargetPlan({ addresses, ...order }) };
  }
  const builder = new RangeBuilder();
  builder.addRange(FIRST_TEST_ADDRESS, LAST_TEST_ADDRESS);
  const addresses = addressSet(builder);
  return { ipv4: makeTargetPlan({ addresses, ...order }) };
}

/** What `measure` returns inside of a private network namespace, or why there is none. */
export function inPrivateNetwork(measure: () => Measurement): Measurement {
  let network: PrivateNetwork;
  try {
    network = PrivateNetwork.enter();
  } catch (error) {
    return notMeasured(error, "a private network needs CAP_SYS_ADMIN");
  }
  try {
    return measure();
  } catch (error) {
    return notMeasured(error, "raw sockets need CAP_NET_RAW");
  } finally {
    network.leave();
  }
}

/** For what a machine may lack; `refusal` says it when it lacks the right. */
function notMeasured(error: unknown, refusal: string): Measurement {
  const isLack = error instanceof ErrnoError ||
    error instanceof PreflightError ||
    error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotCapable;
  if (!isLack) throw error;
  const isRefused = error instanceof ErrnoError && error.errno === EPERM;
  const why = isRefused ? refusal : error.message;
  return unmeasured(why);
}
