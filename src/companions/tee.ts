import { getLogger } from "@logtape/logtape";
import { ConfigError } from "../base/mod.ts";
import {
  checkOutputs,
  EXIT_CODE,
  flag,
  type NamedPath,
  OPTIONS,
  runInterruptibly,
} from "../cli/mod.ts";
import { outputDescriptor, outputFault, ResultFile } from "../output/mod.ts";
import type { EndSignals } from "../signals/mod.ts";
import { readLines, writeFully } from "./byte_lines.ts";
import {
  COMMON_OPTIONS,
  type CommonValues,
  type Companion,
  type CompanionArguments,
} from "./companion.ts";
import { EndingInput } from "./ending_input.ts";
import { SpillQueue } from "./spill_queue.ts";
import { TeeInput } from "./tee_input.ts";
import { TeeMonitor } from "./tee_monitor.ts";

/** Rows that wait in memory for a slow reader; more of them wait on disk. */
const MAX_MEMORY_BYTES = 32 << 20;
/** How long a slow reader is waited for after a signal. */
const LAST_MS = 1000;
const LINE_FEED = 0x0a;
const STANDARD_OUTPUT_FD = 1;

/** Options of `pacemap tee`. */
export interface Values extends CommonValues {
  readonly successOnly: boolean;
  readonly raw: boolean;
  readonly monitor: boolean;
  readonly statusUpdatesFile: string | null;
}

/** `pacemap tee`, which keeps results in a file and feeds their addresses to the next program. */
export const TEE: Companion<Values> = {
  command: {
    name: "pacemap tee",
    usage: "[OPTION]... FILE < RESULTS > ADDRESSES",
    options: {
      successOnly: flag({
        long: "success-only",
        group: "output",
        help: "Pass on only rows whose field success is true",
      }),
      raw: flag({
        long: "raw",
        short: "r",
        group: "output",
        help: "Pass lines on as they are",
      }),
      monitor: flag({
        long: "monitor",
        short: "m",
        group: "logging",
        help: "Show each second on standard error how much is read and waits",
      }),
      statusUpdatesFile: {
        ...OPTIONS.statusUpdatesFile,
        help: "File for the same as CSV",
      },
      ...COMMON_OPTIONS,
    },
  },
  endsByItself: true,
  introduction:
    `Writes the results that it reads to FILE, and passes on the address of each, or
address,port where there is a port. Takes CSV with a header, JSON lines, and
addresses without a header; lines without a comma are passed on as they are.
Reads as fast as results come: what the next program has not taken yet waits in
memory, and beyond 32 MiB on disk.`,
  examples: [
    "pacemap -p 443 -f saddr,sport,ttl -O csv 192.0.2.0/24 | pacemap tee found.csv | zgrab2 tls",
    "pacemap -p 80 -O json -f '*' 192.0.2.0/24 | pacemap tee --success-only found.json",
  ],
  run,
};

async function run(
  { operands, screen, values }: CompanionArguments<Values>,
  ends: EndSignals,
): Promise<number> {
  const [path, ...rest] = operands;
  if (path === undefined || rest.length > 0) {
    throw new ConfigError(
      "command line",
      path === undefined ? "The file is missing" : `No use for "${rest[0]}"`,
      "Name just one file for the results",
    );
  }
  if (values.raw && values.successOnly) {
    throw new ConfigError(
      "--success-only",
      "Conflicts with --raw",
      "Give one of them",
    );
  }
  if (outputDescriptor(path) === STANDARD_OUTPUT_FD) {
    throw new ConfigError(
      "FILE",
      "Cannot write the results to standard output, where the addresses go",
      "Name a file for the results",
    );
  }
  await checkOutputs([
    { option: "FILE", path },
    ...named("--status-updates-file", values.statusUpdatesFile),
    ...named("--log-file", values.logFile),
  ], []);
  return await runInterruptibly(
    (signal) => split(path, { screen, values, signal }),
    ends,
  );
}

function named(option: string, path: string | null): readonly NamedPath[] {
  return path === null ? [] : [{ option, path }];
}

async function split(
  path: string,
  { screen, signal, values }:
    & Pick<CompanionArguments<Values>, "screen" | "values">
    & { readonly signal: AbortSignal },
): Promise<number> {
  const logger = getLogger(["pacemap", "tee"]);
  const file = await ResultFile.open(path, { option: "FILE" });
  const statusFile = values.statusUpdatesFile === null
    ? null
    : await ResultFile.open(values.statusUpdatesFile, {
      option: "--status-updates-file",
    });
  using queue = new SpillQueue(MAX_MEMORY_BYTES);
  const monitor = new TeeMonitor({
    screen: values.monitor ? screen : null,
    statusFile,
    queue,
  });
  const input = new TeeInput({
    isRaw: values.raw,
    isSuccessOnly: values.successOnly,
    onBadRow: (row) => logger.warn("No address in: {row}", { row }),
  });
  const feeder = new Feeder(queue);
  const source = new EndingInput(Deno.stdin, signal);
  let isPassedOn = true;
  try {
    await readLines(source, async (bytes, end) => {
      // A signal may cut a row, and what is left of an address may be another one.
      if (source.isCut && bytes[end - 1] !== LINE_FEED) return;
      const { count, passed } = input.read(bytes, end);
      await file.write(bytes.subarray(0, end));
      if (file.status === "failed") throw file.failure;
      monitor.countRows(count);
      feeder.give(passed);
    }, (bytes, end) => input.endOfRows(bytes, end));
  } catch (error) {
    if (file.status !== "failed") throw error;
    logger.error("Cannot write {path}: {error}", {
      path,
      error: String(error),
    });
    return EXIT_CODE.endedEarly;
  } finally {
    isPassedOn = await feeder.finish(signal);
    await monitor.close();
    await file.close();
    await statusFile?.close();
  }
  if (source.isCut || !isPassedOn) {
    logger.warn("Ended early: {reason}", { reason: signal.reason });
    return EXIT_CODE.endedEarly;
  }
  let isWhole = true;
  for (const one of [file, statusFile]) {
    const fault = one === null ? null : outputFault(one);
    if (fault === null) continue;
    logger.error("{fault}", { fault });
    isWhole = false;
  }
  if (monitor.rows === 0) {
    throw new ConfigError("standard input", "There are no results", "");
  }
  if (feeder.isReaderGone) {
    logger.warn(
      "The reader of the addresses has gone; the file has all results",
    );
  }
  return feeder.isReaderGone || !isWhole
    ? EXIT_CODE.endedEarly
    : EXIT_CODE.done;
}

/** Empties a queue into standard output, as fast as that takes it. */
class Feeder {
  readonly #queue: SpillQueue;
  readonly #done: Promise<void>;
  #isEnding = false;
  #isReaderGone = false;
  #wake: () => void = () => {};

  constructor(queue: SpillQueue) {
    this.#queue = queue;
    this.#done = this.#run();
  }

  /** Nobody reads standard output any more; what comes is dropped. */
  get isReaderGone(): boolean {
    return this.#isReaderGone;
  }

  /** Appends bytes to the queue. */
  give(bytes: Uint8Array): void {
    if (this.#isReaderGone) return;
    this.#queue.push(bytes);
    this.#wake();
  }

  /** Waits until the queue is empty, which it returns, or for a last moment after the signal. */
  async finish(signal: AbortSignal): Promise<boolean> {
    this.#isEnding = true;
    this.#wake();
    const late = Promise.withResolvers<boolean>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onAbort = (): void => {
      timer = setTimeout(() => late.resolve(false), LAST_MS);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    const isDone = await Promise.race([
      this.#done.then(() => true),
      late.promise,
    ]);
    clearTimeout(timer);
    return isDone;
  }

  async #run(): Promise<void> {
    for (;;) {
      const bytes = this.#queue.shift();
      if (bytes !== null) {
        if (await writeFully(Deno.stdout, bytes)) continue;
        this.#isReaderGone = true;
        this.#queue[Symbol.dispose]();
        return;
      }
      if (this.#isEnding) return;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}
