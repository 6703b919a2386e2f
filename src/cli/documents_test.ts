import assert from "node:assert/strict";
import { splitArguments } from "./arguments.ts";
import { make } from "./_test_scan_config.ts";

const ROOT = new URL("../../", import.meta.url);
/** What a document of the front page may have at most, in bytes. */
const MOST_README_BYTES = 8192;

function textOf(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

/** README, and the pages that it leads to. */
function pages(): readonly string[] {
  const names = [...Deno.readDirSync(new URL("docs/", ROOT))]
    .map(({ name }) => `docs/${name}`);
  return ["README.md", "CONTRIBUTING.md", ...names.toSorted()];
}

Deno.test("README is short, and leads to every page of docs", () => {
  const readme = textOf("README.md");
  assert.ok(new TextEncoder().encode(readme).length <= MOST_README_BYTES);
  for (const page of pages().slice(1)) {
    assert.ok(readme.includes(`](${page})`), page);
  }
});

Deno.test("documents link to what is there", () => {
  for (const page of pages()) {
    for (const [, link = ""] of textOf(page).matchAll(/\]\(([^)]+)\)/g)) {
      if (link.startsWith("http")) continue;
      const [path, anchor] = link.split("#");
      const target = new URL(path!, new URL(page, ROOT));
      const text = Deno.readTextFileSync(target);
      if (anchor === undefined) continue;
      const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
        title!.toLowerCase().replaceAll(/[^a-z0-9 -]/g, "").replaceAll(" ", "-")
      );
      assert.ok(anchors.includes(anchor), `${page}: ${link}`);
    }
  }
});

Deno.test("the scans that README shows are understood", async () => {
  const lines = [...textOf("README.md").matchAll(/^ {4}pacemap (-.*)$/gm)];
  assert.ok(lines.length >= 4);
  for (const [, line = ""] of lines) {
    const words = [...line.split(" | ")[0]!.matchAll(/'[^']*'|\S+/g)]
      .map(([word]) => word.replaceAll("'", ""))
      .map((word) => word === "NETWORK" ? "8.8.8.0/24" : word)
      .map((word) => /\.(txt|csv|json)$/.test(word) ? "/dev/null" : word);
    // Lists are files of the reader.
    if (words.includes("-I")) splitArguments(words);
    else await make(...words);
  }
});
