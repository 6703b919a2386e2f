// deno-lint-ignore-file no-console
/**
 * Writes `src/page/assets.ts`: the script of the page, which `deno bundle` has made, its style, and their digests.
 */
import { pageSourcesDigest } from "./_page_sources.ts";

const SCRIPT = new URL("../dist/page.js", import.meta.url);
const STYLE = new URL("../src/page/browser/style.css", import.meta.url);
const RESULT = new URL("../src/page/assets.ts", import.meta.url);

async function digestOf(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}

/** Neither may end the element that it stands in. */
function checkText(text: string): string {
  if (/<\/(?:script|style)|<!--/i.test(text)) {
    throw new Error("The page's script or style would end its element");
  }
  return text;
}

/** uPlot's licence wants to be named in each copy. */
const NOTICE = "/*! uPlot, copyright (c) 2022 Leon Sorokin, MIT License */";

const script = checkText(
  `${NOTICE}\n${Deno.readTextFileSync(SCRIPT).trim()}`,
);
const style = checkText(
  Deno.readTextFileSync(STYLE).replaceAll(/\s+/g, " ")
    .replaceAll(/ ?([{}:;,]) ?/g, "$1").trim(),
);
const values = {
  script,
  style,
  scriptDigest: await digestOf(script),
  styleDigest: await digestOf(style),
};
Deno.writeTextFileSync(
  RESULT,
  `// deno-fmt-ignore-file
/** Written by \`deno task page\` from \`browser\` and uPlot (MIT licence, Leon Sorokin); not to be edited. @module */
import type { PageAssets } from "./document.ts";

/** Digest of the sources that this was made from. */
export const SOURCES_DIGEST: string = ${
    JSON.stringify(await pageSourcesDigest())
  };

/** Script and style of the page. */
export const PAGE_ASSETS: PageAssets = {
${
    Object.entries(values).map(([name, value]) =>
      `  ${name}: ${JSON.stringify(value)},\n`
    ).join("")
  }};
`,
);
console.log(`script: ${script.length} characters, style: ${style.length}`);
