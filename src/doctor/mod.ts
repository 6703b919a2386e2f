/** Findings about the machine: what a scan needs, and what its send and receive loops can do here. @module */
export { type Check, type CheckStatus, joinFamilies } from "./check.ts";
export type { CheckedScan, CheckedScan6 } from "./checked_scan.ts";
export {
  type DoctorReport,
  type DoctorScans,
  type RateReport,
  runDoctor,
} from "./doctor.ts";
export { checkedIpv4, checkedIpv6 } from "./family_scan.ts";
export { quickCheck, reportChecks } from "./quick_check.ts";
