import {
  ConfigError,
  formatIp,
  type IpAddress,
  type Ipv6Address,
} from "../base/mod.ts";
import { type IpVersion, type ProbeModule, sendsTo } from "../probe/mod.ts";
import type { ScanTargets } from "../scan/mod.ts";
import type { ZonedNetwork } from "../targets/mod.ts";
import type { Families } from "./host_names.ts";
import type { OptionValues } from "./options.ts";
import type { SourceAddresses } from "./source_addresses.ts";

/** Which families are scanned, and why the others are not. */
export interface FamilyChoice {
  readonly families: Families;
  /** Ends the warning that entries of a family that is not scanned are skipped. */
  readonly skipReason: string;
}

/**
 * The families of `-4` and `-6`, both without them; of these, the ones that the kind of probe can send to, and of a
 * stream the first of them.
 *
 * @param module undefined: nothing is sent
 * @throws {ConfigError} when none is left
 */
export function chooseFamilies(
  { ipv4, ipv6, stream }: Pick<OptionValues, "ipv4" | "ipv6" | "stream">,
  module?: ProbeModule,
): FamilyChoice {
  const isBoth = ipv4 === ipv6;
  const asked: readonly IpVersion[] = isBoth ? [4, 6] : ipv4 ? [4] : [6];
  const able = asked.filter((family) =>
    module === undefined || sendsTo(module, family)
  );
  const left = stream ? able.slice(0, 1) : able;
  if (module !== undefined && left.length === 0) {
    throw withoutProbes(module, asked[0]!);
  }
  const families = { ipv4: left.includes(4), ipv6: left.includes(6) };
  if (left.length === 2) return { families, skipReason: "" };
  const other = left[0] === 4 ? 6 : 4;
  const skipReason = able.length === 2
    ? `: a stream has targets of one family, of IPv${other} with -${other}`
    : isBoth
    ? `: probe module ${module!.name} has no probes for IPv${other}`
    : `, because of -${left[0]}`;
  return { families, skipReason };
}

/**
 * The interface of `-i`, or the one that targets name as their zone.
 *
 * @throws {ConfigError} when they name different ones
 */
export function chooseInterface(
  given: string | null,
  zoned: readonly ZonedNetwork[],
): string | null {
  const names = new Set(zoned.map(({ zone }) => zone));
  if (given !== null) names.add(given);
  if (names.size < 2) return [...names][0] ?? null;
  throw new ConfigError(
    "--interface",
    `One scan goes through one interface; the options and targets name ${
      [...names].map((name) => `"${name}"`).join(", ")
    }`,
    "Scan them one after the other",
  );
}

/** The single addresses of IPv6 that `-S` names; null where it names none, or a prefix. */
export function chooseSources6(
  sources: SourceAddresses | null,
): readonly Ipv6Address[] | null {
  return sources === null || sources.prefix6 !== null ? null : sources.ipv6;
}

/** The family that probes are tried out in: IPv6 where there is no other. */
export function familyOfProbe({ ipv4 }: Families): IpVersion {
  return ipv4 ? 4 : 6;
}

/**
 * Checks that the options fit the families of the targets.
 *
 * @throws {ConfigError} for the first that does not
 */
export function checkFamilies(
  targets: Pick<ScanTargets, "ipv4" | "ipv6">,
  values: Pick<OptionValues, "netmapWaitPing" | "sourceIp">,
): void {
  for (const family of [4, 6] as const) {
    if (targets[`ipv${family}`] === null) continue;
    if (values.sourceIp?.[`ipv${family}`].length !== 0) continue;
    if (family === 6 && values.sourceIp.prefix6 !== null) continue;
    throw new ConfigError(
      "--source-ip",
      `There is no IPv${family} address for probes to IPv${family} targets`,
      `Give one, too, or leave the option out; -${
        family === 4 ? 6 : 4
      } leaves these targets out`,
    );
  }
  checkWaitPing(targets, values.netmapWaitPing);
}

/** A host is waited for on the way of the probes, so there have to be probes of its family. */
function checkWaitPing(
  targets: Pick<ScanTargets, "ipv4" | "ipv6">,
  address: IpAddress | null,
): void {
  if (address === null) return;
  const version = typeof address === "bigint" ? 6 : 4;
  if (targets[`ipv${version}`] !== null) return;
  throw new ConfigError(
    "--netmap-wait-ping",
    `Cannot wait for ${
      formatIp(address)
    }: no IPv${version} targets are scanned`,
    "Name a host of the targets' family, or leave the option out",
  );
}

function withoutProbes(module: ProbeModule, family: IpVersion): ConfigError {
  return new ConfigError(
    "--probe-module",
    `Probe module ${module.name} has no probes for IPv${family} targets`,
    `Choose another one, or leave -${family} out`,
  );
}
