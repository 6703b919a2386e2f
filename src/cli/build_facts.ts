import { VERSION } from "./version.ts";

/** What an executable is given in front of the user's words, by `deno task compile`. */
const BUILT_FROM = "--built-from=";
/** SHA-1 or SHA-256. */
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** Digits that tell commits apart for people. */
const SHORT_DIGITS = 12;

/** What `--version` tells. */
export interface BuildFacts {
  readonly version: string;
  /** The commit that an executable was built from, or the one that is checked out; null: not known. */
  readonly commit: string | null;
  /** Version of the runtime. */
  readonly deno: string;
  /** Architecture and system that the runtime was built for. */
  readonly target: string;
  /** Whether the program is one executable. */
  readonly is_executable: boolean;
}

/** The words of a command line, and the commit that an executable carries in front of them. */
export interface BuildWords {
  readonly commit: string | null;
  readonly words: readonly string[];
}

/** Takes what the build has put in front of the command line of an executable. */
export function splitBuildWords(
  args: readonly string[],
  isExecutable: boolean = Deno.build.standalone,
): BuildWords {
  const [first = "", ...words] = args;
  if (!isExecutable || !first.startsWith(BUILT_FROM)) {
    return { commit: null, words: args };
  }
  const commit = first.slice(BUILT_FROM.length);
  return { commit: COMMIT.test(commit) ? commit : null, words };
}

/** The word that carries a commit. */
export function buildWord(commit: string): string {
  return `${BUILT_FROM}${commit}`;
}

/** What is known of this program; looks into the checkout where it is no executable. */
export function readBuildFacts(commit: string | null): BuildFacts {
  const isExecutable = Deno.build.standalone;
  return {
    version: VERSION,
    commit: isExecutable
      ? commit
      : checkedOutCommit(new URL("../..", import.meta.url)),
    deno: Deno.version.deno,
    target: Deno.build.target,
    is_executable: isExecutable,
  };
}

/** One line for people. */
export function versionText({ commit, deno, version }: BuildFacts): string {
  const from = commit === null
    ? ""
    : `commit ${commit.slice(0, SHORT_DIGITS)}, `;
  return `pacemap ${version} (${from}Deno ${deno})`;
}

/**
 * The commit that is checked out in a directory, gitrepository-layout(5), read from the files of git; null where there
 * is none, or it is kept in another way. What has been changed since is not known.
 */
export function checkedOutCommit(root: URL): string | null {
  try {
    const link = readText(new URL(".git", root));
    // In a linked working tree a file that names the directory.
    const git = link?.startsWith("gitdir: ") === true
      ? directoryOf(link.slice("gitdir: ".length), root)
      : new URL(".git/", root);
    const head = readText(new URL("HEAD", git)) ?? "";
    if (!head.startsWith("ref: ")) return commitOf(head);
    const ref = head.slice("ref: ".length);
    const common = readText(new URL("commondir", git));
    const shared = common === null ? git : directoryOf(common, git);
    return commitOf(readText(new URL(ref, git))) ??
      commitOf(readText(new URL(ref, shared))) ??
      packedCommit(readText(new URL("packed-refs", shared)) ?? "", ref);
  } catch {
    // Not readable, or of another layout: the version says nothing of it.
    return null;
  }
}

function packedCommit(text: string, ref: string): string | null {
  const line = text.split("\n").find((one) => one.endsWith(` ${ref}`));
  return commitOf(line?.split(" ", 1)[0] ?? null);
}

function commitOf(text: string | null): string | null {
  return text !== null && COMMIT.test(text) ? text : null;
}

function directoryOf(path: string, base: URL): URL {
  return new URL(`${encodeURI(path)}/`, base);
}

/** The text of a file without its last line end; null where there is no such file. */
function readText(url: URL): string | null {
  try {
    return Deno.readTextFileSync(url).trimEnd();
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.IsADirectory ||
      error instanceof Deno.errors.NotADirectory
    ) return null;
    throw error;
  }
}
