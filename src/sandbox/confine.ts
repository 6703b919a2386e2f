import { ErrnoError } from "../../ffi/errno.ts";
import { completeLibc } from "../../ffi/libc.ts";
import { FileSandbox } from "../../ffi/landlock.ts";
import {
  becomeUser,
  dropRightsEverywhere,
  dropRightsHere,
  effectiveUserId,
  hideMemory,
} from "../../ffi/privileges.ts";
import { filterSystemCalls } from "../../ffi/seccomp.ts";
import { openSystemLibc } from "../../ffi/system_call.ts";
import { policyOf, type PolicyOptions, type ThreadKind } from "./policy.ts";
import { makeFilter } from "./program.ts";
import type { UserIds } from "./users.ts";

/** What a scan gives up once all that it needs is open. */
export interface Confinement {
  /** Whom root becomes. */
  readonly user: UserIds;
  /** Whether the kernel is to refuse what a running scan has no use for: system calls, and looks into its memory. */
  readonly isSandboxed: boolean;
  /** File that is removed at the end; null: none. */
  readonly removedFile: string | null;
  /** Named pipe that is opened later, once it has a reader; null: none. */
  readonly laterPipe: string | null;
  /** Whether connections are taken at a socket that listens already. */
  readonly mayAccept: boolean;
  /** Directory in which files exchange their names; null: none. */
  readonly exchangesIn: string | null;
}

/** What was given up, as sentences without a final period. */
export interface ConfinementReport {
  readonly done: readonly string[];
  /** What could not be, and why. */
  readonly warnings: readonly string[];
  /** Whether system calls are filtered: then workers filter more of their own. */
  readonly isFiltered: boolean;
}

/**
 * Makes ready what `confineProcess` does, and returns it: that takes some milliseconds, in which other threads start.
 */
export function prepareProcess(confinement: Confinement): ProcessConfinement {
  const { exchangesIn, isSandboxed, laterPipe, mayAccept, removedFile } =
    confinement;
  completeLibc();
  openSystemLibc();
  const program = isSandboxed
    ? makeProgram("any", {
      mayRemoveFiles: removedFile !== null,
      mayOpenPipes: laterPipe !== null,
      mayAccept,
      mayExchange: exchangesIn !== null,
    })
    : null;
  return () => confine(confinement, program);
}

/** Gives up all rights of all threads, as `confineProcess`. */
export type ProcessConfinement = () => ConfinementReport;

/**
 * Gives up all rights of all threads for good: user and group of root, capabilities wherever they came from, and, in
 * a sandbox, all system calls that a running scan has no use for. Open sockets and files stay usable. Called in the
 * main thread, once everything is open.
 */
export function confineProcess(confinement: Confinement): ConfinementReport {
  return prepareProcess(confinement)();
}

/** @param program of the sandbox; null: there is none */
function confine(
  confinement: Confinement,
  program: Uint8Array<ArrayBuffer> | null,
): ConfinementReport {
  const done: string[] = [];
  const warnings: string[] = [];
  // As long as the program may look at the paths.
  using files = program === null ? null : prepareFiles(confinement);
  const { hasLeft, text } = leaveRoot(confinement.user);
  done.push(text);
  const remark = dropRights();
  // With root, all threads have lost theirs.
  if (remark !== null && !hasLeft) warnings.push(remark);
  if (program === null) return { done, warnings, isFiltered: false };
  const hasFiles = files !== null && enterFiles(files);
  try {
    hideMemory();
    filterSystemCalls(program, "all");
    done.push(
      `Entered the sandbox: ${hasFiles ? "seccomp and Landlock" : "seccomp"}`,
    );
    return { done, warnings, isFiltered: true };
  } catch (error) {
    if (!(error instanceof ErrnoError)) throw error;
    warnings.push(`${error.message}: goes on without a sandbox`);
    return { done, warnings, isFiltered: false };
  }
}

/**
 * Leaves a worker the system calls that its loop needs. Called in its thread, after `confineProcess`.
 *
 * @throws {ErrnoError} when the kernel refuses what it has granted to the whole process
 */
export function confineWorker(kind: WorkerKind): void {
  prepareWorker(kind)();
}

/** Makes ready what `confineWorker` does, and returns it: while the thread has nothing else to do. */
export function prepareWorker(kind: WorkerKind): () => void {
  completeLibc();
  openSystemLibc();
  const program = makeProgram(kind, {
    mayRemoveFiles: false,
    mayOpenPipes: false,
    mayAccept: kind === "watch",
    mayExchange: false,
  });
  return () => {
    dropRightsHere();
    filterSystemCalls(program, "calling");
  };
}

type WorkerKind = Exclude<ThreadKind, "any">;

function makeProgram(
  kind: ThreadKind,
  options: Omit<PolicyOptions, "processId">,
): Uint8Array<ArrayBuffer> {
  const policy = policyOf(kind, { ...options, processId: Deno.pid });
  return makeFilter(policy, Deno.build.arch);
}

/** Null where the kernel, or a path, does not permit it: system calls are filtered all the same. */
function prepareFiles(
  { exchangesIn, laterPipe, removedFile }: Confinement,
): FileSandbox | null {
  try {
    const removesIn = removedFile === null ? null : directoryOf(removedFile);
    return FileSandbox.prepare({ removesIn, writes: laterPipe, exchangesIn });
  } catch (error) {
    if (error instanceof ErrnoError) return null;
    throw error;
  }
}

function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : path.slice(0, slash + 1);
}

function enterFiles(files: FileSandbox): boolean {
  try {
    files.enter();
    return true;
  } catch (error) {
    if (error instanceof ErrnoError) return false;
    throw error;
  }
}

/** Whether the process was root's and is no more, and what to say of that. */
function leaveRoot(
  { groupId, userId }: UserIds,
): { readonly hasLeft: boolean; readonly text: string } {
  if (effectiveUserId() !== 0) {
    return { hasLeft: false, text: "Gave up capabilities; not run by root" };
  }
  try {
    becomeUser(userId, groupId);
    return { hasLeft: userId !== 0, text: "Gave up root" };
  } catch (error) {
    if (!(error instanceof ErrnoError)) throw error;
    // In a user namespace without a second user there is nobody to become.
    const text = `Stays root of this user namespace, without its rights: `;
    return { hasLeft: false, text: text + error.message };
  }
}

/** Returns what is to be said of threads that keep rights, or null. */
function dropRights(): string | null {
  try {
    const silent = dropRightsEverywhere();
    return silent === 0
      ? null
      : `${silent} threads of the runtime keep their capabilities: they do not take signals`;
  } catch (error) {
    if (!(error instanceof ErrnoError)) throw error;
    try {
      dropRightsHere();
    } catch (second) {
      if (!(second instanceof ErrnoError)) throw second;
      return second.message;
    }
    return `Threads of the runtime keep their capabilities: ${error.message}`;
  }
}
