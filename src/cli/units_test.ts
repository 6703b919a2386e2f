import assert from "node:assert/strict";
import {
  parseBandwidth,
  parseCount,
  parsePositiveRate,
  parseRate,
  parseSeconds,
  parseSize,
} from "./units.ts";

const ANY = { what: "Value", min: -Infinity, max: Infinity };

/** Reads each text, and compares the value, or where that is no number the error. */
function check(
  parse: (text: string) => number | null,
  cases: readonly (readonly [text: string, expected: number | null | RegExp])[],
): void {
  for (const [text, expected] of cases) {
    if (expected instanceof RegExp) {
      assert.throws(() => parse(text), (error: Error) => {
        assert.match(error.message, expected);
        // What was typed.
        assert.ok(error.message.includes(text), error.message);
        return error instanceof SyntaxError || error instanceof RangeError;
      }, text);
    } else assert.equal(parse(text), expected, text);
  }
}

const NOT_PARSED = /^Cannot parse/;

Deno.test("parseRate() takes slow rates, fast rates with a suffix, and 0", () => {
  check(parseRate, [
    ["0", 0],
    ["0.1", 0.1],
    ["10000", 10_000],
    ["14880952", 14_880_952],
    ["50k", 50_000],
    ["50K", 50_000],
    ["1.2M", 1_200_000],
    ["1.1k", 1100],
    ["0.0011M", 1100],
    ["1G", 1e9],
    ["20kpps", 20_000],
    ["20k/s", 20_000],
    ["0.0001", /below 0\.001/],
    ["-1", /below 0/],
    ["-1k", /below 0/],
    ["1000000001", /above/],
    ["2G", /above/],
    ["", NOT_PARSED],
    ["k", NOT_PARSED],
    ["1.M", NOT_PARSED],
    ["010", NOT_PARSED],
    ["1e3", NOT_PARSED],
    ["50 k", /; a unit stands right behind its number: 50k$/],
    ["10,000", /; digits stand together: 10000$/],
    ["1_200_000", /; digits stand together: 1200000$/],
    ["1,5k", NOT_PARSED],
    ["50kk", NOT_PARSED],
    ["50x", NOT_PARSED],
    ["50kB", NOT_PARSED],
  ]);
  check(parsePositiveRate, [["1k", 1000], ["0", /below/], ["0k", /below/]]);
});

Deno.test("parseBandwidth() takes bits per second with decimal suffixes", () => {
  check(parseBandwidth, [
    ["0", null],
    ["10000000000", 1e10],
    ["800K", 8e5],
    ["800k", 8e5],
    ["1.5M", 1.5e6],
    ["100M", 1e8],
    ["1g", 1e9],
    ["10Mbps", 1e7],
    ["10Mbit/s", 1e7],
    ["10Mb/s", 1e7],
    ["10MB/s", /B stands for bytes/],
    ["10MBps", /B stands for bytes/],
    ["1001G", /above 1000G/],
    ["0.5", /below 1 bit/],
    ["", NOT_PARSED],
    ["M", NOT_PARSED],
    ["1T", NOT_PARSED],
    ["-1M", NOT_PARSED],
    ["1 M", NOT_PARSED],
    ["0x1M", NOT_PARSED],
    ["1KK", NOT_PARSED],
  ]);
});

Deno.test("parseSize() takes bytes with binary and decimal units, within limits", () => {
  const limits = { what: "Size", min: 4096, max: 2 ** 30 };
  check((text) => parseSize(text, limits), [
    ["4096", 4096],
    ["4096B", 4096],
    ["64K", 65_536],
    ["64KiB", 65_536],
    ["64MiB", 2 ** 26],
    ["64kB", 64_000],
    ["64MB", 64_000_000],
    ["3m", 3 * 2 ** 20],
    ["1.5M", 1.5 * 2 ** 20],
    ["1G", 2 ** 30],
    ["0", /not from 4096 to 1073741824 bytes/],
    ["4095", /not from/],
    ["2GiB", /not from/],
    ["4096.5", /no whole number of bytes/],
    ["", NOT_PARSED],
    ["M", NOT_PARSED],
    ["-1M", NOT_PARSED],
    ["1 M", NOT_PARSED],
    ["1T", NOT_PARSED],
    ["1Mbit", NOT_PARSED],
  ]);
});

Deno.test("parseSeconds() takes seconds, or parts with units", () => {
  check((text) => parseSeconds(text, { what: "Time", min: 0, max: 1e6 }), [
    ["0", 0],
    ["8", 8],
    ["0.5", 0.5],
    ["500ms", 0.5],
    ["1.5s", 1.5],
    ["90s", 90],
    ["5m", 300],
    ["5min", 300],
    ["2h30m", 9000],
    ["1d2h3m4s5ms", 93_784.005],
    ["1.5h", 5400],
    ["-1", /below 0/],
    ["12d", /above/],
    ["", NOT_PARSED],
    ["s", NOT_PARSED],
    ["5 m", NOT_PARSED],
    ["30m2h", NOT_PARSED],
    ["1m1m", NOT_PARSED],
    ["2h30", NOT_PARSED],
    ["1e3", NOT_PARSED],
    ["5M", NOT_PARSED],
    ["5us", NOT_PARSED],
    ["01", NOT_PARSED],
  ]);
});

Deno.test("parseCount() takes whole numbers, with a suffix or an exponent", () => {
  check((text) => parseCount(text, ANY), [
    ["0", 0],
    ["-1", -1],
    ["1000", 1000],
    ["50k", 50_000],
    ["1.5M", 1_500_000],
    ["1e6", 1e6],
    ["2.5e3", 2500],
    ["0.5", NOT_PARSED],
    ["1.5", NOT_PARSED],
    ["1e-1", NOT_PARSED],
    ["1,000", NOT_PARSED],
    ["", NOT_PARSED],
    [" 1", NOT_PARSED],
    ["0x10", NOT_PARSED],
    ["1ki", NOT_PARSED],
  ]);
  const limits = { what: "Batch", min: 1, max: 65_535 };
  check((text) => parseCount(text, limits), [
    ["65k", 65_000],
    ["66k", /Batch 66k is above 65535/],
    ["0", /Batch 0 is below 1/],
  ]);
});
