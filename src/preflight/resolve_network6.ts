import { type Ipv6Address, PreflightError } from "../base/mod.ts";
import {
  type AddressInfo,
  ErrnoError,
  findByName,
  formatIp,
  type LinkInfo,
  LinkReader,
  type Prefix,
} from "../link/mod.ts";
import { planWay } from "./_plan_way.ts";
import { choosePathOf, type Path } from "./choose_path.ts";
import { ipv6Problem } from "./ipv6_support.ts";
import { IPV6_NETWORK } from "./network_family.ts";
import type { NetworkPlan6, NetworkRequest6 } from "./network_plan.ts";
import { isUsable } from "./neighbour_protocol.ts";
import { checkRights } from "./rights.ts";

/** How long duplicate address detection may take: some 2 s as the kernel does it by default (RFC 4862 5.4). */
const DETECTION_MS = 5000;
/** Pause between two looks at the addresses. */
const LOOK_EVERY_MS = 50;
/** Lowest address of fe80::/10. */
const LINK_LOCAL = 0xfe80n << 112n;

/** What is missing where there is no IPv6. */
const LACKS: ReadonlySet<string> = new Set(["route", "source-address"]);

type OwnAddress = AddressInfo<Ipv6Address>;

/**
 * As `resolveNetwork`, for targets of IPv6, whose neighbours are found by neighbour discovery (RFC 4861). Waits for
 * duplicate address detection of the source addresses, 5 seconds at most.
 *
 * @throws {PreflightError} when some probe could not leave; `check` and `remedy` say why and what to do
 */
export async function resolveNetwork6(
  request: NetworkRequest6,
): Promise<NetworkPlan6> {
  checkRights();
  using reader = LinkReader.open();
  try {
    return await resolveWith(reader, request);
  } catch (error) {
    throw explain(reader, request, error);
  }
}

async function resolveWith(
  reader: LinkReader,
  request: NetworkRequest6,
): Promise<NetworkPlan6> {
  checkZone(reader, request);
  const family = IPV6_NETWORK;
  const first = choosePathOf(family, reader, request);
  await settleAddresses(reader, first.link, request);
  // The kernel chooses none that is tentative as a source.
  const path = choosePathOf(family, reader, request);
  const sourceAddresses = chooseSources(reader, path, request);
  const { sourcePrefix = null } = request;
  const way = { family, reader, request, path, sourceAddresses };
  return { ...await planWay(way), sourcePrefix };
}

/** Where there is no IPv6 at all, the kernel has neither routes nor addresses, and may not even look for them. */
function explain(
  reader: LinkReader,
  { interfaceName }: NetworkRequest6,
  error: unknown,
): unknown {
  const isLack = error instanceof ErrnoError ||
    (error instanceof PreflightError && LACKS.has(error.check));
  if (!isLack) return error;
  const link = interfaceName === null
    ? null
    : findByName(reader.readLinks(), interfaceName) ?? null;
  return ipv6Problem(link) ?? error;
}

/** The routes to link-local addresses lead through every interface, so one has to be named where there are several. */
function checkZone(
  reader: LinkReader,
  { addresses, interfaceName, mayLackRoutes }: NetworkRequest6,
): void {
  if (mayLackRoutes === true) return;
  const target = addresses.firstFrom(LINK_LOCAL);
  if (interfaceName !== null || target === null) return;
  if (!IPV6_NETWORK.isLinkLocal(target)) return;
  const links = reader.readLinks().filter(({ isLoopback, isUp }) =>
    isUp && !isLoopback
  );
  if (links.length < 2) return;
  throw new PreflightError(
    "interface",
    `Cannot tell which link target ${formatIp(target)} is on: it is link-local`,
    `Name the interface with -i: ${links.map(({ name }) => name).join(", ")}`,
  );
}

/** Waits until no address that packets might come from is tentative, for a limited time. */
async function settleAddresses(
  reader: LinkReader,
  link: LinkInfo,
  { sourceAddresses }: NetworkRequest6,
): Promise<void> {
  const endMs = performance.now() + DETECTION_MS;
  const isSettling = (): boolean =>
    reader.ipv6.readAddresses(link.index).some(({ address, state }) =>
      state.isTentative && !state.isDuplicate &&
      sourceAddresses?.includes(address) !== false
    );
  while (isSettling() && performance.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function chooseSources(
  reader: LinkReader,
  path: Path<Ipv6Address>,
  request: NetworkRequest6,
): readonly Ipv6Address[] {
  const { sourceAddresses, sourcePrefix = null } = request;
  if (sourcePrefix !== null) return [findAsker(reader, path, sourcePrefix)];
  if (sourceAddresses !== null && sourceAddresses.length > 0) {
    for (const source of sourceAddresses) {
      checkSource(reader, path.link, source);
    }
    return sourceAddresses;
  }
  return [findSource(reader, path, request)];
}

/** Answers come back only to addresses that this host has: for others nobody answers neighbour solicitations. */
function checkSource(
  reader: LinkReader,
  link: LinkInfo,
  source: Ipv6Address,
): void {
  const { family } = reader.ipv6;
  const owned = reader.ipv6.readAddresses().filter(({ address }) =>
    address === source
  );
  if (owned.some(isUsable)) return;
  const [unusable] = owned;
  if (unusable !== undefined) throw unusableSource(unusable, link);
  const isLocal = reader.ipv6.localPrefixes().some((prefix) =>
    family.firstOf(prefix) <= source && source <= family.lastOf(prefix)
  );
  if (isLocal) return;
  const text = formatIp(source);
  throw new PreflightError(
    "source-address",
    `Source address ${text} is not an address of this host`,
    `Add it (ip -6 address add ${text}/128 dev ${link.name}), or choose another with -S`,
  );
}

/** What the kernel would take for the first target, or, where it has no route, for any host. */
function findSource(
  reader: LinkReader,
  { link, route }: Path<Ipv6Address>,
  { firstTarget, gatewayMac }: NetworkRequest6,
): Ipv6Address {
  const { isLinkLocal } = IPV6_NETWORK;
  const own = reader.ipv6.readAddresses(link.index);
  const source = route?.source ?? bestAddress(own)?.address;
  const isBehindRouter = gatewayMac !== null ||
    (route !== null && route.gateway !== null);
  const isEnough = source !== undefined &&
    (!isBehindRouter || !isLinkLocal(source) || isLinkLocal(firstTarget));
  if (isEnough) return source;
  const unusable = own.find((info) => !isUsable(info) && !info.isLinkLocal);
  if (unusable !== undefined) throw unusableSource(unusable, link);
  const what = source === undefined
    ? "no IPv6 address"
    : "only link-local IPv6 addresses, which no router lets pass";
  throw new PreflightError(
    "source-address",
    `Interface "${link.name}" has ${what}`,
    `Give it one (ip -6 address add ADDRESS/LENGTH dev ${link.name}), or name a source address with -S`,
  );
}

/** Where probes come from a prefix: who asks for neighbours. */
function findAsker(
  reader: LinkReader,
  { link, route }: Path<Ipv6Address>,
  { address }: Prefix<Ipv6Address>,
): Ipv6Address {
  const own = bestAddress(reader.ipv6.readAddresses(link.index));
  return own?.address ?? route?.source ?? address;
}

/** Of wide scope rather than link-local, preferred rather than deprecated (RFC 6724 5, rules 2 and 3). */
function bestAddress(own: readonly OwnAddress[]): OwnAddress | undefined {
  const rank = ({ isLinkLocal, state }: OwnAddress): number =>
    (isLinkLocal ? 2 : 0) + (state.isDeprecated ? 1 : 0);
  return own.filter(isUsable).toSorted((a, b) => rank(a) - rank(b))[0];
}

function unusableSource(
  { address, state }: OwnAddress,
  link: LinkInfo,
): PreflightError {
  const text = formatIp(address);
  return state.isDuplicate
    ? new PreflightError(
      "source-address",
      `Source address ${text} of interface "${link.name}" is in use by another host of its link`,
      `Give the interface another one (ip -6 address add ADDRESS/LENGTH dev ${link.name})`,
    )
    : new PreflightError(
      "source-address",
      `Source address ${text} of interface "${link.name}" is still tentative: duplicate address detection has ` +
        "not ended",
      "Wait and start again, or name another source address with -S",
    );
}
