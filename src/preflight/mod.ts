/** What has to be right before the first probe: rights, libraries, and the way to the targets. @module */
export { resolveNetwork } from "./resolve_network.ts";
export type { NetworkPlan, NetworkRequest } from "./network_plan.ts";
export { checkLibpcap, checkRights, dropPrivileges } from "./rights.ts";
