import { type PackageFile, textFile, writeTree } from "./contents.ts";
import type { ReleaseTexts } from "./contents.ts";
import { run } from "./process.ts";
import type { Architecture, ReleaseFacts } from "./release_facts.ts";

/** What goes into the packages of one architecture. */
export interface Build {
  readonly architecture: Architecture;
  readonly facts: ReleaseFacts;
  readonly texts: ReleaseTexts;
  readonly executable: Uint8Array<ArrayBuffer>;
  /** The bill of materials, as JSON. */
  readonly bom: string;
  /** An empty directory to work in. */
  readonly work: string;
  /** Where packages go. */
  readonly output: string;
}

/** Makes the archive for machines without a package manager of ours; returns its name. */
export async function makeArchive(
  { architecture, bom, executable, facts, output, texts, work }: Build,
): Promise<string> {
  const name = `pacemap-${facts.version}-linux-${architecture.kernel}`;
  const files: PackageFile[] = [
    { path: "pacemap", content: executable, mode: 0o755 },
    textFile("LICENSE", texts.license),
    textFile("README.md", texts.readme),
    textFile("man/man1/pacemap.1", texts.manual),
    textFile("completions/pacemap.bash", texts.completions.bash),
    textFile("completions/_pacemap", texts.completions.zsh),
    textFile("completions/pacemap.fish", texts.completions.fish),
    textFile("etc/pacemap.conf", texts.config),
    textFile("etc/pacemap@.service", texts.service),
    textFile("pacemap.cdx.json", bom),
    ...filesIn("docs", texts.pages),
    ...filesIn("examples", texts.examples),
  ];
  await writeTree(`${work}/${name}`, files);
  const archive = `${name}.tar.gz`;
  await run([
    ...["tar", "--create", "--format=gnu", "--sort=name"],
    ...["--owner=0", "--group=0", "--numeric-owner"],
    ...[`--mtime=@${facts.epochSeconds}`, "--use-compress-program=gzip -6n"],
    ...[`--file=${output}/${archive}`, `--directory=${work}`, name],
  ]);
  return archive;
}

/** Texts below a directory; scripts may be run. */
export function filesIn(
  directory: string,
  texts: ReadonlyMap<string, string>,
): PackageFile[] {
  return [...texts].map(([name, content]) => ({
    path: `${directory}/${name}`,
    content,
    mode: content.startsWith("#!") ? 0o755 : 0o644,
  }));
}
