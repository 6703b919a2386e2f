import { MAX_FOLLOW_UPS } from "../loss/mod.ts";
import { rateForBandwidth } from "../pace/mod.ts";
import {
  hasAppSuccess,
  type Probe,
  type ProbeOptions,
  requireProbeModule,
} from "../probe/mod.ts";
import { ETHERNET_HEADER_BYTES } from "../wire/mod.ts";
import type { CheckpointState } from "../checkpoint/mod.ts";
import type { ScanConfig } from "./config.ts";
import type { ScanNetwork } from "./network.ts";
import { type PaceSettings, UNBOUNDED_PPS } from "./pace_settings.ts";
import { familiesOf } from "./scan_targets.ts";

/** First rate of `--rate auto`, in packets per second. */
const AUTO_START_PPS = 1000;

/** What follows from a configuration and the network, worked out once for all parts of a scan. */
export interface ScanSettings {
  /** Of the first family of the targets; it reads the answers of both. */
  readonly probe: Probe;
  /** Longest frame of all families, link header included. */
  readonly maxFrameBytes: number;
  /** Whether the kind of probe can tell application successes. */
  readonly hasAppSuccess: boolean;
  /** Makes the same probe in each thread: each family has its own link header, and names itself. */
  readonly probeOptions: ProbeOptions;
  readonly pace: PaceSettings;
  /** The rate that the user asked for: `auto`, or packets per second, 0 for no limit. */
  readonly askedPps: number | "auto";
  /** Why no host is asked again to measure the loss; empty: hosts are. */
  readonly followUpsOff: string;
}

/** What an earlier run knows of the rate. */
export type LearnedRate = Pick<CheckpointState, "ratePps"> & {
  readonly measured: Pick<CheckpointState["measured"], "isRateKnown">;
};

/**
 * Works out the settings of a scan over this network.
 *
 * @param before where an earlier run of the scan has ended; null: there was none
 */
export function scanSettings(
  config: ScanConfig,
  network: Pick<ScanNetwork, "linkHeader">,
  before: LearnedRate | null = null,
): ScanSettings {
  const { loss, probe: wanted, send } = config;
  const module = requireProbeModule(wanted.module);
  const followUpsOff = config.dryRun !== null
    ? "nothing was sent"
    : loss.sampleShare === 0
    ? "switched off by --loss-sample 0"
    : module.usesPorts && !hasFollowUpPorts(config)
    ? "too few source ports to tell follow-up probes apart"
    : "";
  const probeOptions: ProbeOptions = {
    family: familiesOf(config.targets)[0] ?? 4,
    linkHeader: network.linkHeader,
    sourcePortFirst: wanted.sourcePortFirst,
    sourcePortLast: wanted.sourcePortLast,
    maxProbes: wanted.probesPerTarget +
      (loss.sampleShare > 0 ? MAX_FOLLOW_UPS : 0),
    ttl: wanted.ttl,
    args: wanted.args,
  };
  const probe = module.create(probeOptions);
  const maxFrameBytes = Math.max(
    ...familiesOf(config.targets).map((family) =>
      module.create({ ...probeOptions, family }).maxFrameBytes
    ),
  );
  return {
    probe,
    maxFrameBytes,
    hasAppSuccess: hasAppSuccess(probe),
    probeOptions,
    pace: startingAt(
      choosePace(config, { maxFrameBytes }, network),
      before,
    ),
    askedPps: send.isAutoRate ? "auto" : send.ratePps ?? 0,
    followUpsOff,
  };
}

/** The rate to start at, and its bounds. */
export function choosePace(
  { send }: Pick<ScanConfig, "send">,
  probe: Pick<Probe, "maxFrameBytes">,
  { linkHeader }: Pick<ScanNetwork, "linkHeader">,
): PaceSettings {
  const { bandwidthBps, isAutoRate, minRatePps, maxRatePps, ratePps } = send;
  const byBandwidth = bandwidthBps === null ? UNBOUNDED_PPS : rateForBandwidth(
    bandwidthBps,
    // Whoever writes it, there is an Ethernet header on the wire.
    probe.maxFrameBytes - linkHeader.length + ETHERNET_HEADER_BYTES,
  );
  const asked = isAutoRate || ratePps === null || ratePps === 0
    ? byBandwidth
    : ratePps;
  const most = Math.min(asked, maxRatePps ?? UNBOUNDED_PPS);
  const start = isAutoRate ? Math.min(AUTO_START_PPS, most) : most;
  return {
    startRatePps: start === UNBOUNDED_PPS ? 0 : start,
    minRatePps: Math.min(minRatePps, most),
    maxRatePps: most,
    isAuto: isAutoRate,
  };
}

/** A rate that finds itself begins where it was; what was no search then says nothing. */
export function startingAt(
  pace: PaceSettings,
  before: LearnedRate | null,
): PaceSettings {
  const learnedPps = before?.ratePps ?? null;
  const isKnown = before?.measured.isRateKnown ?? null;
  if (!pace.isAuto || learnedPps === null || isKnown === null) return pace;
  const { maxRatePps, minRatePps } = pace;
  const startRatePps = Math.max(minRatePps, Math.min(learnedPps, maxRatePps));
  return { ...pace, startRatePps, isKnown };
}

/** Each probe to a target, follow-ups included, has a source port of its own. */
function hasFollowUpPorts({ probe }: ScanConfig): boolean {
  const { probesPerTarget, sourcePortFirst, sourcePortLast } = probe;
  return sourcePortLast - sourcePortFirst + 1 >=
    probesPerTarget + MAX_FOLLOW_UPS;
}
