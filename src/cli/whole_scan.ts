import { digestOfValue, type JobPart, jobPart } from "../checkpoint/mod.ts";
import type { ScanConfig, ShardPositions, WholeScan } from "../scan/mod.ts";
import type { PairTable, TargetOrder } from "../targets/mod.ts";
import {
  addressesValue,
  type JobAddresses,
  sharedParts,
} from "./checkpoint.ts";
import type { Families } from "./host_names.ts";
import type { TargetSelection } from "./target_input.ts";

/** What tells the scan of which another one may be a shard. */
export interface WholeScanParts {
  readonly config: Pick<ScanConfig, "probe" | "targets">;
  readonly families: Families;
  readonly order: Pick<TargetOrder, "ports" | "seed">;
  readonly positions: ShardPositions | null;
  readonly selection: Pick<TargetSelection, "pairs" | "v4" | "v6">;
  /** The checkpoint of this shard, which may have the digest of the targets already; null: there is none. */
  readonly checkpoint: ScanConfig["checkpoint"];
}

/**
 * What all shards of a scan have in common: of options that change what is probed and in which order. Neither which
 * part this is counts, nor its limits and outputs.
 */
export function wholeScan(parts: WholeScanParts): WholeScan {
  const { config, families, order, positions } = parts;
  const shared = [
    jobPart({ option: "--ipv4, --ipv6", text: familiesText(families) }, {
      ...families,
    }),
    targetPart(parts),
    ...sharedParts(order, config),
  ];
  return {
    digest: digestOfValue(
      shared.flatMap(({ digest, option }) => [option, digest]),
    ),
    parts: shared,
    positions,
  };
}

function targetPart(
  { checkpoint, config, selection }: WholeScanParts,
): JobPart {
  const { pairs, v4, v6 } = selection;
  const addresses: JobAddresses = {
    ipv4: v4.count === 0 ? null : {
      addresses: v4,
      ...optional(pairs?.ipv4),
    },
    ipv6: v6 === null ? null : {
      addresses: v6,
      ...optional(pairs?.ipv6),
    },
  };
  const { ipv4, ipv6 } = config.targets;
  // A shard of both families may have targets of one.
  const isSame = (ipv4 === null) === (addresses.ipv4 === null) &&
    (ipv6 === null) === (addresses.ipv6 === null);
  const known = isSame
    ? checkpoint?.job.parts.find(({ option }) => option === "TARGET")
    : undefined;
  return known ?? jobPart({ option: "TARGET" }, addressesValue(addresses));
}

function optional(
  pairs: PairTable | null | undefined,
): { readonly pairs?: PairTable } {
  return pairs === null || pairs === undefined ? {} : { pairs };
}

function familiesText({ ipv4, ipv6 }: Families): string {
  return ipv4 && ipv6 ? "both families" : ipv4 ? "IPv4" : "IPv6";
}
