/** The keyed tag by which a response proves that its sender saw our probe. @module */

export { chaskeyOfBlocks } from "./chaskey.ts";
export { sourceWord, sourceWordKey, SourceWords } from "./source_word.ts";
export { computeTag, computeTag6, TAG_WORDS } from "./tag.ts";
export { TAG_BLOCK, TagBlock, type TagBlockOptions } from "./tag_block.ts";
