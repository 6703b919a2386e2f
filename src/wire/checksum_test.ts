import assert from "node:assert/strict";
import {
  foldSum,
  internetChecksum,
  pseudoHeaderSum,
  sumOfUint32,
  sumWords,
  updateChecksum,
} from "./checksum.ts";

function viewOf(...bytes: readonly number[]): DataView {
  return new DataView(Uint8Array.from(bytes).buffer);
}

Deno.test("foldSum() adds carries until none is left", () => {
  assert.equal(foldSum(0), 0);
  assert.equal(foldSum(0xffff), 0xffff);
  assert.equal(foldSum(0x1_0000), 1);
  // One fold leaves 0x1_0000 here, which is what a single fold gets wrong.
  assert.equal(foldSum(0x1_ffff), 1);
  assert.equal(foldSum(0xffff_0001), 1);
  assert.equal(foldSum(0xffff_ffff), 0xffff);
});

Deno.test("internetChecksum() agrees with the example of RFC 1071 section 3", () => {
  const view = viewOf(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);
  assert.equal(sumWords(view, 0, 8), 0xddf2);
  assert.equal(internetChecksum(view, 0, 8), 0x220d);
});

Deno.test("internetChecksum() takes an odd last byte as the high half of a word", () => {
  const view = viewOf(0xaa, 0x12, 0x34, 0x56, 0xbb);
  assert.equal(sumWords(view, 1, 3), 0x1234 + 0x5600);
  assert.equal(sumWords(view, 1, 1, 0x0100), 0x1300);
  assert.equal(sumWords(view, 1, 0, 0x0100), 0x0100);
});

Deno.test("sumWords() does not overflow on the longest packet", () => {
  const view = viewOf(...new Uint8Array(65535).fill(0xff));
  assert.equal(sumWords(view, 0, 65534, 0xffff), 0xffff);
  // 32767 words of 0xffff are zero in one's complement; the last byte is left.
  assert.equal(sumWords(view, 0, 65535), 0xff00);
});

Deno.test("updateChecksum() agrees with the examples of RFC 1624 section 4", () => {
  assert.equal(updateChecksum(0xdd2f, 0x5555, 0x3285), 0x0000);
});

Deno.test("updateChecksum() agrees with computing anew", () => {
  const view = viewOf(0x45, 0x00, 0xff, 0xff, 0x00, 0x00, 0x12, 0x34);
  for (const word of [0, 1, 0x1234, 0x8000, 0xfffe, 0xffff]) {
    const before = internetChecksum(view, 0, 8);
    const old = view.getUint16(2);
    view.setUint16(2, word);
    const after = internetChecksum(view, 0, 8);
    assert.equal(updateChecksum(before, old, word), after);
  }
});

Deno.test("pseudoHeaderSum() sums both addresses, protocol and length", () => {
  const view = viewOf(10, 1, 2, 3, 198, 18, 0, 1, 0, 6, 0, 32);
  const sum = pseudoHeaderSum(0x0a010203, 0xc6120001, 6, 32);
  assert.equal(sum, sumWords(view, 0, 12));
  assert.equal(sumOfUint32(0xffff_ffff), 0x1_fffe);
  assert.equal(sumOfUint32(-1), 0x1_fffe);
});
