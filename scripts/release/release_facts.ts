import { VERSION } from "../../src/cli/mod.ts";
import { run } from "./process.ts";

/** Processors that packages are made for: the names that Deno, archives and Debian have for them. */
export const ARCHITECTURES = [
  { deno: "x86_64-unknown-linux-gnu", kernel: "x86_64", debian: "amd64" },
  { deno: "aarch64-unknown-linux-gnu", kernel: "aarch64", debian: "arm64" },
] as const;
/** One of them. */
export type Architecture = (typeof ARCHITECTURES)[number];

/** What all files of a release have in common. */
export interface ReleaseFacts {
  /** As `pacemap --version` prints it. */
  readonly version: string;
  /** Time of everything in the packages, Unix seconds: `SOURCE_DATE_EPOCH`, or that of the commit. */
  readonly epochSeconds: number;
  /** Who answers for the packages: name and mail address. */
  readonly maintainer: string;
}

/**
 * Learns the facts from the environment, and what is not there from the last commit.
 *
 * @throws {Error} where there is neither
 */
export async function releaseFacts(root: string): Promise<ReleaseFacts> {
  const { env } = Deno;
  const epoch = env.get("SOURCE_DATE_EPOCH") ??
    await ofCommit(root, "%ct", "SOURCE_DATE_EPOCH");
  if (!/^\d+$/.test(epoch)) {
    throw new Error(
      `Cannot use SOURCE_DATE_EPOCH "${epoch}": give Unix seconds`,
    );
  }
  const name = env.get("DEBFULLNAME");
  const mail = env.get("DEBEMAIL");
  const maintainer = name === undefined || mail === undefined
    ? await ofCommit(root, "%an <%ae>", "DEBFULLNAME and DEBEMAIL")
    : `${name} <${mail}>`;
  return { version: VERSION, epochSeconds: Number(epoch), maintainer };
}

async function ofCommit(
  root: string,
  format: string,
  variables: string,
): Promise<string> {
  try {
    const words = ["git", "log", "-1", `--format=${format}`];
    return (await run(words, { cwd: root })).trim();
  } catch (cause) {
    throw new Error(`No commit tells this: set ${variables}`, { cause });
  }
}

/** Day of the release, as in 2026-01-31. */
export function releaseDay({ epochSeconds }: ReleaseFacts): string {
  return new Date(epochSeconds * 1000).toISOString().slice(0, 10);
}
