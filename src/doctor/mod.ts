/** Findings about the machine: what a scan needs, and what its send and receive loops can do here. @module */
export type { Check, CheckStatus } from "./check.ts";
export type { CheckedScan } from "./checked_scan.ts";
export { type DoctorReport, type RateReport, runDoctor } from "./doctor.ts";
export { quickCheck, runQuickCheck } from "./quick_check.ts";
