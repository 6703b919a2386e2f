/** The keyed tag by which a response proves that its sender saw our probe. @module */
export { computeTag, computeTags, TAG_WORDS } from "./tag.ts";
