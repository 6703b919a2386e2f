import { readTextFile } from "../../ffi/text_file.ts";
import { PreflightError } from "../base/mod.ts";
import type { LinkInfo } from "../link/mod.ts";

/** The least MTU of a link that carries IPv6 (RFC 8200 section 5): below it the kernel switches IPv6 off. */
export const IPV6_LEAST_MTU = 1280;

/** Reads a file of the kernel; null when it cannot be read. */
type ReadText = (path: string) => string | null;

/**
 * Why this host has no IPv6, or an interface has none: the kernel is without, it is switched off, the MTU is too
 * small. Null: it has.
 *
 * @param link the interface that packets would leave through; null when none is known
 */
export function ipv6Problem(
  link: Pick<LinkInfo, "mtuBytes" | "name"> | null,
  readText: ReadText = readTextFile,
): PreflightError | null {
  const isReadable = readText("/proc/self/net/dev") !== null;
  if (isReadable && readText("/proc/self/net/if_inet6") === null) {
    return new PreflightError(
      "ipv6",
      "This kernel has no IPv6",
      "Load it (modprobe ipv6), start the kernel without ipv6.disable=1, or scan IPv4: -4",
    );
  }
  if (link !== null && link.mtuBytes < IPV6_LEAST_MTU) {
    return new PreflightError(
      "ipv6",
      `Interface "${link.name}" has no IPv6, which needs an MTU of ${IPV6_LEAST_MTU}: it has ${link.mtuBytes}`,
      `Raise it: ip link set ${link.name} mtu 1500`,
    );
  }
  const where = link?.name ?? "all";
  const setting = `net.ipv6.conf.${where}.disable_ipv6`;
  if (
    readText(`/proc/sys/net/ipv6/conf/${where}/disable_ipv6`)?.trim() !== "1"
  ) {
    return null;
  }
  return new PreflightError(
    "ipv6",
    link === null
      ? "IPv6 is switched off on this host"
      : `IPv6 is switched off on interface "${link.name}"`,
    `Switch it on: sysctl ${setting}=0`,
  );
}
