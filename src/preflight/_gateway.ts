import { formatIpv4, PreflightError } from "../base/mod.ts";
import type { LinkInfo, LinkReader } from "../link/mod.ts";
import { ARP_TRIES, lookupByArp } from "./arp_lookup.ts";

/**
 * The hardware address of a gateway, and how it was found: from the kernel when it is sure of it, by
 * asking otherwise.
 *
 * @throws {PreflightError} `gateway` when it does not answer
 */
export async function findGateway(
  reader: LinkReader,
  link: LinkInfo,
  gateway: number,
): Promise<{ mac: Uint8Array; how: string }> {
  const known = reader.lookupNeighbour(link.index, gateway);
  if (known !== null) return { mac: known, how: "a known neighbour" };
  const found = link.macAddress === null ? null : await lookupByArp({
    interfaceIndex: link.index,
    sourceMac: link.macAddress,
    sourceAddress: addressTowards(reader, link, gateway),
    targetAddress: gateway,
  });
  if (found !== null) return { mac: found, how: "as it answered" };
  throw new PreflightError(
    "gateway",
    `Gateway ${
      formatIpv4(gateway)
    } on interface "${link.name}" answers none of ` +
      `${ARP_TRIES} ARP requests`,
    "Check that the gateway is up, or name its hardware address with -G",
  );
}

/** The interface's address in the gateway's prefix, else its first one, else none. */
function addressTowards(
  reader: LinkReader,
  link: LinkInfo,
  gateway: number,
): number {
  const addresses = reader.readAddresses(link.index);
  const near = addresses.find(({ address, prefixLength }) => {
    const size = 2 ** (32 - prefixLength);
    return Math.floor(address / size) === Math.floor(gateway / size);
  });
  return (near ?? addresses[0])?.address ?? 0;
}
