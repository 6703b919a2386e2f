import { PreflightError } from "../base/mod.ts";
import { LinkReader } from "../link/mod.ts";
import { planWay } from "./_plan_way.ts";
import { choosePath, type Path } from "./choose_path.ts";
import { IPV4_NETWORK } from "./network_family.ts";
import type { NetworkPlan, NetworkRequest } from "./network_plan.ts";
import { checkRights } from "./rights.ts";

/**
 * Finds out how probes reach the targets: which interface, from which address, through which gateways, and
 * who writes the link header. Frames of its own go out through an Ethernet interface, to the gateway of each target or
 * straight to hosts on the link, whose hardware addresses are left to be asked for. Through any other interface the
 * kernel gets IP packets and finds each neighbour itself. Checks the rights first. Sends at most three ARP requests
 * for each gateway.
 *
 * @throws {PreflightError} when some probe could not leave; `check` and `remedy` say why and what to do
 */
export async function resolveNetwork(
  request: NetworkRequest,
): Promise<NetworkPlan> {
  checkRights();
  using reader = LinkReader.open();
  const path = choosePath(reader, request);
  const sourceAddresses = chooseSources(reader, path, request);
  const family = IPV4_NETWORK;
  return await planWay({ family, reader, request, path, sourceAddresses });
}

function chooseSources(
  reader: LinkReader,
  { link, route }: Path,
  request: NetworkRequest,
): readonly number[] {
  if (request.sourceAddresses !== null && request.sourceAddresses.length > 0) {
    return request.sourceAddresses;
  }
  const source = route?.source ?? reader.readAddresses(link.index)[0]?.address;
  if (source !== undefined) return [source];
  throw new PreflightError(
    "source-address",
    `Interface "${link.name}" has no IPv4 address`,
    `Give it one (ip address add ADDRESS/LENGTH dev ${link.name}), or name a source address with -S`,
  );
}
