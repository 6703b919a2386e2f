import { freeDescriptors, openFileLimit } from "../../ffi/machine_limits.ts";
import { PreflightError } from "../base/mod.ts";

/**
 * What a thread has open: five of the runtime, two sockets and one to spare. Where one is missing when a thread starts,
 * the runtime ends the whole process, with a trace of its own.
 */
const FOR_THREAD = 8;
/** Sockets of the main thread that ask for routes and neighbours, and watch them. */
const FOR_NETWORK = 8;
/** A file, and the lock or the folder that it needs for a moment. */
const FOR_FILE = 2;

/** What descriptors are needed for. */
export interface DescriptorNeed {
  readonly threads: number;
  /** Files that are written. */
  readonly files: number;
  /** Whether packets leave this machine. */
  readonly isLive: boolean;
}

/**
 * Checks that a scan may open as many descriptors as it needs.
 *
 * @throws {PreflightError} `open-files` when it may not
 */
export function checkDescriptors(
  { files, isLive, threads }: DescriptorNeed,
): void {
  const needed = threads * FOR_THREAD + files * FOR_FILE +
    (isLive ? FOR_NETWORK : 1);
  const free = countFree(needed);
  if (free >= needed) return;
  const limit = openFileLimit();
  throw new PreflightError(
    "open-files",
    `Only ${limit} files may be open, of which ${limit - free} are; ` +
      `${needed} more are needed`,
    "Raise the limit: ulimit -n 1024",
  );
}

/** How many of `most` descriptors may be used for what the scan can do without: half of those that are free. */
export function sparedDescriptors(most: number): number {
  return Math.min(most, Math.max(1, Math.floor(countFree(2 * most) / 2)));
}

function countFree(most: number): number {
  try {
    return freeDescriptors(most);
  } catch (error) {
    // A dry run does without the C library.
    if (error instanceof Deno.errors.NotCapable) return Infinity;
    throw error;
  }
}
