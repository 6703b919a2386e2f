import { EXIT_CODE } from "./terminal.ts";

/** How long results may take to reach their file after the second Ctrl-C. */
const FLUSH_MS = 1000;

/** Where signals come from: `Deno`, or a test. */
export type SignalSource = Pick<
  typeof Deno,
  "addSignalListener" | "removeSignalListener"
>;

/**
 * Runs `task` with a signal that aborts on the first SIGINT or SIGTERM; the task then has to end by itself.
 * After a second one its results get a last moment to be written, and the exit code is 130 whatever the
 * task does.
 */
export async function runInterruptibly(
  task: (signal: AbortSignal) => Promise<number>,
  source: SignalSource = Deno,
): Promise<number> {
  const controller = new AbortController();
  const flushed = Promise.withResolvers<number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onSignal = (name: string): void => {
    if (!controller.signal.aborted) controller.abort(`stopped by ${name}`);
    else {timer ??= setTimeout(() =>
        flushed.resolve(EXIT_CODE.interrupted), FLUSH_MS);}
  };
  const onInterrupt = (): void => onSignal("SIGINT");
  const onTerminate = (): void => onSignal("SIGTERM");
  source.addSignalListener("SIGINT", onInterrupt);
  source.addSignalListener("SIGTERM", onTerminate);
  try {
    const exitCode = await Promise.race([
      task(controller.signal),
      flushed.promise,
    ]);
    return timer === undefined ? exitCode : EXIT_CODE.interrupted;
  } finally {
    clearTimeout(timer);
    source.removeSignalListener("SIGINT", onInterrupt);
    source.removeSignalListener("SIGTERM", onTerminate);
  }
}
