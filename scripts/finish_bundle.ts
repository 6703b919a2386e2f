/**
 * Makes what `deno bundle` has written to `dist/bundle` ready for `deno compile`: threads are named by the files that
 * they are now, the configuration names no packages, as all of them are in the bundle, and does not put off what is
 * imported later, as all of that has to be found; every file has the same time,
 * which becomes a part of the executable. Chunks are numbered: their names hold a hash over the paths of the packages,
 * which differ from machine to machine. So the same source gives the same bytes anywhere.
 */
const BUNDLE = new URL("../dist/bundle/", import.meta.url);
/** Threads by how the source names them and by where they are in the bundle, both relative to who starts them. */
const THREADS = [
  { source: '"../send/worker.ts"', bundled: '"./src/send/worker.js"' },
  { source: '"../receive/worker.ts"', bundled: '"./src/receive/worker.js"' },
  {
    source: '"./_sqlite_worker.ts"',
    bundled: '"./src/output/modules/_sqlite_worker.js"',
  },
];
/** The same for every build: 1 January 1980, the earliest that archives know. */
const FILE_TIME = new Date("1980-01-01T00:00:00Z");

/** Where the bundle begins. */
const ENTRIES = [
  "main.js",
  "src/send/worker.js",
  "src/receive/worker.js",
  "src/output/modules/_sqlite_worker.js",
];
/** A file of the bundle as another one imports it. */
const IMPORT = /"((?:\.{1,2}\/)+[^"]*\.js)"/g;

/** The files of the bundle in the order in which they are imported, by their paths, with their texts. */
const texts = new Map<string, string>();
const found = new Map(THREADS.map(({ source }) => [source, 0]));

function read(path: string): void {
  if (texts.has(path)) return;
  let text = Deno.readTextFileSync(new URL(path, BUNDLE));
  texts.set(path, text);
  for (const [, name] of text.matchAll(IMPORT)) read(pathOf(name!, path));
  for (const { bundled, source } of THREADS) {
    const parts = text.split(source);
    found.set(source, found.get(source)! + parts.length - 1);
    text = parts.join(bundled);
  }
  texts.set(path, text);
}

/** The path within the bundle of what a file names. */
function pathOf(name: string, importer: string): string {
  return new URL(name, new URL(importer, BUNDLE)).href.slice(
    BUNDLE.href.length,
  );
}

for (const entry of ENTRIES) read(entry);
for (const [source, times] of found) {
  if (times !== 1) {
    throw new Error(`The bundle names the thread ${source} ${times} times`);
  }
}

const names = new Map<string, string>();
for (const path of texts.keys()) {
  names.set(path, ENTRIES.includes(path) ? path : `${names.size}.js`);
}
Deno.removeSync(BUNDLE, { recursive: true });
for (const [path, text] of texts) {
  const file = new URL(names.get(path)!, BUNDLE);
  Deno.mkdirSync(new URL(".", file), { recursive: true });
  const renamed = text.replaceAll(IMPORT, (whole, name: string) => {
    const chunk = names.get(pathOf(name, path));
    // Chunks lie at the top, and so does whatever imports them by a name that begins with "./".
    return chunk === undefined || ENTRIES.includes(chunk)
      ? whole
      : `"${name.slice(0, name.lastIndexOf("/") + 1)}${chunk}"`;
  });
  Deno.writeTextFileSync(file, renamed);
}

const root = new URL("../../deno.json", BUNDLE);
const { imports: _, tasks: __, unstable: ___, ...kept } = JSON.parse(
  Deno.readTextFileSync(root),
);
Deno.writeTextFileSync(
  new URL("deno.json", BUNDLE),
  `${JSON.stringify(kept, null, 2)}\n`,
);
for (const path of ["deno.json", ...names.values()]) {
  Deno.utimeSync(new URL(path, BUNDLE), FILE_TIME, FILE_TIME);
}
