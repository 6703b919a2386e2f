/** What a running scan may do, and no more: rights given up in every thread, and system calls filtered. @module */
export {
  type Confinement,
  type ConfinementReport,
  confineProcess,
  confineWorker,
  prepareProcess,
  prepareWorker,
  type ProcessConfinement,
} from "./confine.ts";
export { policyOf, type PolicyOptions, type ThreadKind } from "./policy.ts";
export { makeFilter, type Permission, type Policy } from "./program.ts";
export { findUser, NOBODY, type UserIds } from "./users.ts";
