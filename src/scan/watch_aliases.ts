import { LinkReader } from "../link/mod.ts";
import { ipv6PrefixRange, type Ipv6Range } from "../targets/mod.ts";
import { aliasPrefixes, AliasWatch } from "./alias_watch.ts";
import { ipv6ScanOf, type ScanConfig } from "./config.ts";
import type { ScanNetwork } from "./network.ts";
import type { ScanMemory } from "./scan_memory.ts";

/** How many prefixes of IPv6 the scan may have to test: 0 where none is tested. */
export function aliasCapacityOf(config: ScanConfig): number {
  const scan = ipv6ScanOf(config);
  if (scan === null || !isTested(config)) return 0;
  const { endPosition, firstPosition } = scan.targets;
  return aliasPrefixes(endPosition - firstPosition);
}

/** Begins to look for aliased prefixes; null where nobody asks, or there is no IPv6 target. */
export function watchAliases(
  config: ScanConfig,
  { memory, network }: {
    readonly memory: ScanMemory;
    readonly network: Pick<ScanNetwork, "interfaceIndex" | "routes">;
  },
): AliasWatch | null {
  const { aliases, send } = config;
  const scan = ipv6ScanOf(config);
  if (aliases === null || scan === null) return null;
  return new AliasWatch({
    config: aliases,
    plan: scan.targets,
    table: memory.aliasTable ?? null,
    senders: memory.senders,
    onLink: isTested(config) ? onLinkRanges(network) : [],
    waitS: send.cooldownMs / 1000,
  });
}

function isTested({ aliases, dryRun }: ScanConfig): boolean {
  return aliases !== null && aliases.isTested && dryRun === null;
}

/** Where this program has to know the neighbours of its targets, the prefixes of the link. */
function onLinkRanges(
  { interfaceIndex, routes }: Pick<ScanNetwork, "interfaceIndex" | "routes">,
): Ipv6Range[] {
  if (routes === null) return [];
  using reader = LinkReader.open();
  return reader.ipv6.onLinkPrefixes(interfaceIndex).map((
    { address, prefixLength },
  ) => ipv6PrefixRange(address, prefixLength));
}
