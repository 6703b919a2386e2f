import type { CheckedScan, CheckedScan6, DoctorScans } from "../doctor/mod.ts";
import { type IpVersion, sendsTo } from "../probe/mod.ts";
import { ipv4ScanOf, ipv6ScanOf } from "../scan/mod.ts";
import type { Arguments } from "./arguments.ts";
import type { HostLookup } from "./host_names.ts";
import { requireModule } from "./lists.ts";
import { makeScanConfig } from "./scan_config.ts";

/** The scans to check, and what is to be said about them. */
export interface ReadScans {
  readonly scans: DoctorScans;
  readonly warnings: readonly string[];
}

/**
 * Stands for the targets of IPv6 where none are named: one address of each network of a block of the Internet, none of
 * which is special.
 */
const ANY_IPV6 = "2400::/12";
/** 65,536 of them. */
const ANY_WINDOW = 28;

/**
 * Reads what the doctor has to check: the scan that these arguments would start, or, where they name no targets, one
 * of each family that they and the kind of probe allow.
 *
 * @throws {ConfigError} for the first thing that is wrong
 */
export async function readScans(
  args: Arguments,
  lookup: HostLookup,
): Promise<ReadScans> {
  const { allowlistFile, ipv4, ipv6, listOfIpsFile } = args.values;
  const isTargeted = args.targets.length > 0 || allowlistFile !== null ||
    listOfIpsFile !== null;
  if (isTargeted) {
    const { config, warnings } = await makeScanConfig(args, lookup);
    return {
      scans: {
        ipv4: ipv4ScanOf(config),
        ipv6: ipv6ScanOf(config),
        areTargetsAssumed: false,
      },
      warnings,
    };
  }
  const isAny = ipv4 === ipv6;
  const wants = (family: IpVersion): boolean =>
    isAny ? ipv4 || isPossible(args, family) : family === 4 ? ipv4 : ipv6;
  const hasIpv4 = wants(4);
  const hasIpv6 = wants(6);
  // Where neither is possible, the reason is told for IPv4.
  const first = hasIpv4 || !hasIpv6
    ? await readFamily(args, 4, lookup)
    : NO_FAMILY;
  const second = hasIpv6 ? await readFamily(args, 6, lookup) : NO_FAMILY;
  return {
    scans: { ipv4: first.ipv4, ipv6: second.ipv6, areTargetsAssumed: isAny },
    warnings: [...new Set([...first.warnings, ...second.warnings])],
  };
}

/** The scan of all addresses of one family. */
interface FamilyRead {
  readonly ipv4: CheckedScan | null;
  readonly ipv6: CheckedScan6 | null;
  readonly warnings: readonly string[];
}

const NO_FAMILY: FamilyRead = { ipv4: null, ipv6: null, warnings: [] };

async function readFamily(
  args: Arguments,
  family: IpVersion,
  lookup: HostLookup,
): Promise<FamilyRead> {
  const isIpv6 = family === 6;
  const { config, warnings } = await makeScanConfig({
    ...args,
    targets: isIpv6 ? [ANY_IPV6] : [],
    values: {
      ...args.values,
      ipv4: !isIpv6,
      ipv6: isIpv6,
      v6Window: isIpv6 ? ANY_WINDOW : null,
      // The built-in one is about none of these.
      blocklistFile: args.values.blocklistFile ?? (isIpv6 ? "/dev/null" : null),
      // Nobody is waited for.
      netmapWaitPing: null,
    },
  }, lookup);
  return { ipv4: ipv4ScanOf(config), ipv6: ipv6ScanOf(config), warnings };
}

/** Whether the options allow to scan a family that nobody has asked for. */
function isPossible({ values }: Arguments, family: IpVersion): boolean {
  const sources = values.sourceIp?.[`ipv${family}`];
  return sendsTo(requireModule(values.probeModule), family) &&
    sources?.length !== 0;
}
