import { type Counters, ERRNO_MAX, RECEIVE, SEND } from "../shm/mod.ts";
import type { KernelLosses } from "./kernel_counters.ts";
import type { LossPlace } from "./loss_places.ts";
import { ENOBUFS } from "./refusals.ts";

export { LOSS_PLACES, type LossPlace } from "./loss_places.ts";

/** What went in and came out at each step since the scan began, and what was lost where. All totals. */
export interface Ledger {
  readonly send: {
    /** `made` = `accepted` + `abandoned` + `pending`. */
    readonly made: number;
    readonly accepted: number;
    readonly abandoned: number;
    readonly pending: number;
    /** Of `accepted`: further probes to hosts that had answered, to measure loss. */
    readonly followUps: number;
    /** Probes that test whether a whole prefix answers, no position of the scan. */
    readonly aliases: number;
    /** Of `abandoned`, by the errno of their last refusal. */
    readonly abandonedByErrno: ReadonlyMap<number, number>;
    /** Probes that were not made, since no host on the link has the target's address, or this host itself. */
    readonly noNeighbour: number;
    /** Times that the kernel refused a frame, which was then offered again; of a batch cut short too. */
    readonly refused: number;
    /** The same by errno. */
    readonly refusedByErrno: ReadonlyMap<number, number>;
    /** What drops frames on their way out, so that it and no full queue is what ENOBUFS means; null: nothing known. */
    readonly filter: string | null;
  };
  readonly receive: {
    /** `seen` = `damaged` + `fragments` + `otherLink` + `unrecognised` + `outside` + `invalid` + `valid`. */
    readonly seen: number;
    readonly damaged: number;
    readonly fragments: number;
    readonly otherLink: number;
    readonly unrecognised: number;
    readonly outside: number;
    readonly invalid: number;
    readonly valid: number;
    readonly success: number;
    readonly successUnique: number;
    readonly failure: number;
    readonly failureUnique: number;
    readonly appSuccess: number;
    readonly appSuccessUnique: number;
    readonly repeats: number;
    /** Answers that say something else than the first one to the same probe. */
    readonly differing: number;
    readonly successCooldown: number;
    readonly successCooldownUnique: number;
    /** `valid` = `followUps` + `aliases` + `filtered` + `handedOver` + `lostHandOver`. */
    readonly followUps: number;
    /** Answers to probes that test prefixes. */
    readonly aliases: number;
    readonly filtered: number;
    readonly handedOver: number;
    readonly lostHandOver: number;
    /** Valid answers at interfaces that are not captured, none of which is `seen`. */
    readonly elsewhere: number;
    /** Number of the last such interface; 0 for none. */
    readonly elsewhereInterface: number;
  };
  /** Of targets of IPv6 where there are targets of both families, else 0; what is left is of IPv4. */
  readonly ipv6: {
    /** Of `send.accepted` and `send.abandoned`. */
    readonly sent: number;
    /** Of `receive.valid` and `receive.successUnique`. */
    readonly valid: number;
    readonly successUnique: number;
  };
  readonly capture: {
    readonly received: number;
    readonly dropped: number;
    readonly interfaceDropped: number;
  };
  readonly output: {
    /** Rows handed to the result file, and those of them that it could not take. */
    readonly rows: number;
    readonly lostRows: number;
    /** Responses that were handed over and that no result file wanted. */
    readonly filtered: number;
    /**
     * Responses that were handed over when an earlier run of the scan was killed, and were in no result file: their
     * targets are probed again. `handedOver` = `rows` + `filtered` + `interrupted` once all is written.
     */
    readonly interrupted: number;
  };
  readonly places: Readonly<Record<LossPlace, number>>;
}

/** What the main thread counts itself. */
export interface OutputCounts {
  readonly rows: number;
  readonly lostRows: number;
  readonly filtered: number;
}

/** Adds up a ledger from the counters of all senders, the receiver, the kernel and the output. */
export function readLedger(
  senders: readonly Counters[],
  receiver: Counters,
  kernel: KernelLosses,
  output: OutputCounts,
): Ledger {
  const sum = (slot: number): number =>
    senders.reduce((total, one) => total + one[slot]!, 0);
  const byErrno = (slot: number): Map<number, number> => {
    const counts = new Map<number, number>();
    for (let errno = 0; errno <= ERRNO_MAX; errno++) {
      const count = sum(slot + errno);
      if (count > 0) counts.set(errno, count);
    }
    return counts;
  };
  const refusedByErrno = byErrno(SEND.errno);
  const abandonedByErrno = byErrno(SEND.abandonedErrno);
  const send = {
    made: sum(SEND.made),
    accepted: sum(SEND.accepted),
    abandoned: sum(SEND.abandoned),
    pending: sum(SEND.pending),
    followUps: sum(SEND.followUps),
    aliases: sum(SEND.aliases),
    abandonedByErrno,
    noNeighbour: sum(SEND.noNeighbour),
    refused: sum(SEND.refused),
    refusedByErrno,
    filter: kernel.filter,
  };
  const received = (slot: number): number => receiver[slot]!;
  const capture = {
    received: received(RECEIVE.pcapReceived),
    dropped: received(RECEIVE.pcapDropped),
    interfaceDropped: received(RECEIVE.pcapInterfaceDropped),
  };
  const receive = {
    seen: received(RECEIVE.seen),
    damaged: received(RECEIVE.damaged),
    fragments: received(RECEIVE.fragments),
    otherLink: received(RECEIVE.otherLink),
    unrecognised: received(RECEIVE.unrecognised),
    outside: received(RECEIVE.outside),
    invalid: received(RECEIVE.invalid),
    valid: received(RECEIVE.valid),
    success: received(RECEIVE.success),
    successUnique: received(RECEIVE.successUnique),
    failure: received(RECEIVE.failure),
    failureUnique: received(RECEIVE.failureUnique),
    appSuccess: received(RECEIVE.appSuccess),
    appSuccessUnique: received(RECEIVE.appSuccessUnique),
    repeats: received(RECEIVE.repeats),
    differing: received(RECEIVE.differing),
    successCooldown: received(RECEIVE.successCooldown),
    successCooldownUnique: received(RECEIVE.successCooldownUnique),
    followUps: received(RECEIVE.followUps),
    aliases: received(RECEIVE.aliases),
    filtered: received(RECEIVE.filtered),
    handedOver: received(RECEIVE.handedOver),
    lostHandOver: received(RECEIVE.lostHandOver),
    elsewhere: received(RECEIVE.elsewhere),
    elsewhereInterface: received(RECEIVE.elsewhereInterface),
  };
  const ipv6 = {
    sent: sum(SEND.sentIpv6),
    valid: received(RECEIVE.validIpv6),
    successUnique: received(RECEIVE.successUniqueIpv6),
  };
  const places = {
    "send: refused": send.refused,
    "send: given up": send.abandoned,
    // The queue also counts what it refused, which is sent again.
    "send: queue": Math.max(
      0,
      kernel.sendQueue - (refusedByErrno.get(ENOBUFS) ?? 0),
    ),
    "send: device": kernel.sendDevice,
    "receive: device": kernel.receiveDevice,
    "receive: elsewhere": receive.elsewhere,
    "receive: ring": capture.dropped + capture.interfaceDropped,
    "receive: hand-over": receive.lostHandOver,
    "output": output.lostRows,
  };
  const { rows, lostRows, filtered } = output;
  return {
    send,
    receive,
    ipv6,
    capture,
    output: { rows, lostRows, filtered, interrupted: 0 },
    places,
  };
}
