import { type NameFacts, nameFacts, readLink } from "../../ffi/name_facts.ts";

const WRITABLE_BY_ALL = 0o002;
const WRITABLE_BY_GROUP = 0o020;
/** Files of such a directory are removed and renamed by their owners alone. */
const STICKY = 0o1000;
/** The kernel's limit, path_resolution(7). */
const MOST_LINKS = 40;

/**
 * Who may change a file besides its trusted users, in words; null: nobody, or there is no file. Symbolic links have to
 * belong to them, too.
 *
 * @throws {ErrnoError} when it cannot be looked at
 */
export function otherWriters(
  path: string,
  trusted: readonly number[],
): string | null {
  let at = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    const facts = nameFacts(at);
    if (facts === null) return null;
    if (!trusted.includes(facts.owner)) {
      return `user ${facts.owner}, who owns it`;
    }
    const directory = at.slice(0, at.lastIndexOf("/") + 1);
    const writers = writersOfNames(directory);
    if (writers !== null) return writers;
    if (facts.kind !== "link") return writersOf(facts);
    const target = readLink(at);
    at = target.startsWith("/") ? target : `${directory}${target}`;
  }
  return null;
}

function writersOf({ kind, rights }: NameFacts): string | null {
  // What comes out of a pipe or a device, its other end decides.
  if (kind !== "file") return null;
  if ((rights & WRITABLE_BY_ALL) !== 0) return "everybody";
  return (rights & WRITABLE_BY_GROUP) !== 0 ? "its group" : null;
}

/** Who may put another file in the place of one in a directory. */
function writersOfNames(directory: string): string | null {
  const rights = nameFacts(directory === "" ? "." : `${directory}.`)?.rights ??
    0;
  return (rights & (WRITABLE_BY_ALL | STICKY)) === WRITABLE_BY_ALL
    ? "everybody, who may write to its directory"
    : null;
}
