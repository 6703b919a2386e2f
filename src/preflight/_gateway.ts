import { ErrnoError, errnoText } from "../../ffi/errno.ts";
import { PreflightError } from "../base/mod.ts";
import {
  type FamilyReader,
  formatIp,
  type IpAddress,
  type LinkInfo,
} from "../link/mod.ts";
import { interfaceError } from "./ask_neighbours.ts";
import {
  addressTowards,
  askNeighbour,
  NEIGHBOUR_TRIES,
  type NeighbourProtocol,
  type NeighbourQuestion,
} from "./neighbour_protocol.ts";

/** A gateway, its hardware address, and how that was found. */
export interface FoundGateway<A extends IpAddress> {
  /** Null where only its hardware address is known. */
  readonly address: A | null;
  readonly mac: Uint8Array;
  /** In words, for the log. */
  readonly how: string;
}

/** Who asks which gateways. */
export interface GatewayQuestion<A extends IpAddress> {
  readonly protocol: NeighbourProtocol<A>;
  readonly link: LinkInfo;
  readonly gateways: readonly A[];
  readonly sourceMac: Uint8Array;
  /** Stands in where the interface has no address. */
  readonly sourceAddress: A;
}

/**
 * The hardware addresses of all gateways of an interface, in their order; they are asked at the same time.
 *
 * @throws {PreflightError} as `findGateway`
 */
export async function findGateways<A extends IpAddress>(
  reader: FamilyReader<A>,
  question: GatewayQuestion<A>,
): Promise<FoundGateway<A>[]> {
  return await Promise.all(question.gateways.map(async (gateway) => ({
    address: gateway,
    ...await findGateway(reader, question, gateway),
  })));
}

/**
 * The hardware address of a gateway, and how it was found: from the kernel when it is sure of it, by
 * asking otherwise.
 *
 * @throws {PreflightError} `gateway` when it does not answer, `interface` when it goes down meanwhile
 */
async function findGateway<A extends IpAddress>(
  reader: FamilyReader<A>,
  { link, protocol, sourceAddress, sourceMac }: GatewayQuestion<A>,
  gateway: A,
): Promise<{ mac: Uint8Array; how: string }> {
  const known = reader.lookupNeighbour(link.index, gateway);
  if (known !== null) return { mac: known, how: "a known neighbour" };
  const addresses = reader.readAddresses(link.index);
  const found = await ask(protocol, link, {
    interfaceIndex: link.index,
    // Answers to another address than the interface's own might not reach this host.
    sourceMac: link.macAddress ?? sourceMac,
    sourceAddress: addressTowards(protocol.family, addresses, gateway) ??
      sourceAddress,
    targetAddress: gateway,
  });
  if (found !== null) return { mac: found, how: "as it answered" };
  throw new PreflightError(
    "gateway",
    `Gateway ${
      formatIp(gateway)
    } on interface "${link.name}" answers none of ` +
      `${NEIGHBOUR_TRIES} ${protocol.requestsName}`,
    "Check that the gateway is up, or name its hardware address with -G, or exclude the targets behind it with -b",
  );
}

async function ask<A extends IpAddress>(
  protocol: NeighbourProtocol<A>,
  link: LinkInfo,
  question: NeighbourQuestion<A>,
): Promise<Uint8Array | null> {
  try {
    return await askNeighbour(protocol, question);
  } catch (cause) {
    if (!(cause instanceof ErrnoError)) throw cause;
    throw interfaceError(link.name, errnoText(cause.errno), cause);
  }
}
