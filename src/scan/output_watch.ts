import type { Logger } from "@logtape/logtape";
import { describeFileError, type ResultFile } from "../output/mod.ts";
import { formatCount } from "../base/mod.ts";
import type { ScanParts } from "./scan_parts.ts";

/** How long an output may take nothing before the user is told, in seconds. */
const SLOW_S = 2;
/** After a signal: when the user is told, when an output that takes nothing is given up, and one that takes little. */
const SIGNALLED_SLOW_S = 0.5;
const STUCK_S = 5;
const MOST_S = 30;
/** How often it is looked what others have done to a file, in seconds. */
const INSPECT_S = 5;

/** What is known of an output. */
interface Watched {
  writtenBytes: number;
  /** When it took something last, or had nothing to take. */
  progressS: number;
  saidS: number;
  inspectedS: number;
  /** Since when its disk is full; null: it is not. */
  fullS: number | null;
  isMovedSaid: boolean;
  isGoneSaid: boolean;
}

/** What of an output is watched. */
export type WatchedFile = Pick<
  ResultFile,
  | "abandon"
  | "inspect"
  | "isBusy"
  | "isDeleted"
  | "isMoved"
  | "missingBytes"
  | "name"
  | "pendingBytes"
  | "shortage"
  | "status"
  | "writtenBytes"
>;

/** What an output watch works with. */
export interface OutputWatchParts {
  readonly files: readonly WatchedFile[];
  readonly signal: AbortSignal;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** How long a full disk is waited for, in seconds; 0: not at all. */
  readonly spaceWaitS: number;
  /**
   * Files that hold up nothing: that their disk is full is said, and they are given up by others.
   *
   * @default {[]}
   */
  readonly aside?: readonly WatchedFile[];
  /** Give up an output that takes nothing even when no signal has come. */
  readonly isImpatient?: boolean;
}

/**
 * Looks after outputs that take nothing, or that somebody else has cut. A reader that is slow is waited for, and that
 * is said; once a signal has asked for the end, for a few seconds only. A full disk is waited for too, for some time.
 */
export class OutputWatch {
  readonly #parts: OutputWatchParts;
  readonly #seen = new Map<WatchedFile, Watched>();
  #signalS: number | null = null;

  constructor(parts: OutputWatchParts) {
    this.#parts = parts;
  }

  /** Whether an output waits for space on its disk: then nothing may be sent, as its answer could not be stored. */
  get isHeld(): boolean {
    return this.text !== null;
  }

  /** Which output waits for space, for people; null: none. */
  get text(): string | null {
    const file = this.#parts.files.find(({ shortage }) => shortage !== null);
    return file === undefined ? null : shortageText(file);
  }

  /** Looks at all outputs; to be called several times a second. */
  update(nowS: number): void {
    const { aside = [], files, isImpatient = false, signal } = this.#parts;
    if (signal.aborted || isImpatient) this.#signalS ??= nowS;
    for (const file of files) {
      const seen = this.#noteProgress(file, nowS);
      if (file.status !== "open") continue;
      this.#awaitSpace(file, seen, nowS);
      if (file.shortage === null) this.#tellWaiting(file, seen, nowS);
      this.#giveUp(file, seen, nowS);
      this.#inspect(file, seen, nowS);
    }
    for (const file of aside) {
      const seen = this.#noteProgress(file, nowS);
      this.#tellShortage(file, seen, nowS);
    }
  }

  #noteProgress(file: WatchedFile, nowS: number): Watched {
    let seen = this.#seen.get(file);
    if (seen === undefined) {
      seen = {
        writtenBytes: file.writtenBytes,
        progressS: nowS,
        saidS: -Infinity,
        inspectedS: nowS,
        fullS: null,
        isMovedSaid: false,
        isGoneSaid: false,
      };
      this.#seen.set(file, seen);
    }
    if (!file.isBusy || file.writtenBytes !== seen.writtenBytes) {
      seen.writtenBytes = file.writtenBytes;
      seen.progressS = nowS;
    }
    return seen;
  }

  /** Since when the end is waited for and this output has taken nothing. */
  #stuckSinceS({ progressS }: Watched): number {
    return Math.max(progressS, this.#signalS ?? 0);
  }

  #tellWaiting(file: WatchedFile, seen: Watched, nowS: number): void {
    const slowS = this.#signalS === null ? SLOW_S : SIGNALLED_SLOW_S;
    const isSaid = seen.saidS >= this.#stuckSinceS(seen);
    if (isSaid || nowS - this.#stuckSinceS(seen) < slowS) return;
    seen.saidS = nowS;
    const { name, pendingBytes } = file;
    const bytes = pendingBytes === 0
      ? "what is left"
      : `${formatCount(pendingBytes)} bytes`;
    const text = this.#signalS === null
      ? `output: waiting for ${name} to take ${bytes}; Ctrl-C ends the scan`
      : `output: waiting up to ${STUCK_S} s for ${name} to take ${bytes}; a second Ctrl-C ends at once`;
    this.#parts.logger.warn("{text}", { text });
  }

  /** Gives a file up whose disk has been full for too long. */
  #awaitSpace(file: WatchedFile, seen: Watched, nowS: number): void {
    const { spaceWaitS } = this.#parts;
    const sinceS = this.#tellShortage(file, seen, nowS);
    if (sinceS !== null && nowS - sinceS >= spaceWaitS) {
      file.abandon("its disk is full");
    }
  }

  /** Says once that a disk is full, and that it is not any more; returns since when it is, or null. */
  #tellShortage(
    file: WatchedFile,
    seen: Watched,
    nowS: number,
  ): number | null {
    const { aside = [], logger, spaceWaitS } = this.#parts;
    const { fullS } = seen;
    if ((file.shortage === null) === (fullS === null)) return fullS;
    if (fullS !== null) {
      seen.fullS = null;
      if (file.status !== "open") return null;
      const seconds = (nowS - fullS).toFixed(1);
      const text = `output: ${file.name} has space again after ${seconds} s`;
      logger.info("{text}", { text });
      return null;
    }
    seen.fullS = nowS;
    const what = aside.includes(file)
      ? "what belongs into it waits in memory"
      : `sending pauses, for up to ${spaceWaitS} s; make room, or end the scan with Ctrl-C and resume it later`;
    if (spaceWaitS > 0) {
      const text = `output: ${shortageText(file)}: ${what}`;
      logger.warn("{text}", { text });
    }
    return nowS;
  }

  #giveUp(file: WatchedFile, seen: Watched, nowS: number): void {
    if (this.#signalS === null || !file.isBusy) return;
    if (nowS - this.#stuckSinceS(seen) >= STUCK_S) {
      file.abandon(`it took nothing for ${STUCK_S} s`);
    } else if (nowS - this.#signalS >= MOST_S) {
      file.abandon(`it did not take all within ${MOST_S} s`);
    }
  }

  #inspect(file: WatchedFile, seen: Watched, nowS: number): void {
    if (nowS - seen.inspectedS >= INSPECT_S && !file.isBusy) {
      seen.inspectedS = nowS;
      file.inspect();
    }
    const { logger } = this.#parts;
    const { isDeleted, isMoved, missingBytes, name } = file;
    if (isMoved && !seen.isMovedSaid) {
      seen.isMovedSaid = true;
      logger.warn(
        "output: {name} was renamed by someone else, and is still written to",
        {
          name,
        },
      );
    }
    if ((isDeleted || missingBytes > 0) && !seen.isGoneSaid) {
      seen.isGoneSaid = true;
      logger.warn("output: {name} was {what} by someone else: rows are lost", {
        name,
        what: isDeleted ? "deleted" : "cut",
      });
    }
  }
}

/** Looks after the outputs and the status file of a scan. */
export function watchOutputs(
  { config, files, hooks, logger, statusFile }: ScanParts,
): OutputWatch {
  return new OutputWatch({
    files,
    aside: statusFile === null ? [] : [statusFile],
    signal: hooks.signal,
    logger,
    spaceWaitS: config.limits.outputWaitMs / 1000,
  });
}

function shortageText({ name, shortage }: WatchedFile): string {
  return `the disk of ${name} is full (${describeFileError(shortage)})`;
}
