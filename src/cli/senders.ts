import { rateForBandwidth } from "../pace/mod.ts";
import type { OptionValues } from "./options.ts";

/** What one sending thread holds on most machines, and the most threads that are started unasked. */
const SENDER_PPS = 500_000;
const MOST_SENDERS = 4;

/** What decides on the number of sending threads. */
export interface SenderChoice {
  /** `--sender-threads`, or null. */
  readonly asked: number | null;
  /** How many there are unless asked otherwise. */
  readonly fallback: number;
  /** Targets that are to be probed. */
  readonly targetCount: number;
  /** @default navigator.hardwareConcurrency */
  readonly processors?: number;
}

/**
 * Number of sending threads, and what is to be said about it. With so few targets that most threads would have
 * nothing to do it is one.
 */
export function chooseSenders(
  {
    asked,
    fallback,
    processors = navigator.hardwareConcurrency,
    targetCount,
  }: SenderChoice,
): { readonly senders: number; readonly warnings: readonly string[] } {
  const senders = asked ?? fallback;
  if (senders > 1 && 2 * senders >= targetCount) {
    const warning =
      `${targetCount} targets are too few for ${senders} sending threads: one sends`;
    return { senders: 1, warnings: asked === null ? [] : [warning] };
  }
  if (senders <= Math.max(1, processors - 1)) return { senders, warnings: [] };
  const warning =
    `${senders} sending threads and the receiver share ${processors} processors`;
  return { senders, warnings: [warning] };
}

/** As many as the rate needs, with one processor left to the receiver. */
export function defaultSenders(
  { bandwidth, maxRate, rate }: OptionValues,
  frameBytes: number,
): number {
  const asked = bandwidth !== null
    ? rateForBandwidth(bandwidth, frameBytes)
    : rate === "auto"
    ? SENDER_PPS
    : rate || Infinity;
  const needed = Math.ceil(Math.min(asked, maxRate ?? Infinity) / SENDER_PPS);
  const spare = Math.max(1, navigator.hardwareConcurrency - 1);
  return Math.min(needed, spare, MOST_SENDERS);
}
