import type { ProbeModule } from "../probe/mod.ts";
import {
  type AddressSet,
  Ipv4PairBuilder,
  type Ipv6AddressSet,
  ipv6IndexOf,
  Ipv6PairBuilder,
  type PairSink,
  type PairTable,
} from "../targets/mod.ts";
import type { Families } from "./host_names.ts";
import type { OptionValues } from "./options.ts";

const LAST_PORT = 65_535;

/** The ports of each address, where they come from the list of addresses. */
export interface SelectedPairs {
  /** Null: there is no IPv4 target. */
  readonly ipv4: PairTable | null;
  /** Null: there is no IPv6 target. */
  readonly ipv6: PairTable | null;
  /** All ports of pairs, ascending. */
  readonly ports: Uint16Array;
}

/** Whether ports come from `--list-of-ips-file`, with each address its own: where nothing else names any. */
export function takesPairs(
  { listOfIpsFile, stream, targetPorts }: Pick<
    OptionValues,
    "listOfIpsFile" | "stream" | "targetPorts"
  >,
  { usesPorts }: Pick<ProbeModule, "usesPorts">,
): boolean {
  return usesPorts && targetPorts === null && listOfIpsFile !== null && !stream;
}

/** What takes the pairs of a list. */
export function makePairSink({ ipv6 }: Families): PairSink {
  return {
    ipv4: new Ipv4PairBuilder(),
    ipv6: ipv6 ? new Ipv6PairBuilder() : null,
  };
}

/** The pairs whose addresses are targets, which of IPv4 are all that the sink has kept; uses those of the sink up. */
export function selectPairs(
  { ipv4, ipv6 }: PairSink,
  { v4, v6 }: { readonly v4: AddressSet; readonly v6: Ipv6AddressSet | null },
): SelectedPairs {
  const table4 = v4.count === 0 ? null : ipv4.take();
  const table6 = v6 === null || ipv6 === null
    ? null
    : ipv6.take(v6.count, (words, at) => ipv6IndexOf(v6, words, at));
  const isThere = new Uint8Array(LAST_PORT + 1);
  for (const table of [table4, table6]) {
    for (const port of table?.ports ?? []) isThere[port] = 1;
  }
  const ports = Array.from(isThere, (there, port) => there === 1 ? port : -1);
  return {
    ipv4: table4,
    ipv6: table6,
    ports: Uint16Array.from(ports.filter((port) => port >= 0)),
  };
}

/** Number of targets that pairs are. */
export function pairCount({ ipv4, ipv6 }: SelectedPairs): number {
  return (ipv4?.count ?? 0) + (ipv6?.count ?? 0);
}
