import { ErrnoError } from "../../ffi/errno.ts";
import { effectiveUserId } from "../../ffi/privileges.ts";
import { type NameFacts, nameFacts, readLink } from "../../ffi/name_facts.ts";

/** Where an output goes. */
export interface OutputName {
  /** As it was given; where a link leads to a file that is not there yet, the path of that. */
  readonly path: string;
  /** Whether a file is there. If not, it has to be made anew: what comes in between is somebody else's. */
  readonly isThere: boolean;
}

const WRITABLE_BY_ALL = 0o002;
const ROOT = 0;
/** The kernel's limit, path_resolution(7). */
const MOST_LINKS = 40;

/**
 * Looks where an output goes, without what other users may have put into its way where all may write, such as
 * `/tmp`: symbolic links, hard links, files and pipes. The kernel's `fs.protected_…` refuse the same, where they
 * are switched on, proc_sys_fs(5).
 *
 * @throws {Error} when the path leads over such a thing; its message says what it is
 */
export function outputNameOf(
  path: string,
  userId: number = effectiveUserId(),
): OutputName {
  const left = path.split("/").reverse();
  let at = path.startsWith("/") ? "/" : ".";
  let links = 0;
  while (left.length > 0) {
    const name = left.pop()!;
    if (name === "" || name === ".") continue;
    const here = at === "/" ? `/${name}` : `${at}/${name}`;
    const facts = factsOf(here);
    // What is wrong with it, opening says better.
    if (facts === "unknown") return { path, isThere: true };
    if (facts === null) {
      return { path: links === 0 ? path : here, isThere: false };
    }
    if (name !== "..") checkName(here, { at, facts, userId });
    if (facts.kind !== "link") {
      at = here;
      continue;
    }
    if (++links > MOST_LINKS) throw new Error("too many symbolic links");
    const target = readLink(here);
    left.push(...target.split("/").reverse());
    if (target.startsWith("/")) at = "/";
  }
  return { path, isThere: true };
}

function factsOf(path: string): NameFacts | null | "unknown" {
  try {
    return nameFacts(path);
  } catch (error) {
    if (error instanceof ErrnoError) return "unknown";
    throw error;
  }
}

/** Refuses what others have put into a directory that all may write to. */
function checkName(
  path: string,
  { at, facts, userId }: {
    /** Its directory. */
    readonly at: string;
    readonly facts: NameFacts;
    readonly userId: number;
  },
): void {
  if (facts.kind === "directory") return;
  const directory = nameFacts(at);
  if (directory === null || (directory.rights & WRITABLE_BY_ALL) === 0) return;
  const where = `in a directory that everybody may write to`;
  const isTrusted = [userId, ROOT, directory.owner].includes(facts.owner);
  if (!isTrusted) {
    const what = facts.kind === "link" ? "a symbolic link" : "a file";
    throw new Error(`"${path}" is ${what} of another user ${where}`);
  }
  if (facts.kind === "file" && facts.links > 1) {
    throw new Error(`"${path}" is one of several names of a file ${where}`);
  }
}
