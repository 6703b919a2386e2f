/** Signals that the program takes from the runtime. @module */
export {
  type EndSignal,
  EndSignals,
  type SignalSource,
} from "./end_signals.ts";
export { type ProgramSignals, takeSignals } from "./program_signals.ts";
export { RateSignals, type SignalCounts } from "./rate_signals.ts";
export { StatusRequests } from "./status_requests.ts";
