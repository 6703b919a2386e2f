import type { Counters } from "../shm/mod.ts";
import { RECEIVE } from "../shm/mod.ts";
import { FRAGMENT, type LinkLayer, NOT_IPV4 } from "../wire/mod.ts";
import type { RecordParts } from "./_answer_recorder.ts";

/** Takes the packets of one family: checks, validates, and has them recorded. */
export interface PacketHandler {
  /** Handles the packet that the source holds. Each ends in exactly one counter, whatever its bytes. */
  handle(captured: number): void;
}

/** What handlers of both families work with. */
export interface HandlerParts extends RecordParts {
  readonly layer: LinkLayer;
  /** Whether responses have to come from one of the ports that are probed. */
  readonly isPortChecked: boolean;
}

/** Counts a packet that the check of its headers has refused, with what the check said. */
export function countRefused(counters: Counters, reason: number): void {
  counters[
    reason === NOT_IPV4
      ? RECEIVE.otherLink
      : reason === FRAGMENT
      ? RECEIVE.fragments
      : RECEIVE.damaged
  ]! += 1;
}
