import assert from "node:assert/strict";
import { DnsNameReader, maxDnsTextBytes } from "./dns_name.ts";

function bytesOf(text: string): DataView {
  // "\\3abc" is a length and a label; "\\192\\0" a pointer.
  const bytes = text.split(/(\\\d{1,3})/).flatMap((part) =>
    part.startsWith("\\")
      ? [Number(part.slice(1))]
      : Array.from(part, (letter) => letter.charCodeAt(0))
  );
  return new DataView(Uint8Array.from(bytes).buffer);
}

/** A name and the offset behind it. */
interface Name {
  readonly text: string;
  readonly end: number;
}

function read(
  view: DataView,
  at: number,
  end: number,
  nameAt: number,
): Name | null {
  const names = new DnsNameReader(view, at, end);
  const text = names.read(nameAt, end);
  assert.equal(names.isExhausted, false);
  return text === null ? null : { text, end: names.end };
}

function nameIn(text: string, nameAt = 0): Name | null {
  const view = bytesOf(text);
  return read(view, 0, view.byteLength, nameAt);
}

Deno.test("DnsNameReader follows pointers, and ends behind the first", () => {
  const text = "\\1a\\0\\2bc\\192\\0\\1d\\192\\3";
  assert.deepEqual(nameIn(text), { text: "a", end: 3 });
  assert.deepEqual(nameIn(text, 3), { text: "bc.a", end: 8 });
  assert.deepEqual(nameIn(text, 8), { text: "d.bc.a", end: 12 });
  assert.deepEqual(nameIn("\\0"), { text: "", end: 1 });
  assert.deepEqual(nameIn("\\192\\2\\0"), { text: "", end: 2 });
});

Deno.test("DnsNameReader uses all fourteen bits of a pointer", () => {
  for (const target of [1023, 1024, 1500, 5000, 16383]) {
    const bytes = new Uint8Array(16400);
    bytes.set([2, 0x6f, 0x6b, 0], target);
    bytes.set([0xc0 | target >> 8, target & 255]);
    const view = new DataView(bytes.buffer);
    const name = read(view, 0, bytes.length, 0);
    assert.deepEqual(name, { text: "ok", end: 2 });
  }
});

Deno.test("DnsNameReader counts pointers from the start of the message", () => {
  const view = bytesOf("xxxx\\1a\\0\\192\\0");
  assert.deepEqual(read(view, 4, 9, 7), { text: "a", end: 9 });
});

Deno.test("DnsNameReader rejects circles, and more than ten pointers", () => {
  assert.equal(nameIn("\\192\\0"), null);
  assert.equal(nameIn("\\1a\\192\\0"), null);
  assert.equal(nameIn("\\192\\2\\192\\0"), null);
  const chain = (pointers: number): string =>
    "\\1a\\0" +
    Array.from({ length: pointers }, (_, i) =>
      `\\192\\${i === 0 ? 0 : 1 + 2 * i}`).join("");
  assert.equal(nameIn(chain(10), 3 + 18)?.text, "a");
  assert.equal(nameIn(chain(11), 3 + 20), null);
});

Deno.test("DnsNameReader rejects what reaches behind the end", () => {
  for (
    const text of ["", "\\1", "\\1a", "\\3ab", "\\192", "\\192\\9", "\\63a"]
  ) {
    assert.equal(nameIn(text), null, text);
  }
});

Deno.test("DnsNameReader rejects label types that are not in use", () => {
  assert.equal(nameIn("\\64aaaa\\0"), null);
  assert.equal(nameIn("\\128aaaa\\0"), null);
});

Deno.test("DnsNameReader rejects names longer than 512 bytes", () => {
  const label = "\\63" + "x".repeat(63);
  assert.equal(nameIn(label.repeat(8) + "\\0")?.text.length, 511);
  assert.equal(nameIn(label.repeat(9) + "\\0"), null);
});

Deno.test("DnsNameReader replaces what is not UTF-8", () => {
  assert.equal(nameIn("\\2\\255a\\0")?.text, "\ufffda");
  assert.equal(nameIn("\\2\\195\\164\\0")?.text, "ä");
  assert.equal(nameIn("\\3\\239\\187\\191\\0")?.text, "\ufeff");
});

/** A name of 511 bytes, and its length in the message. */
const LONG = ("\\63" + "x".repeat(63)).repeat(8) + "\\0";
const LONG_BYTES = 513;

Deno.test("DnsNameReader reads names until their text takes too much", () => {
  const view = bytesOf(LONG);
  const names = new DnsNameReader(view, 0, LONG_BYTES);
  const most = maxDnsTextBytes(LONG_BYTES);
  assert.equal(most, 4 * 513 + 1024);
  for (let taken = 511; taken <= most; taken += 511) {
    assert.equal(names.read(0, LONG_BYTES)?.length, 511);
    assert.equal(names.isExhausted, false);
  }
  for (const nameAt of [0, LONG_BYTES - 1, 448]) {
    assert.equal(names.read(nameAt, LONG_BYTES), null);
    assert.equal(names.isExhausted, true);
  }
});

Deno.test("DnsNameReader charges names that turn out to be none", () => {
  const view = bytesOf(LONG.slice(0, -2) + "\\64");
  const names = new DnsNameReader(view, 0, LONG_BYTES);
  const most = Math.floor(maxDnsTextBytes(LONG_BYTES) / 511);
  for (let reads = 1; reads <= most + 1; reads++) {
    assert.equal(names.read(0, LONG_BYTES), null);
    assert.equal(names.isExhausted, reads > most);
  }
});
