import { type AliasTable, makeAliasTable } from "../probe/mod.ts";
import {
  makeSharedBucketMemory,
  type SharedBucketMemory,
} from "../send/shared_bucket.ts";
import {
  type AnswerQueueMemory,
  type Control,
  type Counters,
  makeAnswerQueueMemory,
  makeControl,
  makeCounters,
  makeNextHopMemory,
  makeRecordQueueMemory,
  makeWorkQueueMemory,
  type NextHopMemory,
  RECEIVE_SLOTS,
  type RecordQueueMemory,
  SEND_SLOTS,
  type WorkQueueMemory,
} from "../shm/mod.ts";
import type { ScanNetwork } from "./network.ts";

/** Room for responses that are not written yet: 2^22 words of 4 bytes, some 200,000 SYN-ACKs; see `Backlog`. */
const RECORD_QUEUE_WORD_BITS = 22;
/** Room for answers that are not counted yet: 2^18, a third of a second of what a receiver can do. */
const ANSWER_QUEUE_BITS = 18;

/** What one sender shares with the main thread. */
export interface SenderMemory {
  readonly control: Control;
  readonly counters: Counters;
  readonly work: WorkQueueMemory;
  readonly followUps: WorkQueueMemory;
  /**
   * Probes that test prefixes; null: none is tested.
   *
   * @default {null}
   */
  readonly aliases?: WorkQueueMemory | null;
}

/** What the receiver shares with the main thread. */
export interface ReceiverMemory {
  readonly control: Control;
  readonly counters: Counters;
  readonly records: RecordQueueMemory;
  readonly answers: AnswerQueueMemory;
}

/** All that the threads of a scan share. Its size does not depend on that of the scan. */
export interface ScanMemory {
  readonly receiver: ReceiverMemory;
  readonly senders: readonly SenderMemory[];
  readonly bucket: SharedBucketMemory;
  /** Where frames go on their link; null where the kernel writes the link headers. */
  readonly nextHops: NextHopMemory | null;
  /**
   * The prefixes that are tested; null: none is.
   *
   * @default {null}
   */
  readonly aliasTable?: AliasTable | null;
}

/** Makes the memory of a scan with so many senders that starts at `ratePps`. */
export function makeScanMemory(
  { layer, nextHops }: Pick<ScanNetwork, "layer" | "nextHops">,
  { aliasCapacity = 0, ratePps, senders }: {
    readonly ratePps: number;
    readonly senders: number;
    /** Prefixes that are tested at most. */
    readonly aliasCapacity?: number;
  },
): ScanMemory {
  return {
    receiver: {
      control: makeControl(),
      counters: makeCounters(RECEIVE_SLOTS),
      records: makeRecordQueueMemory(RECORD_QUEUE_WORD_BITS),
      answers: makeAnswerQueueMemory(ANSWER_QUEUE_BITS),
    },
    senders: Array.from({ length: senders }, () => ({
      control: makeControl(),
      counters: makeCounters(SEND_SLOTS),
      work: makeWorkQueueMemory(),
      followUps: makeWorkQueueMemory(),
      aliases: aliasCapacity === 0 ? null : makeWorkQueueMemory(),
    })),
    aliasTable: aliasCapacity === 0 ? null : makeAliasTable(aliasCapacity),
    bucket: makeSharedBucketMemory(ratePps),
    nextHops: layer === "ip"
      ? null
      : makeNextHopMemory(nextHops.map(({ mac }) => mac)),
  };
}
