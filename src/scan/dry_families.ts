import type { Logger } from "@logtape/logtape";
import type { NetworkPlan, NetworkPlan6 } from "../preflight/mod.ts";
import type { ProbeOptions } from "../probe/mod.ts";
import {
  type Ipv4Scan,
  ipv4ScanOf,
  type Ipv6Scan,
  ipv6ScanOf,
  type ScanConfig,
} from "./config.ts";
import { findDryNetwork, findDryNetwork6 } from "./dry_network.ts";
import { ipv6SourcesOf } from "./ipv6_sources.ts";
import type {
  Ipv4SendTargets,
  Ipv6SendTargets,
  SendTargets,
} from "./live_family.ts";
import { mixNetworks } from "./mixed_network.ts";
import type { ScanNetwork } from "./network.ts";

/** The network that a dry run shows, and what its senders are told of their targets. */
export interface DryFamilies {
  readonly network: ScanNetwork;
  sending(probeOptions: ProbeOptions): SendTargets;
}

/**
 * Finds what a dry run shows of the network, in the families of its targets, and warns of placeholders.
 *
 * @throws {PreflightError} when the interface that the user named does not exist
 */
export function planDryRun(config: ScanConfig, logger: Logger): DryFamilies {
  const ipv4 = ipv4ScanOf(config);
  const ipv6 = ipv6ScanOf(config);
  const { mix } = config.targets;
  const missing = new Set<string>();
  const network4 = ipv4 && findDryNetwork(ipv4, missing);
  const network6 = ipv6 && findDryNetwork6(ipv6, missing);
  if (missing.size > 0) {
    logger.warn("Placeholders are shown for: {missing}", {
      missing: [...missing].join(", "),
    });
  }
  if (network4 !== null && network6 !== null && mix !== null) {
    const { interfaceIndex, interfaceName } = network4;
    return {
      // Nothing is sent, so that it does not matter which interface it would be.
      network: mixNetworks(network4, {
        ...network6,
        interfaceIndex,
        interfaceName,
      }),
      sending(options): SendTargets {
        const { ipv6: targets6, ...rest } = sendingIpv6(
          ipv6!,
          network6,
          options,
        );
        return {
          mixed: {
            mix,
            ipv4: sendingIpv4(ipv4!, network4, options),
            ipv6: { ...targets6, ...rest },
          },
        };
      },
    };
  }
  if (network4 !== null) {
    return {
      network: network4,
      sending: (options) => sendingIpv4(ipv4!, network4, options),
    };
  }
  if (network6 === null) throw new RangeError("Cannot scan without targets");
  return {
    network: network6,
    sending: (options) => sendingIpv6(ipv6!, network6, options),
  };
}

function sendingIpv4(
  { targets }: Ipv4Scan,
  { linkHeader, sourceAddresses }: NetworkPlan,
  options: ProbeOptions,
): Ipv4SendTargets {
  return {
    targets,
    sourceAddresses,
    routes: null,
    nextHops: null,
    probeOptions: { ...options, family: 4, linkHeader },
  };
}

function sendingIpv6(
  { targets }: Ipv6Scan,
  network: NetworkPlan6,
  options: ProbeOptions,
): Ipv6SendTargets {
  const { linkHeader } = network;
  const sources = ipv6SourcesOf(network, targets.seed);
  return {
    ipv6: { targets, sources, routes: null },
    nextHops: null,
    probeOptions: { ...options, family: 6, linkHeader },
  };
}
