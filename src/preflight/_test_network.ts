import assert from "node:assert/strict";
import { formatIpv4, parseIpv4, PreflightError } from "../base/mod.ts";
import {
  type AddressSet,
  addressSet,
  parsePrefix,
  prefixRange,
  RangeBuilder,
} from "../targets/mod.ts";
import {
  type NetworkPlan,
  type NetworkRequest,
  resolveNetwork,
  routedIpv4,
} from "./mod.ts";

/** Of the first router. */
export const GATEWAY_MAC: Uint8Array = Uint8Array.of(2, 0, 0, 0, 0, 0xfe);
/** Of "up0". */
export const OWN_MAC: Uint8Array = Uint8Array.of(2, 0, 0, 0, 0, 1);
/** Two uplinks to routers of their own; the default route leads through the first. */
export const SETUP = `ip netns add peer
ip link add up0 address 02:00:00:00:00:01 type veth peer name down0 address 02:00:00:00:00:fe netns peer
ip link add up1 type veth peer name down1 address 02:00:00:00:01:fe netns peer
ip addr add 192.0.2.1/24 dev up0; ip addr add 203.0.113.1/24 dev up1
ip link set up0 up; ip link set up1 up
ip -n peer addr add 192.0.2.254/24 dev down0; ip -n peer addr add 203.0.113.254/24 dev down1
ip -n peer link set down0 up; ip -n peer link set down1 up
ip route add default via 192.0.2.254
ip route add default via 203.0.113.254 metric 500`;

/** Longest time for any decision that does not wait for ARP answers that never come. */
const QUICK_MS = 2000;

/** Resolves for these targets, all of them in one prefix, and checks that it is quick. */
export async function resolve(
  target: string,
  options: Partial<NetworkRequest> = {},
): Promise<NetworkPlan> {
  const startMs = performance.now();
  try {
    return await resolveNetwork({ ...ipv4Request(target), ...options });
  } finally {
    const elapsedMs = performance.now() - startMs;
    assert.ok(elapsedMs < QUICK_MS, `took ${elapsedMs} ms`);
  }
}

/** What is asked for these targets, all of them in one prefix. */
export function ipv4Request(target: string): NetworkRequest {
  const [first] = target.split("/");
  return {
    interfaceName: null,
    firstTarget: parseIpv4(first!),
    addresses: routedIpv4(targetSet(target)),
    sourceAddresses: null,
    gatewayMac: null,
    sourceMac: null,
    ipLayer: false,
  };
}

/** These prefixes as targets. */
export function targetSet(...prefixes: readonly string[]): AddressSet {
  const builder = new RangeBuilder();
  for (const text of prefixes) {
    const { first, last } = prefixRange(parsePrefix(text));
    builder.addRange(first, last);
  }
  return addressSet(builder);
}

/** The parts of a plan that a decision is about. */
export function summary(plan: NetworkPlan): string {
  const gateway = plan.gatewayAddress === null
    ? "-"
    : formatIpv4(plan.gatewayAddress);
  const sources = plan.sourceAddresses.map(formatIpv4).join(",");
  return `${plan.layer} ${plan.interfaceName} from ${sources} via ${gateway}`;
}

/** Whether an error is this one. */
export function fails(
  check: string,
  message: RegExp,
  remedy: RegExp = /./,
): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof PreflightError, String(error));
    assert.equal(error.check, check);
    assert.match(error.message, message);
    assert.match(error.remedy, remedy);
    return true;
  };
}
