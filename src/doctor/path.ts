import { formatCount, type Ipv4Address } from "../base/mod.ts";
import {
  type AddressInfo,
  formatIp,
  type IpAddress,
  type LinkInfo,
} from "../link/mod.ts";
import type {
  NetworkPlan,
  TargetsFound,
  UnansweredTargets,
} from "../preflight/mod.ts";
import { type Check, pass, warn } from "./check.ts";
import { scopeProblem } from "./source_scope.ts";

/** Facts about this host that source addresses are compared with. */
export interface AddressFacts<A extends IpAddress = Ipv4Address> {
  /** Of the family of the source addresses. */
  readonly addresses: readonly AddressInfo<A>[];
  readonly links: readonly LinkInfo[];
}

/** The route, the source addresses and the gateway that were found; that these exist at all is known by now. */
export function pathChecks<A extends IpAddress>(
  plan: NetworkPlan<A, unknown>,
  firstTarget: A,
  facts: AddressFacts<A>,
): Check[] {
  const target = formatIp(firstTarget);
  return [
    sourceAddressCheck(plan, firstTarget, facts),
    pass(
      "route",
      `to ${target} and the others through ${plan.interfaceName}, ${
        describeGateways(plan)
      }`,
      "a way to the targets",
    ),
    pass(
      "gateway",
      plan.reason,
      plan.layer === "ethernet" ? "its hardware address" : "",
    ),
  ];
}

/** Whether answers to these source addresses arrive where the scan looks for them. */
export function sourceAddressCheck<A extends IpAddress>(
  plan: NetworkPlan<A, unknown>,
  firstTarget: A,
  { addresses, links }: AddressFacts<A>,
): Check {
  const name = "source-address";
  const { interfaceIndex, interfaceName, sourceAddresses } = plan;
  const found = describe(sourceAddresses);
  const needed = `an address of ${interfaceName}, so that answers arrive there`;
  const isLoopback = links.some(({ index, isLoopback }) =>
    index === interfaceIndex && isLoopback
  );
  if (isLoopback) return pass(name, found);
  for (const source of sourceAddresses) {
    const owners = addresses.filter(({ address }) => address === source);
    const own = owners.find((owner) => owner.interfaceIndex === interfaceIndex);
    if (own !== undefined) {
      const problem = stateProblem(own) ?? scopeProblem(source, firstTarget);
      if (problem === null) continue;
      return warn(name, { needed, ...problem });
    }
    const owner = links.find(({ index }) =>
      index === owners[0]?.interfaceIndex
    );
    return warn(name, {
      found: `${formatIp(source)} is ${
        owner === undefined
          ? "not an address of this host"
          : `an address of ${owner.name}`
      }`,
      needed,
      remedy: owner === undefined
        ? `Make sure that the network leads answers to it to ${interfaceName}, or choose another with -S`
        : `Choose an address of ${interfaceName} with -S, unless answers do come back there`,
    });
  }
  return pass(name, found, needed);
}

/** What is wrong with an address of the interface itself; null: nothing. */
function stateProblem(
  { address, state }: AddressInfo<IpAddress>,
): { readonly found: string; readonly remedy: string } | null {
  const text = formatIp(address);
  if (state.isDuplicate) {
    return {
      found: `another host of the link has ${text} too`,
      remedy: "Give this host another address, or choose another with -S",
    };
  }
  if (state.isTentative) {
    return {
      found: `${text} is tentative: duplicate address detection has not ended`,
      remedy: "Wait for it, or choose another address with -S",
    };
  }
  return state.isTemporary && state.isDeprecated
    ? {
      found:
        `${text} is a temporary address that is deprecated: it may be gone before the scan ends`,
      remedy: "Choose another with -S",
    }
    : null;
}

/** Whether some targets are addresses that nobody answers for where the probes leave. */
export function ownAddressesCheck(
  { broadcast, own }: UnansweredTargets<IpAddress>,
  isLoopback: boolean,
): Check {
  const name = "own-addresses";
  if (isLoopback) return pass(name, "the targets are this host");
  const parts = [
    among(own, ["address of this host", "addresses of this host"]),
    among(broadcast, ["broadcast address", "broadcast addresses"]),
  ].filter((part) => part !== "");
  if (parts.length === 0) return pass(name, "none among the targets");
  return warn(name, {
    found: `the targets hold ${parts.join(" and ")}, where nobody answers`,
    needed: "targets that are other hosts",
    remedy: own.count > 0
      ? "Block them with -b, and scan this host by itself with -i lo"
      : "Block them with -b",
  });
}

/** `2 broadcast addresses (192.0.2.255, 203.0.113.127)`; empty for none. */
function among(
  { count, examples }: TargetsFound<IpAddress>,
  [one, many]: readonly [one: string, many: string],
): string {
  if (count === 0) return "";
  const list = examples.map(formatIp).join(", ");
  const more = count > examples.length ? ", …" : "";
  return `${formatCount(count)} ${count === 1 ? one : many} (${list}${more})`;
}

function describe([first, ...rest]: readonly IpAddress[]): string {
  const text = first === undefined ? "none" : formatIp(first);
  return rest.length === 0 ? text : `${text} and ${rest.length} more`;
}

function describeGateways(
  { gatewayAddress, nextHops }: NetworkPlan<IpAddress, unknown>,
): string {
  const known = nextHops.map(({ address }) => address)
    .filter((address) => address !== null);
  if (known.length > 1) {
    return `gateways ${known.map(formatIp).join(" and ")}`;
  }
  return gatewayAddress === null
    ? "no gateway"
    : `gateway ${formatIp(gatewayAddress)}`;
}
