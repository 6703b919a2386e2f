import { ErrnoError, errnoText } from "../../ffi/errno.ts";
import { formatIpv4, PreflightError } from "../base/mod.ts";
import type { LinkInfo, LinkReader } from "../link/mod.ts";
import { addressTowards } from "./_arp_link.ts";
import { interfaceError } from "./ask_neighbours.ts";
import { ARP_TRIES, type ArpQuestion, lookupByArp } from "./arp_lookup.ts";

/** A gateway, its hardware address, and how that was found. */
export interface FoundGateway {
  /** Null where only its hardware address is known. */
  readonly address: number | null;
  readonly mac: Uint8Array;
  /** In words, for the log. */
  readonly how: string;
}

/**
 * The hardware addresses of all gateways of an interface, in their order; they are asked at the same time.
 *
 * @throws {PreflightError} as `findGateway`
 */
export async function findGateways(
  reader: LinkReader,
  link: LinkInfo,
  options: {
    readonly gateways: readonly number[];
    readonly sourceMac: Uint8Array;
  },
): Promise<FoundGateway[]> {
  const { gateways, sourceMac } = options;
  return await Promise.all(gateways.map(async (gateway) => ({
    address: gateway,
    ...await findGateway(reader, link, { gateway, sourceMac }),
  })));
}

/**
 * The hardware address of a gateway, and how it was found: from the kernel when it is sure of it, by
 * asking otherwise.
 *
 * @throws {PreflightError} `gateway` when it does not answer, `interface` when it goes down meanwhile
 */
async function findGateway(
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
    sourceAddress: addressTowards(reader.readAddresses(link.index), gateway),
    targetAddress: gateway,
  });
  if (found !== null) return { mac: found, how: "as it answered" };
  throw new PreflightError(
    "gateway",
    `Gateway ${
      formatIpv4(gateway)
    } on interface "${link.name}" answers none of ` +
      `${ARP_TRIES} ARP requests`,
    "Check that the gateway is up, or name its hardware address with -G, or exclude the targets behind it with -b",
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
    throw interfaceError(link.name, errnoText(cause.errno), cause);
  }
}
