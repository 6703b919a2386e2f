/** What the page is made from. */
const SOURCES = [
  "src/page/browser",
  "src/page",
  "src/base/ipv4.ts",
  "src/monitor/format.ts",
  "src/monitor/loss_places.ts",
];
/** What is made from it, what only the server uses, and tests. */
const OTHERS = /_test\.ts$|\/(?:assets|document|mod)\.ts$/;
const ROOT = new URL("../", import.meta.url);

/** A digest of all sources of the page's script and style, and of the version of uPlot. */
export async function pageSourcesDigest(): Promise<string> {
  const paths = SOURCES.flatMap((path) => [...filesOf(path)]).filter((path) =>
    !OTHERS.test(path)
  ).sort();
  const lock = Deno.readTextFileSync(new URL("deno.lock", ROOT));
  const plots = /"uplot@[^"]+"/.exec(lock)?.[0] ?? "";
  const texts = paths.map((path) => Deno.readTextFileSync(new URL(path, ROOT)));
  const bytes = new TextEncoder().encode([plots, ...texts].join("\0"));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(
    new Uint8Array(digest),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}

function* filesOf(path: string): Generator<string> {
  if (/\.(?:ts|css)$/.test(path)) {
    yield path;
    return;
  }
  for (const { isFile, name } of Deno.readDirSync(new URL(path, ROOT))) {
    if (isFile && /\.(?:ts|css)$/.test(name)) yield `${path}/${name}`;
  }
}
