import { PreflightError } from "../base/mod.ts";

/** What a worker cannot do, and why. Plain data: errors lose all but their text between threads. */
export interface WorkerFailure {
  /** Name of the failed check of a `PreflightError`; empty for other errors. */
  readonly check: string;
  /** What went wrong, as a sentence without a final period. */
  readonly message: string;
  /** What the user can do about it; empty when nothing is known. */
  readonly remedy: string;
  /** Of a system call that failed, <asm-generic/errno.h>; null for other errors. */
  readonly errno: number | null;
}

/** All that a worker of a scan posts, in this order: `ready`, `done`, `closed`; or `failed` at any time. */
export type WorkerMessage =
  | {
    readonly kind: "ready";
    /** What it exchanges packets with, and why this. */
    readonly backend: string;
    readonly reason: string;
  }
  /** Its loop has ended: as it was told to (null), or for this reason. */
  | { readonly kind: "done"; readonly reason: string | null }
  /** It holds nothing any more. */
  | { readonly kind: "closed" }
  | { readonly kind: "failed"; readonly failure: WorkerFailure };

/** What a worker of a live scan gets before its options, to make ready what it will need. */
export interface WorkerPreparation {
  readonly kind: "prepare";
  /** Whether it will use libpcap. */
  readonly usesLibpcap: boolean;
}

/** Makes something ready ahead of time. What fails then fails again, and is reported, when it is needed. */
export function tryAhead<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}

/** What a worker has opened, and runs until it is told to stop. */
export interface WorkerJob extends Disposable {
  readonly backend: string;
  readonly reason: string;
  /** Runs to the end; returns null, or why it ended by itself. */
  run(): string | null;
}

/** Runs a worker's job from its opening to its closing, and posts what the other end has to know. */
export function runWorkerJob(
  open: () => WorkerJob,
  post: (message: WorkerMessage) => void,
): void {
  try {
    {
      using job = open();
      post({ kind: "ready", backend: job.backend, reason: job.reason });
      post({ kind: "done", reason: job.run() });
    }
    post({ kind: "closed" });
  } catch (error) {
    post({ kind: "failed", failure: failureOf(error) });
  }
}

/** An error as plain data. */
export function failureOf(error: unknown): WorkerFailure {
  const message = error instanceof Error ? error.message : String(error);
  const isPreflight = error instanceof PreflightError;
  return {
    check: isPreflight ? error.check : "",
    message,
    remedy: isPreflight ? error.remedy : "",
    errno: errnoOf(error),
  };
}

/** The number that an error or one of its causes carries. */
function errnoOf(error: unknown): number | null {
  for (let one = error; one instanceof Error; one = one.cause) {
    if ("errno" in one && typeof one.errno === "number") return one.errno;
  }
  return null;
}
