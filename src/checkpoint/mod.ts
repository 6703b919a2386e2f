/** Checkpoints: what a scan has done and found, kept on disk so that it can go on after any end. @module */
export { type CheckpointContent, CheckpointFile } from "./checkpoint_file.ts";
export {
  type CheckpointCut,
  CheckpointWriter,
  type SyncedOutput,
} from "./checkpoint_writer.ts";
export { FORMAT_VERSION, MAGIC } from "./header.ts";
export { HeardTime } from "./heard_time.ts";
export { type CheckpointJob, checkSameJob, type JobPart } from "./job.ts";
export { digestOfValue, jobPart, type JobValue } from "./job_digest.ts";
export {
  JOURNAL_ENTRY_BYTES,
  JournalBuffer,
  type JournalEntry,
  readJournal,
} from "./journal.ts";
export {
  type MeasuredPath,
  MOST_EVIDENCE,
  MOST_STRETCHES,
  NOTHING_MEASURED,
  type OutageMemory,
  type RateChangeMemory,
} from "./measured.ts";
export {
  createCheckpoint,
  type HeldCheckpoint,
  openCheckpoint,
  readCheckpoint,
} from "./open_checkpoint.ts";
export { coarsen, RangeSet, without } from "./range_set.ts";
export {
  type CheckpointLife,
  type CheckpointOutput,
  type CheckpointPhase,
  type CheckpointState,
  endOf,
  JOINED_RUNS,
  LIMIT_REACHED,
  MOST_LIFE_ARGS,
} from "./state.ts";
export { type CheckpointStorage, FileStorage } from "./storage.ts";
export {
  type AccountedWork,
  type RepairRanges,
  type UnsettledWork,
  WorkAccount,
  type WorkAccountOptions,
} from "./work_account.ts";
