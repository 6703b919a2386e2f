import type { UnsettledWork, WorkAccount } from "../checkpoint/mod.ts";
import type { PositionRange } from "../loss/mod.ts";
import type { SharedBucketMemory } from "../send/mod.ts";
import type { AnswerQueueMemory, Counters } from "../shm/mod.ts";
import type { AskedOnce } from "./asked_once.ts";
import type { LossConfig } from "./config.ts";
import type { PaceSettings } from "./pace_settings.ts";
import type { PathBefore } from "./path_before.ts";
import type { SenderMemory } from "./scan_memory.ts";
import type { ScanWork } from "./work_source.ts";

/** What a scan controller works with. */
export interface ScanControllerParts {
  readonly loss: LossConfig;
  readonly pace: PaceSettings;
  /** Why no follow-ups are sent; empty: they are. */
  readonly followUpsOff: string;
  /** Positions to be sent, and how often each. */
  readonly ranges: readonly PositionRange[];
  readonly probesPerTarget: number;
  /**
   * What is sent instead of these ranges.
   *
   * @default {undefined} these ranges
   */
  readonly work?: ScanWork | undefined;
  /** What is left of the scan where an earlier run has done a part of it; else all of `ranges` is to be sent. */
  readonly rest?: UnsettledWork | null;
  /** Is told of all work that is given out, and that is to be sent again. */
  readonly account?: Pick<WorkAccount, "again" | "give"> | null;
  /** What earlier runs of the scan have found out, and who may be asked again in this one. */
  readonly before?: PathBefore | null;
  readonly asking?: AskedOnce | null;
  /** Positions that may be given out before `horizon` is set; without it, all. */
  readonly horizon?: number;
  /** How long an answer is waited for at most, in seconds. */
  readonly longestDelayS: number;
  readonly bucket: SharedBucketMemory;
  readonly senders: readonly SenderMemory[];
  readonly answers: AnswerQueueMemory;
  readonly receiverCounters: Counters;
  /** Packets that the machine itself has lost so far. */
  localLosses(): number;
}
