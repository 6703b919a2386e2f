import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { startSha256 } from "./sha256.ts";

const WAYS = [{ expectedBytes: 0 }, { expectedBytes: 1 << 30 }];

for (const { expectedBytes } of WAYS) {
  Deno.test(`startSha256(${expectedBytes}) gives the digests of FIPS 180-4`, () => {
    const empty = startSha256(expectedBytes).hex();
    assert.equal(
      empty,
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
    const abc = startSha256(expectedBytes).update("a").update("bc").hex();
    assert.equal(
      abc,
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  Deno.test(`startSha256(${expectedBytes}) takes text and bytes in pieces`, () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i * 7);
    const hash = startSha256(expectedBytes);
    hash.update("\u00e9\n").update(bytes.slice(0, 333)).update(
      bytes.slice(333),
    );
    const expected = createHash("sha256").update("\u00e9\n").update(bytes);
    assert.equal(hash.hex(), expected.digest("hex"));
  });
}
