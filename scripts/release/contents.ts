import { configTemplate } from "../_config_template.ts";
import { run } from "./process.ts";
import { releaseDay, type ReleaseFacts } from "./release_facts.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** A file of a package. */
export interface PackageFile {
  /** Relative path in the package. */
  readonly path: string;
  readonly content: string | Uint8Array<ArrayBuffer>;
  /** Permission bits. */
  readonly mode: number;
}

/** What packages hold besides the executable. */
export interface ReleaseTexts {
  /** The manual page, with the day of the release. */
  readonly manual: string;
  readonly completions: Readonly<Record<(typeof SHELLS)[number], string>>;
  readonly config: string;
  readonly service: string;
  readonly license: string;
  readonly readme: string;
  /** Names and texts of the pages in `docs`. */
  readonly pages: ReadonlyMap<string, string>;
  /** Names and texts of the files in `examples`. */
  readonly examples: ReadonlyMap<string, string>;
}

/** Gathers the texts of a release from the source at `root`. */
export async function releaseTexts(
  root: string,
  facts: ReleaseFacts,
): Promise<ReleaseTexts> {
  const read = (path: string): Promise<string> =>
    Deno.readTextFile(`${root}/${path}`);
  const pacemap = (...words: string[]): Promise<string> =>
    run(["deno", "task", "--quiet", "pacemap", ...words], { cwd: root });
  const completions: Record<string, string> = {};
  for (const shell of SHELLS) {
    completions[shell] = await pacemap("completion", shell);
  }
  return {
    manual: (await pacemap("man"))
      .replace('.TH PACEMAP 1 ""', `.TH PACEMAP 1 "${releaseDay(facts)}"`),
    completions: completions as ReleaseTexts["completions"],
    config: configTemplate(),
    service: await read("packaging/pacemap@.service"),
    license: await read("LICENSE"),
    readme: await read("README.md"),
    pages: await textsIn(`${root}/docs`),
    examples: await textsIn(`${root}/examples`),
  };
}

/** The texts of all files of a directory but tests, by name. */
async function textsIn(
  directory: string,
): Promise<ReadonlyMap<string, string>> {
  const names: string[] = [];
  for await (const { isFile, name } of Deno.readDir(directory)) {
    if (isFile && !name.endsWith("_test.ts")) names.push(name);
  }
  const texts = new Map<string, string>();
  for (const name of names.toSorted()) {
    texts.set(name, await Deno.readTextFile(`${directory}/${name}`));
  }
  return texts;
}

/** Writes files below `directory`, which has to be empty or missing. */
export async function writeTree(
  directory: string,
  files: readonly PackageFile[],
): Promise<void> {
  for (const { content, mode, path } of files) {
    const target = `${directory}/${path}`;
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), {
      recursive: true,
    });
    const bytes = typeof content === "string"
      ? new TextEncoder().encode(content)
      : content;
    await Deno.writeFile(target, bytes);
    await Deno.chmod(target, mode);
  }
  await openDirectories(directory);
}

/** Directories that all may enter, whatever the mask of this process. */
async function openDirectories(directory: string): Promise<void> {
  await Deno.chmod(directory, 0o755);
  for await (const { isDirectory, name } of Deno.readDir(directory)) {
    if (isDirectory) await openDirectories(`${directory}/${name}`);
  }
}

/** Text for a file that all may read. */
export function textFile(path: string, content: string): PackageFile {
  return { path, content, mode: 0o644 };
}
