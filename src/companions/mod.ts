/** Small programs beside the scan: filter addresses, list targets, split a stream of results. @module */
export { COMPANIONS } from "./companions.ts";
