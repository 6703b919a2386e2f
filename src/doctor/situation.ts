import {
  type AddressInfo,
  type Firewall,
  type IpAddress,
  type LinkDetails,
  type LinkInfo,
  type LinkReader,
  readFirewall,
  readLinkDetails,
} from "../link/mod.ts";
import {
  countInPrefixes,
  type NetworkPlan,
  NONE_UNANSWERED,
  type UnansweredTargets,
  unansweredTargets,
} from "../preflight/mod.ts";
import { responseColumns } from "../probe/mod.ts";
import {
  ETHERNET_HEADER_BYTES,
  IPV4_PROTOCOL,
  IPV6_NEXT_HEADER,
} from "../wire/mod.ts";
import { askedRate, makeProbe } from "./checked_scan.ts";
import {
  type FamilyScan,
  type FamilyTargets,
  streamOf,
  targetCount,
} from "./family_scan.ts";
import { estimateRowBytes } from "./output.ts";
import type { AskedRate } from "./rate.ts";

/** The scan of one family, and what the kernel says of the way that it would take. */
export interface Situation {
  readonly scan: FamilyTargets;
  readonly asked: AskedRate;
  /** Longest IP packet that is sent. */
  readonly packetBytes: number;
  /** IP protocol of the probes. */
  readonly protocol: number;
  readonly targetCount: number;
  /** Bytes of a usual row of each output. */
  readonly rowBytes: readonly number[];
  /** The lowest. */
  readonly firstTarget: IpAddress;
  /** Null when no interface was found. */
  readonly link: LinkInfo | null;
  /** Null as above, or when the interface has just gone. */
  readonly details: LinkDetails | null;
  /** Null when no way to the targets was found. */
  readonly plan: NetworkPlan<IpAddress, unknown> | null;
  readonly layer: "ethernet" | "ip";
  readonly links: readonly LinkInfo[];
  /** Of the targets' family. */
  readonly addresses: readonly AddressInfo<IpAddress>[];
  /** Targets on the link, whose hardware addresses have to be asked for. */
  readonly onLinkCount: number;
  /** Targets that no other host answers for. */
  readonly unanswered: UnansweredTargets<IpAddress>;
  /** The route was learned from a router advertisement. */
  readonly isAdvertised: boolean;
  /** Null when it may not be read. */
  readonly firewall: Firewall | null;
}

/** The way of a scan as far as it was found. */
export interface FoundWay<A extends IpAddress, R> {
  readonly link: LinkInfo | null;
  readonly plan: NetworkPlan<A, R> | null;
}

/**
 * Reads all that the kernel knows about the way of a scan. Needs no rights, sends nothing.
 *
 * @throws {SyntaxError} when the probe's arguments do not parse
 */
export function readSituation<A extends IpAddress, R>(
  reader: LinkReader,
  scan: FamilyScan<A, R>,
  way: FoundWay<A, R>,
): Situation {
  const { link, plan } = way;
  const { family, request, settings } = scan;
  const layer = plan?.layer ?? (request.ipLayer ? "ip" : "ethernet");
  const familyReader = family.readerOf(reader);
  const { probe } = makeProbe(scan, new Uint8Array(0));
  const packetBytes = probe.maxFrameBytes;
  const frameBytes = packetBytes +
    (link === null || link.hasEthernetHeader ? ETHERNET_HEADER_BYTES : 0);
  const route = link === null || plan === null
    ? null
    : familyReader.lookupRoute(request.firstTarget, {
      interfaceIndex: link.index,
    });
  return {
    scan,
    asked: {
      // As the scan counts it, whatever the link.
      ratePps: askedRate(settings, packetBytes + ETHERNET_HEADER_BYTES),
      frameBytes,
    },
    packetBytes,
    protocol: protocolOf(scan),
    targetCount: targetCount(scan),
    rowBytes: settings.outputs.map((output) =>
      estimateRowBytes(responseColumns(probe), output)
    ),
    firstTarget: request.firstTarget,
    link,
    details: link === null ? null : readLinkDetails(link),
    plan,
    layer,
    links: reader.readLinks(),
    addresses: familyReader.readAddresses(),
    onLinkCount: countOnLink(reader, scan, way),
    // Which of all addresses a stream will bring is not known.
    unanswered: streamOf(scan.plan) === undefined
      ? unansweredTargets(familyReader, request.addresses)
      : NONE_UNANSWERED,
    isAdvertised: route?.isAdvertised === true,
    firewall: readFirewall(),
  };
}

/** The IP protocol of the probes. */
function protocolOf(scan: FamilyTargets): number {
  const { probe } = makeProbe(scan, new Uint8Array(0));
  const view = new DataView(new ArrayBuffer(probe.maxFrameBytes));
  probe.prepare(view, 0);
  return view.getUint8(scan.version === 6 ? IPV6_NEXT_HEADER : IPV4_PROTOCOL);
}

function countOnLink<A extends IpAddress, R>(
  reader: LinkReader,
  scan: FamilyScan<A, R>,
  { link, plan }: FoundWay<A, R>,
): number {
  const { family, request } = scan;
  if (link === null || link.isLoopback) return 0;
  const layer = plan?.layer ?? (request.ipLayer ? "ip" : "ethernet");
  if (layer === "ethernet") {
    const routes = plan?.routes ?? null;
    return routes === null ? 0 : scan.countNeighbours(routes);
  }
  if (!link.usesArp) return 0;
  const prefixes = family.readerOf(reader).onLinkPrefixes(link.index);
  return countInPrefixes(family.ip, request.addresses, prefixes);
}
