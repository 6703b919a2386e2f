/** A scan to be checked, for tests. */
import {
  addressSet,
  type Ipv6TargetPlan,
  makeIpv6TargetPlan,
  makeTargetPlan,
  NO_IPV6_ENTRIES,
  parseIpv6Prefix,
  parsePrefix,
  RangeBuilder,
  selectIpv6Addresses,
  type TargetPlan,
} from "../targets/mod.ts";
import type { CheckedScan, CheckedScan6 } from "./checked_scan.ts";

/** All targets of a prefix. */
export function makeTestTargets(prefix: string, ports = "80"): TargetPlan {
  const builder = new RangeBuilder();
  builder.addPrefix(parsePrefix(prefix));
  return makeTargetPlan({
    addresses: addressSet(builder),
    ports: Uint16Array.from(ports.split(","), Number),
    seed: 7n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  });
}

/** As `makeTestTargets`, of IPv6. */
export function makeTestTargets6(prefix: string, ports = "80"): Ipv6TargetPlan {
  const ranges = [parseIpv6Prefix(prefix)];
  return makeIpv6TargetPlan({
    addresses: selectIpv6Addresses({
      allowed: { ...NO_IPV6_ENTRIES, ranges },
      listed: null,
      blocked: NO_IPV6_ENTRIES,
      window: null,
    }),
    ports: Uint16Array.from(ports.split(","), Number),
    seed: 7n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  });
}

/** A scan of the default kind, as slow as is usual. */
export function makeTestScan(): CheckedScan {
  return {
    targets: makeTestTargets("198.18.0.0/15"),
    probe: {
      module: "tcp_synscan",
      args: "",
      ttl: 64,
      sourcePortFirst: 32768,
      sourcePortLast: 61000,
      probesPerTarget: 1,
      isPortChecked: true,
    },
    network: {
      interfaceName: null,
      sourceAddresses: null,
      gatewayMac: null,
      sourceMac: null,
      isIpLayer: false,
    },
    send: {
      ratePps: 10_000,
      bandwidthBps: null,
      batch: 64,
      backend: "auto",
      senders: 1,
    },
    capture: { backend: "auto" },
    dedup: { method: "full" },
    outputs: [{ format: "csv", path: null, fields: ["saddr"] }],
  };
}

/** As `makeTestScan`, of IPv6. */
export function makeTestScan6(): CheckedScan6 {
  const scan = makeTestScan();
  return {
    ...scan,
    targets: makeTestTargets6("2001:db8:8000::/111"),
    network: { ...scan.network, sourceAddresses6: null },
  };
}
