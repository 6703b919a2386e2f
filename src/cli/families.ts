import { ConfigError, formatIp, type IpAddress } from "../base/mod.ts";
import { type IpVersion, type ProbeModule, sendsTo } from "../probe/mod.ts";
import type { ZonedNetwork } from "../targets/mod.ts";
import type { Families } from "./host_names.ts";
import type { OptionValues } from "./options.ts";

type FamilyValues = Pick<
  OptionValues,
  "ipv4" | "ipv6" | "netmapWaitPing" | "sourceIp"
>;

/** The families of `-4` and `-6`; IPv4 alone without them. */
export function chooseFamilies(
  { ipv4, ipv6 }: Pick<OptionValues, "ipv4" | "ipv6">,
): Families {
  return ipv6 ? { ipv4, ipv6 } : { ipv4: true, ipv6: false };
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
  families: Families,
  values: FamilyValues,
  module: ProbeModule,
): void {
  for (const family of [4, 6] as const) {
    if (!families[`ipv${family}`]) continue;
    checkModule(module, family);
    const sources = values.sourceIp?.[`ipv${family}`];
    if (sources?.length === 0) {
      throw new ConfigError(
        "--source-ip",
        `There is no IPv${family} address for probes to IPv${family} targets`,
        `Give one, too, or leave the option out`,
      );
    }
  }
  checkWaitPing(families, values.netmapWaitPing);
}

/** A host is waited for on the way of the probes, so there have to be probes of its family. */
function checkWaitPing(families: Families, address: IpAddress | null): void {
  if (address === null) return;
  const version = typeof address === "bigint" ? 6 : 4;
  if (families[`ipv${version}`]) return;
  throw new ConfigError(
    "--netmap-wait-ping",
    `Cannot wait for ${
      formatIp(address)
    }: no IPv${version} targets are scanned`,
    "Name a host of the targets' family, or leave the option out",
  );
}

function checkModule(module: ProbeModule, family: IpVersion): void {
  if (sendsTo(module, family)) return;
  throw new ConfigError(
    "--probe-module",
    `Probe module ${module.name} has no probes for IPv${family} targets`,
    family === 6
      ? "Choose another one, or leave --ipv6 out"
      : "Choose another one, or scan IPv6 alone: --ipv6",
  );
}
