import { ErrnoError, errnoText } from "../../ffi/errno.ts";
import { formatIpv4, PreflightError } from "../base/mod.ts";
import type { LinkInfo, LinkReader } from "../link/mod.ts";
import { ARP_TRIES, type ArpQuestion, lookupByArp } from "./arp_lookup.ts";

/**
 * The hardware address of a gateway, and how it was found: from the kernel when it is sure of it, by
 * asking otherwise.
 *
 * @throws {PreflightError} `gateway` when it does not answer, `interface` when it goes down meanwhile
 */
export async function findGateway(
  reader: LinkReader,
  link: LinkInfo,
  options: { readonly gateway: number; readonly sourceMac: Uint8Array },
): Promise<{ mac: Uint8Array; how: string }> {
  const { gateway, sourceMac } = options;
  const known = reader.lookupNeighbour(link.index, gateway);
  if (known !== null) return { mac: known, how: "a known neighbour" };
  const found = await ask(link, {
    interfaceIndex: link.index,
    // Answers to another address than the interface's own might not reach this host.
    sourceMac: link.macAddress ?? sourceMac,
    sourceAddress: addressTowards(reader, link.index, gateway),
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

async function ask(
  link: LinkInfo,
  question: ArpQuestion,
): Promise<Uint8Array | null> {
  try {
    return await lookupByArp(question);
  } catch (cause) {
    if (!(cause instanceof ErrnoError)) throw cause;
    throw new PreflightError(
      "interface",
      `Cannot use interface "${link.name}": ${errnoText(cause.errno)}`,
      "Check that it stays up, or choose another interface with -i",
      cause,
    );
  }
}

/** The interface's address in the gateway's prefix, else its first one, else none. */
export function addressTowards(
  reader: LinkReader,
  interfaceIndex: number,
  gateway: number,
): number {
  const addresses = reader.readAddresses(interfaceIndex);
  const near = addresses.find(({ address, prefixLength }) => {
    const size = 2 ** (32 - prefixLength);
    return Math.floor(address / size) === Math.floor(gateway / size);
  });
  return (near ?? addresses[0])?.address ?? 0;
}
