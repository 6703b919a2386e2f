import { getLogger } from "@logtape/logtape";
import { NotifySocket } from "../link/mod.ts";
import type { ServiceHooks } from "../scan/mod.ts";
import { type Environment, PROCESS_ENVIRONMENT } from "./environment.ts";

/** How often more time is asked for while the scan starts or ends, and how much, which is three times that. */
const EXTEND_MS = 10_000;
const EXTENSION_US = 30_000_000;
/** Least time between two status texts. */
const STATUS_MS = 1000;

/** What a notifier works with. */
export interface NotifierParts {
  /** Sends to the service manager. */
  readonly socket: Pick<NotifySocket, "close" | "send">;
  /** Time without a sign of life after which the service manager acts, in milliseconds; null: it does not wait. */
  readonly watchdogMs: number | null;
  /** What the program does at the moment. */
  readonly report: () => string;
  /** Monotonic time. */
  readonly nowMs: () => number;
  /** Called with the first error of sending. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Tells a service manager how a scan stands, `sd_notify(3)`. While it sends, signs of life come from the main loop
 * alone: they prove that answers are taken over and that the threads are looked after, not that a probe leaves. Before
 * and after they, and demands for more time, come from a timer, and prove that the program does not hang.
 */
export class ServiceNotifier implements ServiceHooks {
  readonly #parts: NotifierParts;
  #timer: ReturnType<typeof setInterval> | null = null;
  #aliveMs = -Infinity;
  #statusMs = -Infinity;
  #extendedMs = -Infinity;
  #isStopping = false;
  #hasFailed = false;

  constructor(parts: NotifierParts) {
    this.#parts = parts;
  }

  /** The scan starts, which may take any time. */
  starting(): void {
    this.#keepAlive();
  }

  /** Probes leave. */
  sending(): void {
    this.#stopTimer();
    this.#send(["READY=1", statusOf("Sending")]);
    this.alive();
  }

  /** The main loop has come round. */
  alive(): void {
    const { nowMs, watchdogMs } = this.#parts;
    if (watchdogMs === null || nowMs() - this.#aliveMs < watchdogMs / 2) return;
    this.#aliveMs = nowMs();
    this.#send(["WATCHDOG=1"]);
  }

  /** The text of a status line. */
  status(line: string): void {
    const nowMs = this.#parts.nowMs();
    if (nowMs - this.#statusMs < STATUS_MS) return;
    this.#statusMs = nowMs;
    this.#send([statusOf(line)]);
  }

  /** The scan ends: it has nothing to wait for but its outputs. */
  stopping(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#send(["STOPPING=1"]);
    this.#keepAlive();
  }

  /** Ends everything; what comes later changes nothing. */
  close(): void {
    this.#isStopping = true;
    this.#stopTimer();
    this.#parts.socket.close();
  }

  #keepAlive(): void {
    const { watchdogMs } = this.#parts;
    const everyMs = Math.min(EXTEND_MS, (watchdogMs ?? Infinity) / 2);
    const tick = (): void => {
      this.alive();
      this.#extend();
    };
    tick();
    this.#timer ??= setInterval(tick, everyMs);
  }

  #extend(): void {
    const { nowMs, report } = this.#parts;
    if (nowMs() - this.#extendedMs < EXTEND_MS) return;
    this.#extendedMs = nowMs();
    const [line = ""] = report().split("\n").slice(-1);
    this.#send([`EXTEND_TIMEOUT_USEC=${EXTENSION_US}`, statusOf(line)]);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #send(assignments: readonly string[]): void {
    try {
      this.#parts.socket.send(`${assignments.join("\n")}\n`);
    } catch (error) {
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      this.#parts.onFailure(error);
    }
  }
}

function statusOf(line: string): string {
  return `STATUS=${line.replaceAll(/\p{Cc}+/gu, " ").trim()}`;
}

/** What goes wrong with the service manager: a warning, which waits for the log. */
export class ServiceProblems {
  readonly #logger = getLogger(["pacemap", "service"]);
  #waiting: string[] | null = [];

  /** Tells it, or keeps it until the log is open. */
  tell(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.#waiting !== null) this.#waiting.push(reason);
    else this.#warn(reason);
  }

  /** From now on there is a log. */
  logIsOpen(): void {
    for (const reason of this.#waiting ?? []) this.#warn(reason);
    this.#waiting = null;
  }

  #warn(reason: string): void {
    this.#logger.warn("Cannot tell the service manager: {reason}", { reason });
  }
}

/**
 * Connects to the service manager that has started the program; null: none has, or it cannot be told, and a scan runs
 * without it.
 */
export function openNotifier(
  report: () => string,
  problems: Pick<ServiceProblems, "tell">,
  environment: Environment = PROCESS_ENVIRONMENT,
): ServiceNotifier | null {
  const onFailure = (error: unknown): void => problems.tell(error);
  try {
    const address = environment.get("NOTIFY_SOCKET") ?? "";
    if (address === "") return null;
    const watchdogMs = readWatchdogMs(environment);
    return new ServiceNotifier({
      socket: NotifySocket.open(address),
      watchdogMs,
      report,
      nowMs: () => performance.now(),
      onFailure,
    });
  } catch (error) {
    // Where Deno does not permit the variable, nobody has meant the program to be a service.
    if (!(error instanceof Deno.errors.NotCapable)) onFailure(error);
    return null;
  }
}

/** `sd_watchdog_enabled(3)`: a time for this process, or for any. */
function readWatchdogMs(environment: Environment): number | null {
  const pid = environment.get("WATCHDOG_PID") ?? "";
  if (pid !== "" && pid !== String(Deno.pid)) return null;
  const text = environment.get("WATCHDOG_USEC") ?? "";
  if (text === "") return null;
  if (!/^[1-9]\d{0,15}$/.test(text)) {
    throw new SyntaxError(`WATCHDOG_USEC is no number: "${text}"`);
  }
  return Number(text) / 1000;
}
