/** Signals that the program takes from the runtime. @module */
export { RateSignals, type SignalCounts } from "./rate_signals.ts";
