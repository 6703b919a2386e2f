/**
 * Targets that answered in an earlier run of the same scan: for each its first word, and its second one with flags
 * above it. Plain data, in shared memory where it goes to another thread.
 */
export type AnsweredBefore = Uint32Array;

/** Flags above the 16 bits of a second word. */
export const AnsweredFlag = { failure: 0x1_0000, ipv6: 0x2_0000 } as const;
