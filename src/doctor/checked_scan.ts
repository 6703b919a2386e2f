import type { ReceiveBackend, SendBackend } from "../backend/mod.ts";
import { rateForBandwidth } from "../pace/mod.ts";
import type { RoutedScan, RoutedScan6 } from "../preflight/mod.ts";
import {
  type IpVersion,
  type Probe,
  type ProbeModule,
  type ProbeOptions,
  requireProbeModule,
} from "../probe/mod.ts";
import type { Dedup } from "../receive/mod.ts";
import type { Ipv6TargetPlan, TargetPlan } from "../targets/mod.ts";

/** What the checks have to know about a scan besides its targets and their way. Plain data. */
export interface CheckedSettings {
  readonly probe: {
    /** Name in the probe registry. */
    readonly module: string;
    readonly args: string;
    readonly ttl: number;
    readonly sourcePortFirst: number;
    readonly sourcePortLast: number;
    readonly probesPerTarget: number;
    /** Whether answers have to come from one of the ports that are probed. */
    readonly isPortChecked: boolean;
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
  /** Which answers are repeats of earlier ones of their target. */
  readonly dedup: Dedup;
  /** At least one. */
  readonly outputs: readonly CheckedOutput[];
}

/** A scan of IPv4 targets to be checked. Plain data; a scan's whole configuration will do. */
export interface CheckedScan extends CheckedSettings, RoutedScan {
  readonly targets: TargetPlan;
}

/** As `CheckedScan`, of IPv6. */
export interface CheckedScan6 extends CheckedSettings, RoutedScan6 {
  readonly targets: Ipv6TargetPlan;
}

/** One of the places that results go to. */
export interface CheckedOutput {
  /** Name in the registry of output modules. */
  readonly format: string;
  /** Path of the results, or null for standard output. */
  readonly path: string | null;
  /** Names of columns. */
  readonly fields: readonly string[];
}

/** The kind of probe that the scan sends to targets of a family, and one made for these bytes before each IP packet. */
export function makeProbe(
  { settings: scan, version }: {
    readonly settings: CheckedSettings;
    readonly version: IpVersion;
  },
  linkHeader: Uint8Array,
): { module: ProbeModule; probe: Probe } {
  const module = requireProbeModule(scan.probe.module);
  const options: ProbeOptions = {
    family: version,
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
  { send }: Pick<CheckedSettings, "send">,
  frameBytes: number,
): number | null {
  if (send.bandwidthBps !== null) {
    return rateForBandwidth(send.bandwidthBps, frameBytes);
  }
  return send.ratePps === null || send.ratePps === 0 ? null : send.ratePps;
}
