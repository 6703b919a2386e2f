import { SIGCONT, SIGHUP, SIGUSR1, SIGUSR2 } from "../../ffi/constants.ts";
import { SignalCounter } from "../../ffi/signal_counter.ts";
import { type EndSignal, EndSignals } from "./end_signals.ts";
import { RateSignals } from "./rate_signals.ts";
import { StatusRequests } from "./status_requests.ts";

/** All signals that mean something to the program. */
export interface ProgramSignals {
  /** SIGINT, SIGTERM, SIGHUP. */
  readonly ends: EndSignals;
  /** SIGUSR1, SIGUSR2. */
  readonly rate: RateSignals;
  /** SIGQUIT. */
  readonly status: StatusRequests;
  /** How often SIGCONT has come so far, modulo 2^32: each time that the process goes on after a stop. */
  continuations(): number;
}

/**
 * Takes the signals from the runtime, for the whole process until it ends. Once for each process, and first of all,
 * before the rest of the program is even loaded: no signal may be lost meanwhile.
 *
 * On SIGUSR1 Deno 2.9 starts its inspector, in every program, whether it listens or not: from then on any
 * local user can run code in the process. It sets its handler half a second after it has started, and the
 * signal ends the process before. What remains is a signal that comes after that half second, while the first lines
 * of the program still wait to be loaded on a slow or loaded machine.
 *
 * Without `--allow-ffi` the runtime keeps SIGUSR1 and counts it, and SIGHUP is never ignored: there is no scan then,
 * only dry runs.
 */
export function takeSignals(): ProgramSignals {
  const counter = openCounter();
  const ignored = new Set<EndSignal>();
  if (counter?.isIgnored(SIGHUP)) {
    ignored.add("SIGHUP");
    // With its first listener, of whatever signal, the runtime takes SIGHUP too, and ends the process on it unless
    // somebody listens: let this be the first.
    Deno.addSignalListener("SIGHUP", () => {});
    counter.ignore(SIGHUP);
  }
  const ends = new EndSignals(Deno, ignored);
  const status = new StatusRequests(Deno);
  const heard = new Uint32Array(SIGUSR2 + 1);
  // The runtime sets its handler of a signal only once, for the first listener: let this be now.
  Deno.addSignalListener("SIGUSR1", () => void heard[SIGUSR1]!++);
  Deno.addSignalListener("SIGUSR2", () => void heard[SIGUSR2]!++);
  for (const signal of [SIGUSR1, SIGUSR2, SIGCONT]) counter?.take(signal);
  return {
    ends,
    // Where the counter counts, the listeners hear only what came before it.
    rate: new RateSignals({
      count: (signal) => heard[signal]! + (counter?.count(signal) ?? 0),
    }),
    status,
    continuations: () => counter?.count(SIGCONT) ?? 0,
  };
}

/** Null without the permission to do so; a C library is there wherever the runtime is. */
function openCounter(): SignalCounter | null {
  try {
    return new SignalCounter();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
}
