import assert from "node:assert/strict";
import { PAGE_ASSETS, SOURCES_DIGEST } from "../src/page/assets.ts";
import { pageSourcesDigest } from "./_page_sources.ts";

Deno.test("PAGE_ASSETS are made from the sources that are there: deno task page", async () => {
  assert.equal(SOURCES_DIGEST, await pageSourcesDigest());
});

Deno.test("PAGE_ASSETS have the digests that their policy names", async () => {
  const digest = async (text: string): Promise<string> => {
    const bytes = new TextEncoder().encode(text);
    const hash = await crypto.subtle.digest("SHA-256", bytes);
    return `sha256-${btoa(String.fromCharCode(...new Uint8Array(hash)))}`;
  };
  const { script, scriptDigest, style, styleDigest } = PAGE_ASSETS;
  assert.equal(scriptDigest, await digest(script));
  assert.equal(styleDigest, await digest(style));
});
