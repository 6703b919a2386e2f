import assert from "node:assert/strict";
import net from "node:net";
import fc from "fast-check";
import {
  formatIpv6,
  formatIpv6At,
  ipv6OfWords,
  parseIpv6,
  scanIpv6,
  SeededRandom,
  storeIpv6,
} from "../../src/base/mod.ts";

/** Addresses with runs of zeros, as most are. */
const anyAddress = fc.array(
  fc.oneof(fc.constant(0), fc.nat(0xffff), fc.constantFrom(1, 0xffff)),
  { minLength: 8, maxLength: 8 },
).map((groups) =>
  groups.reduce((address, group) => address << 16n | BigInt(group), 0n)
);

/** The platform's own canonical text, which has no dotted quads. */
function platformText(text: string): string {
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

Deno.test("formatIpv6() writes what the platform writes, and parseIpv6() reads it back", () => {
  fc.assert(
    fc.property(anyAddress, (address) => {
      const text = formatIpv6(address);
      assert.equal(parseIpv6(text), address);
      assert.ok(net.isIPv6(text));
      const full = address.toString(16).padStart(32, "0").match(/.{4}/g)!;
      const canonical = platformText(full.join(":"));
      if (text.includes(".")) assert.equal(platformText(text), canonical);
      else assert.equal(text, canonical);
      const words = new Uint32Array(4);
      storeIpv6(address, words, 0);
      assert.equal(ipv6OfWords(words, 0), address);
      const view = new DataView(new ArrayBuffer(16));
      words.forEach((word, i) => view.setUint32(4 * i, word));
      assert.equal(formatIpv6At(view, 0), text);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("parseIpv6() reads every address that the platform takes, with the platform's value", () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const address = parseIpv6(text);
      assert.ok(address !== null, text);
      assert.equal(
        parseIpv6(platformText(text)),
        address,
      );
    }),
    { numRuns: 3000 },
  );
});

/** Pieces that texts near to addresses are made of. */
const PIECES = [":", ":", ":", "::", "0", "1", "ab", "FFFF", "12345", ".", "g"]
  .concat(["1.2.3.4", "255", "256", "01", "db8", "2001", "%", "/", " "]);

Deno.test("parseIpv6() accepts of 1,000,000 random texts just those that the platform accepts", () => {
  const random = new SeededRandom(6n);
  let accepted = 0;
  for (let run = 0; run < 1_000_000; run++) {
    const length = 1 + random.nextWord() % 14;
    // Half of the texts alternate between groups and colons, so that many are addresses.
    const isRegular = (random.nextWord() & 1) === 1;
    let text = "";
    for (let i = 0; i < length; i++) {
      const piece = isRegular && (i & 1) === 1
        ? random.nextWord() % 4
        : random.nextWord() % PIECES.length;
      text += PIECES[piece]!;
    }
    const expected = net.isIPv6(text) && !text.includes("%");
    if (expected) accepted++;
    if ((parseIpv6(text) !== null) !== expected) {
      assert.equal(parseIpv6(text) !== null, expected, JSON.stringify(text));
    }
  }
  assert.ok(accepted > 10_000, `${accepted} were addresses`);
});

Deno.test("scanIpv6() never reads outside its bounds, and what it takes is an address", () => {
  const anyText = fc.string({
    unit: fc.constantFrom(..."01af:::.%/ -"),
    maxLength: 30,
  });
  const words = new Uint32Array(4);
  fc.assert(
    fc.property(anyText, fc.nat(30), fc.nat(30), (text, from, length) => {
      const bytes = new TextEncoder().encode(text);
      const at = Math.min(from, bytes.length);
      const end = Math.min(at + length, bytes.length);
      const behind = scanIpv6(bytes, at, end, words, 0);
      const cut = bytes.slice(at, end);
      assert.equal(
        scanIpv6(cut, 0, cut.length, words, 0),
        behind < 0 ? -1 : behind - at,
      );
      if (behind < 0) return;
      assert.ok(behind <= end);
      assert.equal(ipv6OfWords(words, 0), parseIpv6(text.slice(at, behind)));
    }),
    { numRuns: 5000 },
  );
});
