/** What the kernel knows of this process and its threads. @module */
export {
  boundSendBuffers,
  currentThreadId,
  ProcessStatus,
  threadProcessorSeconds,
  yieldToOthers,
} from "../../ffi/thread_facts.ts";
