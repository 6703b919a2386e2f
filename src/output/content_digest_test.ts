import assert from "node:assert/strict";
import { encodeHex } from "../base/mod.ts";
import { ContentDigest } from "./content_digest.ts";

// SHA-256 of "abc", FIPS 180-4, and of nothing.
const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const NONE = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

Deno.test("ContentDigest is known at any time, of what is written and of a file", async () => {
  const digest = new ContentDigest();
  assert.equal(digest.hex, NONE);
  const encoder = new TextEncoder();
  digest.update(encoder.encode("a"));
  const [a] = [digest.hex];
  digest.update(encoder.encode("bc"));
  assert.equal(digest.hex, ABC);
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "abc and more");
    assert.equal((await ContentDigest.ofFile(path, 3)).hex, ABC);
    assert.equal((await ContentDigest.ofFile(path, 1)).hex, a);
    assert.equal((await ContentDigest.ofFile(path, 0)).hex, NONE);
    await Deno.writeFile(path, new Uint8Array(3_000_000).fill(7));
    const begun = await ContentDigest.ofFile(path, 1_500_000);
    begun.update(new Uint8Array(1_500_000).fill(7));
    assert.equal(begun.hex, (await ContentDigest.ofFile(path, 9e6)).hex);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("ContentDigest.hex is the same for few bytes and for many", async () => {
  const content = Uint8Array.from({ length: 40_000 }, (_, i) => i % 251);
  const digest = new ContentDigest();
  for (let at = 0; at < content.length; at += 1_024) {
    digest.update(content.subarray(at, at + 1_024));
    const upTo = content.subarray(0, at + 1_024);
    const expected = await crypto.subtle.digest("SHA-256", upTo);
    assert.equal(digest.hex, encodeHex(new Uint8Array(expected)), `${at}`);
  }
});
