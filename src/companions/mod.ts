/** Small programs beside the scan: filter addresses, list targets, split a stream of results. @module */
export { runBlocklist } from "./blocklist.ts";
export { runIterate } from "./iterate.ts";
export { runTee } from "./tee.ts";
