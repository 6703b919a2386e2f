import { getLogger } from "@logtape/logtape";
import { ConfigError } from "../base/mod.ts";
import { checkSameJob } from "../checkpoint/job.ts";
import type { Phase, ScanConfig } from "../scan/mod.ts";
import { makeThreads } from "../scan/threads.ts";
import type { ProgramSignals } from "../signals/mod.ts";
import type { Arguments } from "./arguments.ts";
import { logFailure } from "./fatal_log.ts";
import { giveBackPermissions } from "./give_back.ts";
import { resolveHost } from "./host_names.ts";
import { type Log, logFileOf, openLog } from "./logging.ts";
import type { ResumedScan } from "./resume.ts";
import { openNotifier, ServiceProblems } from "./service_notifier.ts";
import { type CheckedConfig, makeScanConfig } from "./scan_config.ts";
import { StatusScreen, statusSettings } from "./status_screen.ts";
import type { SummaryReport } from "./summary_report.ts";
import { EXIT_CODE, printable, printError } from "./terminal.ts";
import { checkNothingUnfinished } from "./unfinished.ts";
import { untilAborted } from "./until_aborted.ts";
import { type OpenedWatch, openWatch } from "./watch.ts";

/** What a scan is run with besides its arguments. */
export interface ScanSetting {
  readonly signals: ProgramSignals;
  /** Aborts at the first signal that ends the program. */
  readonly signal: AbortSignal;
  readonly phase: Phase;
  /** Takes the last words of the scan. */
  readonly summary: SummaryReport;
  /** The scan that goes on; null: a new one begins. */
  readonly resumed?: ResumedScan | null;
}

/**
 * Runs a scan with its log, and returns the exit code.
 *
 * @throws {ConfigError} for bad input
 */
export async function scan(
  args: Arguments,
  { phase, resumed = null, signal, signals, summary }: ScanSetting,
): Promise<number> {
  summary.useOptions(args.values);
  const opened: Log[] = [];
  const { file } = logFileOf(args.values);
  let failure: unknown;
  const openLogOnce = (): Log => {
    const { color, logFormat: format, verbosity } = args.values;
    const isContinued = resumed !== null;
    opened[0] ??= openLog({ verbosity, format, color, file, isContinued });
    return opened[0];
  };
  const problems = new ServiceProblems();
  const service = openNotifier(() => phase.report(), problems);
  service?.starting();
  signal.addEventListener("abort", () => service?.stopping());
  let exitCode: number = EXIT_CODE.endedEarly;
  let isLogKept = true;
  let watch: OpenedWatch | null = null;
  try {
    phase.enter("Reading lists and looking up host names");
    const checked = await configure(args, { signal, openLogOnce, resumed });
    if (checked === null) {
      summary.setOutcome({ reason: String(signal.reason) });
      return EXIT_CODE.endedEarly;
    }
    const { streamInput } = checked;
    await summary.open(signal);
    watch = await openWatch(args, checked.config, openLogOnce().recent);
    const { config } = watch ?? checked;
    giveBackPermissions();
    // The code of the scan is loaded while its threads load theirs.
    const threads = makeThreads(config);
    const { runScan } = await import("../scan/mod.ts");
    const { facts, screen } = openLogOnce();
    problems.logIsOpen();
    signals.status.answerWith(() => screen.lines(phase.report().split("\n")));
    const hooks = {
      signal,
      takeRateSteps: () => signals.rate.takeSteps(),
      continuations: () => signals.continuations(),
      phase,
      statusSink: new StatusScreen(screen, {
        facts,
        settings: statusSettings(args.values, facts.isAddressable),
        continuations: () => signals.continuations(),
      }),
      isSummaryTold: !args.values.json,
      service,
      watch: watch?.report ?? null,
      streamInput,
      threads,
    };
    const outcome = await runScan(config, hooks, resumed?.held ?? null);
    summary.setOutcome(outcome);
    exitCode = outcome.exitCode;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    await watch?.report.close();
    for (const log of opened) isLogKept = await log.close();
    if (failure !== undefined && failure !== signal.reason) {
      logFailure(file, failure, args.values.logFormat === "json");
    }
    service?.close();
  }
  const isDone = exitCode === EXIT_CODE.done || exitCode === EXIT_CODE.lossy;
  return isDone && !isLogKept ? EXIT_CODE.endedEarly : exitCode;
}

/**
 * Reads the lists and looks host names up; null when a signal ends it. Opens the log when there is something to
 * say: bad input must not cost the user an older log.
 */
async function configure(
  args: Arguments,
  { openLogOnce, resumed, signal }: {
    readonly resumed: ResumedScan | null;
    readonly signal: AbortSignal;
    readonly openLogOnce: () => Log;
  },
): Promise<Omit<CheckedConfig, "warnings"> | null> {
  const logger = getLogger(["pacemap", "cli"]);
  if (resumed === null && !args.values.overwrite) {
    await checkNothingUnfinished(args.values);
  }
  try {
    // Whatever it waits for, such as a pipe without a writer or a file system without a server.
    const { config, streamInput, warnings } = await untilAborted(
      makeScanConfig(args, {
        resolve: resolveHost,
        signal,
        onSilence: (line) => {
          try {
            openLogOnce();
            logger.warn("{line}", { line });
          } catch {
            // That the log cannot be opened is the next error, once the names are known.
            printError(`pacemap: ${printable(line)}\n`);
          }
        },
      }),
      signal,
    );
    const scanned = goingOn(config, resumed);
    openLogOnce();
    for (const warning of warnings) logger.warn("{warning}", { warning });
    return { config: scanned, streamInput };
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    openLogOnce();
    logger.warn("No packet sent: {reason}", { reason: signal.reason });
    return null;
  }
}

/**
 * The configuration of a scan that goes on: its checkpoint is the one that it had.
 *
 * @throws {ConfigError} when it is another scan
 */
function goingOn(config: ScanConfig, resumed: ResumedScan | null): ScanConfig {
  const { checkpoint } = config;
  if (resumed === null) return config;
  const { held, overrides, path } = resumed;
  const { job } = held;
  checkSameJob(path, job.parts, checkpoint?.job.parts ?? []);
  checkLimits(config, resumed);
  const intervalS = checkpoint?.intervalS ?? 0;
  const kept = { path, isNamed: true, intervalS, job, args: overrides };
  return { ...config, checkpoint: kept };
}

/** A limit that was reached would end the scan before it goes on. */
function checkLimits(
  { limits: { maxResults, maxRuntimeMs } }: ScanConfig,
  { held: { state } }: ResumedScan,
): void {
  const sendS = state.lives.reduce((sum, life) => sum + life.sendSeconds, 0);
  if (maxRuntimeMs !== null && sendS * 1000 >= maxRuntimeMs) {
    throw new ConfigError(
      "--max-runtime",
      `${maxRuntimeMs / 1000} s of sending are over: earlier runs took ${
        sendS.toFixed(1)
      } s`,
      "Give a longer time; it counts over all runs",
    );
  }
  if (maxResults !== null && state.rows >= maxResults) {
    throw new ConfigError(
      "--max-results",
      `Earlier runs have written ${state.rows} results already`,
      "Give a higher number; it counts over all runs",
    );
  }
}
