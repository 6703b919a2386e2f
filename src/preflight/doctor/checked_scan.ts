import type { ReceiveBackend, SendBackend } from "../../backend/mod.ts";
import type { Ipv4Address } from "../../base/mod.ts";
import { rateForBandwidth } from "../../pace/mod.ts";
import {
  type Probe,
  type ProbeModule,
  type ProbeOptions,
  requireProbeModule,
} from "../../probe/mod.ts";
import {
  addressAt,
  overlapsPrefix,
  type TargetPlan,
} from "../../targets/mod.ts";
import type { NetworkRequest } from "../network_plan.ts";

/** What the checks have to know about a scan. Plain data; a scan's whole configuration will do. */
export interface CheckedScan {
  readonly targets: TargetPlan;
  readonly probe: {
    /** Name in the probe registry. */
    readonly module: string;
    readonly args: string;
    readonly ttl: number;
    readonly sourcePortFirst: number;
    readonly sourcePortLast: number;
    readonly probesPerTarget: number;
  };
  /** Null means: find out. */
  readonly network: {
    readonly interfaceName: string | null;
    readonly sourceAddresses: readonly Ipv4Address[] | null;
    readonly gatewayMac: Uint8Array | null;
    readonly sourceMac: Uint8Array | null;
    readonly isIpLayer: boolean;
  };
  readonly send: {
    /** Packets per second; 0 for as fast as possible; null when it is not fixed, or `bandwidthBps` says it. */
    readonly ratePps: number | null;
    /** Bits per second on the wire; null when it is not said. */
    readonly bandwidthBps: number | null;
    /** Most packets per system call. */
    readonly batch: number;
    readonly backend: SendBackend;
    /** Sending threads. */
    readonly senders: number;
  };
  readonly capture: { readonly backend: ReceiveBackend };
  /** At least one. */
  readonly outputs: readonly CheckedOutput[];
}

/** One of the places that results go to. */
export interface CheckedOutput {
  readonly format: "csv" | "json";
  /** Path of the results, or null for standard output. */
  readonly path: string | null;
  /** Names of columns. */
  readonly fields: readonly string[];
}

/** What the network has to be asked for this scan. */
export function networkRequest(
  { network, targets }: CheckedScan,
): NetworkRequest {
  const { addresses } = targets;
  return {
    interfaceName: network.interfaceName,
    firstTarget: addressAt(addresses, 0),
    overlapsOnLink: (prefixes) =>
      prefixes.some(({ address, prefixLength }) =>
        overlapsPrefix(addresses, { address, length: prefixLength })
      ),
    sourceAddresses: network.sourceAddresses,
    gatewayMac: network.gatewayMac,
    sourceMac: network.sourceMac,
    ipLayer: network.isIpLayer,
  };
}

/** The kind of probe that the scan sends, and one made for these bytes before each IP packet. */
export function makeProbe(
  scan: CheckedScan,
  linkHeader: Uint8Array,
): { module: ProbeModule; probe: Probe } {
  const module = requireProbeModule(scan.probe.module);
  const options: ProbeOptions = {
    linkHeader,
    sourcePortFirst: scan.probe.sourcePortFirst,
    sourcePortLast: scan.probe.sourcePortLast,
    maxProbes: scan.probe.probesPerTarget,
    ttl: scan.probe.ttl,
    args: scan.probe.args,
  };
  return { module, probe: module.create(options) };
}

/** The rate asked for in packets per second, or null when none is: as fast as possible, or found meanwhile. */
export function askedRate(
  { send }: CheckedScan,
  frameBytes: number,
): number | null {
  if (send.bandwidthBps !== null) {
    return rateForBandwidth(send.bandwidthBps, frameBytes);
  }
  return send.ratePps === null || send.ratePps === 0 ? null : send.ratePps;
}

/** Number of targets that are to be probed, each of them once or more. */
export function targetCount({ targets }: CheckedScan): number {
  return targets.endPosition - targets.firstPosition;
}
