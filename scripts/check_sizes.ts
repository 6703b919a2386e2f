// deno-lint-ignore-file no-console
/** Fails when a source file is longer than 400 lines; tables are exempt, by name. */
const MAXIMUM_LINES = 400;
const ROOTS = ["main.ts", "src", "ffi", "examples", "tests", "scripts"];
/** Files that are one table each. */
const TABLES: ReadonlySet<string> = new Set([
  "ffi/constants.ts",
  "ffi/libc.ts",
]);

function* sourceFiles(path: string): Generator<string> {
  if (path.endsWith(".ts")) yield path;
  else {
    for (const entry of Deno.readDirSync(path)) {
      if (entry.isDirectory || entry.name.endsWith(".ts")) {
        yield* sourceFiles(`${path}/${entry.name}`);
      }
    }
  }
}

let tooLong = 0;
for (const file of ROOTS.flatMap((root) => [...sourceFiles(root)])) {
  const lines = Deno.readTextFileSync(file).split("\n").length - 1;
  if (lines <= MAXIMUM_LINES || TABLES.has(file)) continue;
  console.error(`${file}: ${lines} lines, more than ${MAXIMUM_LINES}`);
  tooLong++;
}
if (tooLong > 0) throw new Error(`Files that are too long: ${tooLong}`);
