/**
 * Commands from the main thread to a worker that runs a blocking loop and therefore gets no messages.
 * An `Int32Array` over shared memory: the worker reads it once per batch and sleeps on it.
 */
export type Control = Int32Array;

/** What a worker is told to do, in slot `COMMAND`. */
export const Command = {
  /** Wait: all is opened, nothing runs yet. */
  hold: 0,
  run: 1,
  /** All is sent: receivers take what comes now for late, senders wait for what has to be sent again. */
  cooldown: 2,
  /** End the loop, as soon as what is there has been worked off. */
  stop: 3,
} as const;
export type CommandCode = typeof Command[keyof typeof Command];

const COMMAND = 0;
const WAKES = 1;
const FILTERED = 2;
const CONFINED = 3;

/** How long a worker that is to be ended at once may sleep before its first command. */
const START_IDLE_MS = 20;

/** Makes a control block that says `hold`. */
export function makeControl(): Control {
  return new Int32Array(new SharedArrayBuffer(16));
}

/** Gives a command and wakes the worker. */
export function giveCommand(control: Control, command: CommandCode): void {
  Atomics.store(control, COMMAND, command);
  wake(control);
}

/** Wakes the worker, because there is new work. */
export function wake(control: Control): void {
  Atomics.add(control, WAKES, 1);
  Atomics.notify(control, WAKES);
}

/** The command in force. */
export function readCommand(control: Control): CommandCode {
  return Atomics.load(control, COMMAND) as CommandCode;
}

/** Tells a sender whether a filter, and no full queue, refuses its frames for want of buffers. */
export function markFiltered(control: Control, isFiltered: boolean): void {
  Atomics.store(control, FILTERED, isFiltered ? 1 : 0);
}

/** Whether a filter refuses frames for want of buffers: offering such a frame again for long is no use. */
export function isFiltered(control: Control): boolean {
  return Atomics.load(control, FILTERED) === 1;
}

/** The number of wake-ups so far, for `sleepUnlessWoken`. */
export function readWakes(control: Control): number {
  return Atomics.load(control, WAKES);
}

/** Sleeps in the kernel for `ms` milliseconds, or until the worker is woken since `wakes` was read. */
export function sleepUnlessWoken(
  control: Control,
  wakes: number,
  ms: number,
): void {
  Atomics.wait(control, WAKES, wakes, ms);
}

/** Tells a worker, before its first command, to give up what its loop has no use for. */
export function tellToConfine(control: Control): void {
  Atomics.store(control, CONFINED, 1);
}

/** Waits for the first command; returns whether the worker has to give up what its loop has no use for. */
export function awaitStart(control: Control): boolean {
  for (;;) {
    const wakes = readWakes(control);
    if (readCommand(control) !== Command.hold) break;
    sleepUnlessWoken(control, wakes, START_IDLE_MS);
  }
  return Atomics.load(control, CONFINED) === 1;
}
