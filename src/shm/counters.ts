/**
 * Counters that one worker writes and the main thread reads. A `Float64Array` over shared memory, one
 * writer per array: aligned 8-byte stores are atomic on the machines that Deno runs on, and counts stay
 * exact up to 2^53.
 */
export type Counters = Float64Array;

/** Highest errno that has a slot of its own: EHWPOISON, `<asm-generic/errno.h>`. */
export const ERRNO_MAX = 133;

/** Slots that a sender writes. */
export const SEND = {
  /** Frames built, each time that a target is put into a frame. */
  made: 0,
  /** Frames that the kernel took. */
  accepted: 1,
  /** Times that the kernel refused a frame that was then offered again and not given up. */
  refused: 2,
  /** Frames given up after all retries, whose refusals count nowhere else. */
  abandoned: 3,
  /** Frames built and not yet taken or given up. */
  pending: 4,
  /** Positions finished, of all work so far, in the order in which the work was given. */
  done: 5,
  /** Of `accepted`: further probes to hosts that had answered. */
  followUps: 6,
  /** 1 while it pauses since the output is too slow, else 0; and how often it has begun to. */
  held: 7,
  holds: 8,
  /** Of `done`: positions without a frame, since no host on the link has the target's address, or this host itself. */
  noNeighbour: 9,
  /** Probes that test whether a whole prefix answers, finished, none of which counts as `done`. */
  aliases: 10,
  /** Of `accepted`: frames that the capture file of probes could not take. */
  notCaptured: 11,
  /** Of `accepted` and `abandoned`: frames to IPv6 targets, where there are targets of both families; else 0. */
  sentIpv6: 12,
  /** The kernel's number of its thread, once it has begun; 0 before. */
  threadId: 13,
  /** Refusals by errno: slot `errno + number`; unknown numbers count in slot `errno`. */
  errno: 16,
  /** Frames given up by the errno of their last refusal: as `errno`, behind its `ERRNO_MAX` + 1 slots. */
  abandonedErrno: 150,
} as const;
export const SEND_SLOTS: number = SEND.abandonedErrno + ERRNO_MAX + 1;

/** Slots that the receiver writes. Each packet seen is counted in exactly one of `damaged` to `valid`. */
export const RECEIVE = {
  /** Packets that passed the kernel's filter. */
  seen: 0,
  /** Too short, wrong version, or lengths that contradict each other. */
  damaged: 1,
  /** Fragments: no probe is answered by one. */
  fragments: 2,
  /** VLAN-tagged or not IPv4. */
  otherLink: 3,
  /** Well-formed, but no answer to any probe of this kind. */
  unrecognised: 4,
  /** From an address that is not in the target set. */
  outside: 5,
  /** Failed the validation. */
  invalid: 6,
  /** Passed the validation. */
  valid: 7,
  /** Of `valid`: class is a success; and of these, the first of their target. */
  success: 8,
  successUnique: 9,
  /** Of `valid`: class is a failure; and of these, the first answer of their target. */
  failure: 10,
  failureUnique: 11,
  /** Of `valid`: came after a success of their target. */
  repeats: 12,
  /** Successes seen after sending had ended. */
  successCooldown: 13,
  successCooldownUnique: 14,
  /** Of `valid`: not wanted by the output, so not handed over. */
  filtered: 15,
  /** Of `valid`: put into the queue to the main thread. */
  handedOver: 16,
  /** Of `valid`: lost because that queue was full. */
  lostHandOver: 17,
  /** Of `valid`: answers to follow-ups, which are no results. */
  followUps: 21,
  /** Of `valid`: answers to probes that test prefixes, which are no results. */
  aliases: 27,
  /** Of `valid`: say something else than the first answer to the same probe. */
  differing: 28,
  /** Times that everything captured so far had been worked off. */
  caughtUp: 22,
  /** The kernel's number of its thread, once it has begun; 0 before. */
  threadId: 29,
  /** Valid answers at interfaces that are not captured: no results; and the number of the last such interface. */
  elsewhere: 25,
  elsewhereInterface: 26,
  /** Of `valid`: class is an application success; and of these, no repeats. */
  appSuccess: 23,
  appSuccessUnique: 24,
  /** What libpcap says: received, dropped since the buffer was full, dropped by the interface. */
  pcapReceived: 18,
  pcapDropped: 19,
  pcapInterfaceDropped: 20,
  /** Of `valid` and of `successUnique`: answers of IPv6, where there are targets of both families; else 0. */
  validIpv6: 30,
  successUniqueIpv6: 31,
} as const;
export const RECEIVE_SLOTS = 32;

/** Makes counters in shared memory, all 0. */
export function makeCounters(slots: number): Counters {
  return new Float64Array(new SharedArrayBuffer(slots * 8));
}
