import type { Ipv4Address } from "../base/mod.ts";
import {
  type AddressInfo,
  type Firewall,
  type LinkDetails,
  type LinkInfo,
  type LinkReader,
  readFirewall,
  readLinkDetails,
} from "../link/mod.ts";
import { responseColumns } from "../probe/mod.ts";
import {
  addressAt,
  addressSet,
  overlapsPrefix,
  RangeBuilder,
} from "../targets/mod.ts";
import { ETHERNET_HEADER_BYTES, IPV4_PROTOCOL } from "../wire/mod.ts";
import {
  type NetworkPlan,
  routedIpv4,
  type UnansweredTargets,
  unansweredTargets,
} from "../preflight/mod.ts";
import {
  askedRate,
  type CheckedScan,
  makeProbe,
  targetCount,
} from "./checked_scan.ts";
import { estimateRowBytes } from "./output.ts";
import type { AskedRate } from "./rate.ts";

/** A scan, and what the kernel says of the way that it would take. Plain data. */
export interface Situation {
  readonly scan: CheckedScan;
  readonly asked: AskedRate;
  /** Longest IP packet that is sent. */
  readonly packetBytes: number;
  /** IP protocol of the probes. */
  readonly protocol: number;
  readonly targetCount: number;
  /** Targets are told apart by port too. */
  readonly hasPorts: boolean;
  /** Bytes of a usual row of each output. */
  readonly rowBytes: readonly number[];
  readonly firstTarget: Ipv4Address;
  /** Null when no interface was found. */
  readonly link: LinkInfo | null;
  /** Null as above, or when the interface has just gone. */
  readonly details: LinkDetails | null;
  /** Null when no way to the targets was found. */
  readonly plan: NetworkPlan | null;
  readonly layer: "ethernet" | "ip";
  readonly links: readonly LinkInfo[];
  readonly addresses: readonly AddressInfo[];
  /** Targets on the link, whose hardware addresses have to be asked for. */
  readonly onLinkCount: number;
  /** Targets that no other host answers for. */
  readonly unanswered: UnansweredTargets;
  /** Null when it may not be read. */
  readonly firewall: Firewall | null;
}

/**
 * Reads all that the kernel knows about the way of a scan. Needs no rights, sends nothing.
 *
 * @throws {RangeError} when there is no such kind of probe
 * @throws {SyntaxError} when the probe's arguments do not parse
 */
export function readSituation(
  reader: LinkReader,
  scan: CheckedScan,
  way: { link: LinkInfo | null; plan: NetworkPlan | null },
): Situation {
  const { link, plan } = way;
  const layer = plan?.layer ?? (scan.network.isIpLayer ? "ip" : "ethernet");
  const { module, probe } = makeProbe(scan, new Uint8Array(0));
  const view = new DataView(new ArrayBuffer(probe.maxFrameBytes));
  probe.prepare(view, 0);
  const packetBytes = probe.maxFrameBytes;
  const frameBytes = packetBytes +
    (link === null || link.hasEthernetHeader ? ETHERNET_HEADER_BYTES : 0);
  return {
    scan,
    asked: {
      // As the scan counts it, whatever the link.
      ratePps: askedRate(scan, packetBytes + ETHERNET_HEADER_BYTES),
      frameBytes,
    },
    packetBytes,
    protocol: view.getUint8(IPV4_PROTOCOL),
    targetCount: targetCount(scan),
    hasPorts: module.usesPorts && scan.targets.ports.length > 1,
    rowBytes: scan.outputs.map((output) =>
      estimateRowBytes(responseColumns(probe), output)
    ),
    firstTarget: addressAt(scan.targets.addresses, 0),
    link,
    details: link === null ? null : readLinkDetails(link),
    plan,
    layer,
    links: reader.readLinks(),
    addresses: reader.readAddresses(),
    onLinkCount: link === null || link.isLoopback
      ? 0
      : layer === "ethernet"
      ? plan?.routes?.neighbours.addresses.count ?? 0
      : countOnLink(reader, scan, link.index),
    // Which of all addresses a stream will bring is not known.
    unanswered: unansweredTargets(
      reader.ipv4,
      routedIpv4(
        scan.targets.stream === undefined
          ? scan.targets.addresses
          : addressSet(new RangeBuilder()),
      ),
    ),
    firewall: readFirewall(),
  };
}

function countOnLink(
  reader: LinkReader,
  scan: CheckedScan,
  interfaceIndex: number,
): number {
  const { addresses } = scan.targets;
  const inPrefixes = reader.onLinkPrefixes(interfaceIndex)
    .filter(({ address, prefixLength }) =>
      overlapsPrefix(addresses, { address, length: prefixLength })
    )
    .reduce((sum, { prefixLength }) => sum + 2 ** (32 - prefixLength), 0);
  return Math.min(inPrefixes, addresses.count);
}
