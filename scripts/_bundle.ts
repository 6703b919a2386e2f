/**
 * The program in few files, without comments, types and packages: one for each thread, and the main one with what it
 * loads only when it is needed. Chunks are numbered: the names that `deno bundle` gives them hold a hash over the paths
 * of the packages, which differ from machine to machine. So the same source gives the same bytes anywhere.
 */
const ROOT = new URL("..", import.meta.url);

/** Threads by how the source names them, and where they are, below the root and below the bundle. */
const THREADS = [
  { name: '"../send/worker.ts"', path: "src/send/worker" },
  { name: '"../receive/worker.ts"', path: "src/receive/worker" },
  {
    name: '"./_parquet_worker.ts"',
    path: "src/output/modules/_parquet_worker",
  },
  { name: '"./_sqlite_worker.ts"', path: "src/output/modules/_sqlite_worker" },
  { name: '"./watch_worker.ts"', path: "src/watch/watch_worker" },
];
/** The source of all threads, below the root. */
export const THREAD_SOURCES: readonly string[] = THREADS.map(({ path }) =>
  `${path}.ts`
);
/** A file of the bundle as another one imports it: all but threads lie side by side. */
const IMPORT = /"\.\/([^"/]*\.js)"/g;

/** What to put together, and where. */
export interface BundleOptions {
  /** Where the program begins, below the root. */
  readonly entry: string;
  /** Is made anew. */
  readonly directory: URL;
  /**
   * Paths that the source takes relative to its files, by what has to take their place in the bundle, quotes
   * included. Each is used once.
   *
   * @default {{}}
   */
  readonly references?: Readonly<Record<string, string>>;
}

/** Makes a bundle; returns the paths of its files below `directory`, the main one first. */
export async function makeBundle(
  { directory, entry, references = {} }: BundleOptions,
): Promise<readonly string[]> {
  await Deno.remove(directory, { recursive: true }).catch(() => {});
  const outdir = decodeURIComponent(directory.pathname);
  await bundle(["--code-splitting", "--outdir", outdir, entry]);
  for (const { path } of THREADS) {
    await bundle(["--output", `${outdir}${path}.js`, `${path}.ts`]);
  }
  const main = entry.replace(/^.*\//, "").replace(/\.ts$/, ".js");
  const texts = readAll(main, directory);
  replaceReferences(texts, {
    ...references,
    ...Object.fromEntries(
      THREADS.map(({ name, path }) => [name, `"./${path}.js"`]),
    ),
  });
  return [
    ...writeNumbered(texts, directory),
    ...THREADS.map(({ path }) => `${path}.js`),
  ];
}

async function bundle(args: readonly string[]): Promise<void> {
  const { stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--minify", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
}

/** The texts of a file and of all that it imports, by their names, in the order of the imports. */
function readAll(main: string, directory: URL): Map<string, string> {
  const texts = new Map<string, string>();
  const read = (name: string): void => {
    if (texts.has(name)) return;
    const text = Deno.readTextFileSync(new URL(name, directory));
    texts.set(name, text);
    for (const [, other] of text.matchAll(IMPORT)) read(other!);
  };
  read(main);
  return texts;
}

function replaceReferences(
  texts: Map<string, string>,
  references: Readonly<Record<string, string>>,
): void {
  for (const [before, after] of Object.entries(references)) {
    const users = [...texts].filter(([, text]) => text.includes(before));
    const times = users.map(([, text]) => text.split(before).length - 1)
      .reduce((sum, one) => sum + one, 0);
    if (times !== 1) {
      throw new Error(`The bundle has ${before} ${times} times`);
    }
    for (const [name, text] of users) {
      texts.set(name, text.replace(before, () => after));
    }
  }
}

/** Writes files, all but the first under a number instead of their names; returns the new names. */
function writeNumbered(
  texts: ReadonlyMap<string, string>,
  directory: URL,
): string[] {
  const names = new Map(
    [...texts.keys()].map((name, index) =>
      [name, index === 0 ? name : `${index}.js`] as const
    ),
  );
  for (const name of names.keys()) Deno.removeSync(new URL(name, directory));
  for (const [name, text] of texts) {
    const renamed = text.replaceAll(
      IMPORT,
      (whole, other: string) =>
        names.has(other) ? `"./${names.get(other)}"` : whole,
    );
    Deno.writeTextFileSync(new URL(names.get(name)!, directory), renamed);
  }
  return [...names.values()];
}
