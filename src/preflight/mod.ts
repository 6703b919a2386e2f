/** What has to be right before the first probe: rights, libraries, and the way to the targets. @module */
export { resolveNetwork } from "./resolve_network.ts";
export type { NetworkPlan, NetworkRequest } from "./network_plan.ts";
export { waitForPing, type WaitPingOptions } from "./wait_ping.ts";
export { planProcessors, type ProcessorPlan, runOn } from "./processors.ts";
export { checkLibpcap, checkRights, dropPrivileges } from "./rights.ts";
export type { Check, CheckStatus } from "./doctor/check.ts";
export { type CheckedScan, networkRequest } from "./doctor/checked_scan.ts";
export {
  type DoctorReport,
  type RateReport,
  runDoctor,
} from "./doctor/doctor.ts";
export { quickCheck, runQuickCheck } from "./doctor/quick_check.ts";
