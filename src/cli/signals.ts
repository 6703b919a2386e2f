import type { EndSignals } from "../signals/mod.ts";
import { EXIT_CODE } from "./terminal.ts";

/** How long results may take to reach their file after the second Ctrl-C. */
const FLUSH_MS = 1000;
/** What shells add to the number of the signal that has ended a process. */
const SIGNAL_EXIT_CODES = 128;
/** Numbers of the signals, <signal.h>. */
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Runs `task` with a signal that aborts on the first SIGINT, SIGTERM or SIGHUP; the task then has to end by itself.
 * After a second one its results get a last moment to be written, and the exit code is 130 whatever the
 * task does. What comes later than the task ends changes nothing.
 */
export async function runInterruptibly(
  task: (signal: AbortSignal) => Promise<number>,
  ends: Pick<EndSignals, "listen">,
): Promise<number> {
  const controller = new AbortController();
  const flushed = Promise.withResolvers<number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  ends.listen((name) => {
    if (controller.signal.aborted) {
      timer ??= setTimeout(
        () => flushed.resolve(EXIT_CODE.interrupted),
        FLUSH_MS,
      );
    } else controller.abort(`stopped by ${name}`);
  });
  try {
    const exitCode = await Promise.race([
      task(controller.signal),
      flushed.promise,
    ]);
    return timer === undefined ? exitCode : EXIT_CODE.interrupted;
  } finally {
    clearTimeout(timer);
    ends.listen(() => {});
  }
}

/** Runs `task` so that the first signal ends the whole process at once, as it does by default. */
export async function runKillably(
  task: () => Promise<number>,
  ends: Pick<EndSignals, "release">,
): Promise<number> {
  const name = ends.release();
  return name === null ? await task() : SIGNAL_EXIT_CODES + NUMBERS[name];
}
