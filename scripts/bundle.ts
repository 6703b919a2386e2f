/**
 * Makes `dist/bundle` for `deno compile`. The configuration beside it names no packages, as all of them are in the
 * bundle, and finds what is imported later at once; every file has the same time, which becomes a part of the
 * executable.
 */
import { makeBundle } from "./_bundle.ts";

const directory = new URL("../dist/bundle/", import.meta.url);
/** The same for every build: 1 January 1980, the earliest that archives know. */
const FILE_TIME = new Date("1980-01-01T00:00:00Z");

const files = await makeBundle({ entry: "main.ts", directory });
const { imports: _, tasks: __, unstable: ___, ...kept } = JSON.parse(
  Deno.readTextFileSync(new URL("../deno.json", import.meta.url)),
);
Deno.writeTextFileSync(
  new URL("deno.json", directory),
  // A workspace of its own: it is no member of the one around it.
  `${JSON.stringify({ ...kept, workspace: [] }, null, 2)}\n`,
);
for (const path of ["deno.json", ...files]) {
  Deno.utimeSync(new URL(path, directory), FILE_TIME, FILE_TIME);
}
