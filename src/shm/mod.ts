/** Memory that the threads of a scan share: counters, commands, work, records. @module */
export {
  type Answer,
  AnswerQueue,
  type AnswerQueueMemory,
  makeAnswerQueueMemory,
} from "./answer_queue.ts";
export { Backlog } from "./backlog.ts";
export {
  type Counters,
  ERRNO_MAX,
  makeCounters,
  RECEIVE,
  RECEIVE_SLOTS,
  SEND,
  SEND_SLOTS,
} from "./counters.ts";
export {
  awaitStart,
  Command,
  type CommandCode,
  type Control,
  giveCommand,
  isFiltered,
  makeControl,
  markFiltered,
  readCommand,
  readWakes,
  sleepUnlessWoken,
  tellToConfine,
  wake,
} from "./control.ts";
export { acquire, makeLock, release } from "./lock.ts";
export {
  makeNextHopMemory,
  type NextHopMemory,
  NextHops,
  sliceNextHops,
} from "./next_hops.ts";
export {
  failureOf,
  runWorkerJob,
  tryAhead,
  type WorkerFailure,
  type WorkerJob,
  type WorkerMessage,
  type WorkerPreparation,
} from "./worker_protocol.ts";
export {
  makeWorkQueueMemory,
  type Work,
  WorkQueue,
  type WorkQueueMemory,
} from "./work_queue.ts";
export {
  makeRecordHead,
  makeRecordQueueMemory,
  RecordFlag,
  type RecordHead,
  RecordQueue,
  type RecordQueueMemory,
} from "./record_queue.ts";
