import assert from "node:assert/strict";
import { isIPv6 } from "node:net";
import fc from "fast-check";
import {
  ConfigError,
  formatIpv4,
  formatIpv6,
  parseIpv4,
  parseIpv6,
} from "../../src/base/mod.ts";
import {
  AddressListReader,
  Ipv6Builder,
  ipv6PrefixRange,
  type Ipv6Range,
  parseNetwork,
  parsePorts,
  parsePrefix,
  PrefixListReader,
  prefixRange,
  RangeBuilder,
} from "../../src/targets/mod.ts";

const MODEL_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
const MODEL_ADDRESS = new RegExp(`^${MODEL_OCTET}(?:\\.${MODEL_OCTET}){3}$`);
const MODEL_PREFIX = new RegExp(
  `^${MODEL_OCTET}(?:\\.${MODEL_OCTET}){3}(?:/(?:[12]?[0-9]|3[0-2]))?$`,
);
/** Text close to what the parsers read: most of it wrong in one place. */
const anyWord = fc.oneof(
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  fc.domain(),
  fc.tuple(fc.ipV4(), fc.nat(40)).map(([address, length]) =>
    `${address}/${length}`
  ),
  fc.string({ unit: fc.constantFrom(..."0123459.x/-:a\t "), maxLength: 20 }),
  fc.string({ maxLength: 10 }),
);

const LAST = 0xffff_ffff;
const anyMask = fc.oneof(
  fc.nat(32).map((length) =>
    formatIpv4((LAST << (32 - length) >>> 0) * Number(length > 0))
  ),
  fc.constantFrom("255.0.255.0", "0.0.0.255", "255.255.255.253"),
);
/** Two addresses close to each other or not, with a mask, a length or a sign between them, or next to that. */
const anyPair = fc.tuple(
  fc.ipV4(),
  fc.oneof(
    fc.tuple(
      fc.constantFrom("-", " - ", "\t-", "- ", " ", "\t", "–"),
      fc.ipV4(),
    ).map((parts) => parts.join("")),
    fc.tuple(fc.constantFrom(" ", "/", " / ", "\t"), anyMask).map((parts) =>
      parts.join("")
    ),
    fc.tuple(fc.constantFrom(" / ", "/ ", " /", " "), fc.nat(34)).map((parts) =>
      parts.join("")
    ),
    fc.constantFrom(" office", "/24 office", " - ", "/24 - 1.2.3.4", "-9"),
  ),
).map((parts) => parts.join(""));
/** A prefix as lists have it: first and last address and the length, most of them in agreement. */
const anyListed = fc.tuple(
  fc.ipV4(),
  fc.integer({ min: 1, max: 32 }),
  fc.constantFrom(0, 0, 0, 1),
  fc.constantFrom("", "\t12", "\t12\tNAME, US\tb@c.example", "\tx", " 12"),
).map(([address, length, error, columns]) => {
  const { first, last } = prefixRange({ address: parseIpv4(address), length });
  return `${formatIpv4(first)}\t${formatIpv4(last)}\t${
    length - error
  }${columns}`;
});
/** IPv6 addresses with something behind them. */
const anyIpv6Entry = fc.tuple(
  fc.oneof(fc.ipV6(), fc.bigInt({ min: 0n, max: 9n }).map(formatIpv6)),
  fc.oneof(
    fc.constantFrom("", "/", " / 64", "/x", "%eth0", " x", "-", "/024"),
    fc.nat(140).map((length) => `/${length}`),
    fc.tuple(fc.constantFrom("-", " - ", "\t-"), fc.ipV6()).map((parts) =>
      parts.join("")
    ),
    fc.tuple(fc.constantFrom("-", "- "), fc.nat(9)).map(([sign, last]) =>
      `${sign}::${last}`
    ),
  ),
).map((parts) => parts.join(""));
const anyPairs = fc.oneof(
  { weight: 4, arbitrary: anyPair },
  anyListed,
  { weight: 2, arbitrary: anyIpv6Entry },
);

/** First and last address of an entry without names, read word by word; null when it is none. */
function naiveRange(entry: string): [number, number] | null {
  if (/^[ \t\v\f]|[ \t\v\f]$/.test(entry)) return null;
  const listed =
    /^([0-9.]+)[ \t\v\f]+([0-9.]+)[ \t\v\f]+([0-9]+)(?:\t[0-9]+(?:\t.*)?)?$/
      .exec(entry);
  if (listed !== null) {
    const [, first = "", last = "", length = ""] = listed;
    const prefix = naiveRange(`${first}/${length}`);
    const range = naiveRange(`${first}-${last}`);
    return prefix !== null && range !== null && prefix.join() === range.join()
      ? range
      : null;
  }
  const words = entry.replaceAll(/[-/]/g, " $& ").trim().split(/[ \t\v\f]+/);
  const [left = "", ...others] = words;
  if (!MODEL_ADDRESS.test(left)) return null;
  const address = parseIpv4(left);
  const [sign = "/", right = "32"] = others.length === 1
    ? ["", ...others]
    : others;
  if (others.length > 2) return null;
  if (sign === "-") {
    if (!MODEL_ADDRESS.test(right) || address > parseIpv4(right)) return null;
    return [address, parseIpv4(right)];
  }
  if (sign !== "/" && sign !== "") return null;
  if (sign === "") {
    if (right === "0.0.0.0" && left !== right) return null;
    const mayEnd = left === "0.0.0.0" || address >= 0xe000_0000;
    if (right === "255.255.255.255" && mayEnd) return null;
  }
  for (let length = 0; length <= 32; length++) {
    const size = 2 ** (32 - length);
    const isLength = sign === "/" && right === String(length);
    if (!isLength && right !== formatIpv4((2 ** 32 - size) % 2 ** 32)) continue;
    const first = Math.floor(address / size) * size;
    return [first, first + size - 1];
  }
  return null;
}

/** The addresses of an entry of IPv6 without a zone, by the platform; null when it is none. */
function naiveIpv6Range(entry: string): Ipv6Range | null {
  const [left = "", sign = "/", right = "128", ...rest] = entry
    .split(/[ \t\v\f]*([-/])[ \t\v\f]*/);
  if (rest.length > 0 || !isIPv6(left) || left.includes("%")) return null;
  if (/^[ \t\v\f]|[ \t\v\f]$/.test(entry)) return null;
  const first = parseIpv6(left)!;
  if (sign === "/") {
    const isLength = /^(?:0|[1-9][0-9]*)$/.test(right) && Number(right) <= 128;
    return isLength ? ipv6PrefixRange(first, Number(right)) : null;
  }
  if (!isIPv6(right) || right.includes("%")) return null;
  const last = parseIpv6(right)!;
  return first <= last ? { first, last } : null;
}

function isAccepted(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    assert.ok(
      error instanceof SyntaxError || error instanceof RangeError,
      String(error),
    );
    return false;
  }
}

Deno.test("parsePrefix() accepts what a regular expression accepts, and nothing else", () => {
  fc.assert(
    fc.property(anyWord, (word) => {
      assert.equal(
        isAccepted(() => parsePrefix(word)),
        MODEL_PREFIX.test(word),
      );
    }),
    { numRuns: 2000 },
  );
});

Deno.test("parseNetwork() takes for addresses only what a naive parser takes for them", () => {
  fc.assert(
    fc.property(fc.oneof(anyWord, anyPairs), (word) => {
      const isRead = isAccepted(() => {
        const network = parseNetwork(word);
        if (network.kind === "host-name") assert.match(network.name, /[a-z_]/i);
        else if (network.kind === "ipv6") {
          assert.deepEqual(network.range, naiveIpv6Range(word));
        } else {
          const { first, last } = network.kind === "range"
            ? network.range
            : prefixRange(network.prefix);
          assert.deepEqual([first, last], naiveRange(word));
        }
      });
      if (naiveRange(word) !== null) assert.ok(isRead);
      if (naiveIpv6Range(word) !== null) assert.ok(isRead, word);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("parsePorts() accepts what a naive parser accepts, and nothing else", () => {
  const anyEntry = fc.oneof(
    fc.nat(70_000).map(String),
    fc.tuple(fc.nat(66_000), fc.nat(66_000)).map((pair) => pair.join("-")),
    fc.string({ unit: fc.constantFrom(..."0123456789-* x"), maxLength: 6 }),
  );
  const anyList = fc.array(anyEntry, { maxLength: 3 }).map((entries) =>
    entries.join(",")
  );
  fc.assert(
    fc.property(anyList, (text) => {
      const expected = naivePorts(text);
      assert.equal(isAccepted(() => parsePorts(text)), expected !== null);
      if (expected !== null) assert.deepEqual([...parsePorts(text)], expected);
    }),
    { numRuns: 500 },
  );
});

function naivePorts(text: string): number[] | null {
  if (text.trim() === "*") return [...Array(65_536).keys()];
  const ports = new Set<number>();
  for (const entry of text.split(",")) {
    if (entry.trim() === "") continue;
    const match = /^(0|[1-9]\d*)(?: *- *(0|[1-9]\d*))?$/.exec(entry.trim());
    if (match === null) return null;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (first > last || last > 65_535) return null;
    for (let port = first; port <= last; port++) ports.add(port);
  }
  return ports.size === 0 ? null : [...ports];
}

/** Lines as they are in lists: most of them good, many with more than one address. */
const anyLine = fc.tuple(
  fc.constantFrom("", " ", "\t"),
  fc.oneof(
    { weight: 10, arbitrary: fc.ipV4() },
    { weight: 10, arbitrary: anyPairs },
    { weight: 1, arbitrary: anyWord },
    { weight: 1, arbitrary: fc.constantFrom("saddr", "ip", "", "") },
  ),
  fc.constantFrom("", " ", "#x", " # 1.2.3.4", "\t#", ";x", " ; a", ";1.2.3.4"),
).map((parts) => parts.join("").replaceAll(/[\r\n]/g, ""));
const anyFile = fc.array(
  fc.tuple(anyLine, fc.constantFrom("\n", "\r\n", "\r")),
  { maxLength: 12 },
).chain((lines) =>
  fc.boolean().map((isEnded) =>
    lines.flat().slice(0, isEnded ? undefined : -1).join("")
  )
);

/** Text of each line with an entry, or the number of the first line that is bad. */
function naiveLines(
  file: string,
  isGood: (entry: string) => boolean,
): string[] | number {
  const entries: string[] = [];
  let hasHeader = false;
  for (const [index, line] of file.split(/\r\n|\r|\n/).entries()) {
    const text = line.replace(/^\ufeff/, "").replace(/#.*/s, "");
    const [entry = "", ...comments] = text.split(";").map((part) =>
      part.replace(/^[ \t\v\f]+|[ \t\v\f]+$/g, "")
    );
    const comment = comments.join(";");
    if (
      (/^[0-9]+(\.[0-9]+){3}/.test(comment) ||
        isIPv6(/^[0-9a-f:.]*/i.exec(comment)![0])) &&
      /[^ \t]/.test(text.split(";")[0]!)
    ) {
      return index + 1;
    }
    if (entry === "") continue;
    if (/^(?:saddr|ip)$/i.test(entry)) {
      if (hasHeader || entries.length > 0) return index + 1;
      hasHeader = true;
      continue;
    }
    if (!isGood(entry)) return index + 1;
    entries.push(entry);
  }
  return entries;
}

function badLine(read: () => unknown): number {
  try {
    read();
    return 0;
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return Number(error.option.replace("list:", ""));
  }
}

/** Gives a reader a file in pieces of these lengths, over and over. */
function readInPieces(
  reader: AddressListReader | PrefixListReader,
  file: string,
  lengths: readonly number[],
): void {
  const bytes = new TextEncoder().encode(file);
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const end = at + lengths[i % lengths.length]!;
    reader.push(bytes.slice(at, end));
    at = end;
  }
  reader.finish();
}

const anyLengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });

/** All ranges in the order of the file. */
function rangesOf(ranges: RangeBuilder): number[][] {
  return Array.from({ length: ranges.length }, (_, i) => {
    const { first, last } = ranges.rangeAt(i);
    return [first, last];
  });
}

Deno.test("AddressListReader reads what a naive parser reads, and names the first bad line", () => {
  const range = naiveRange;
  const isIpv6 = (entry: string): boolean =>
    range(entry) === null && isAccepted(() => {
      if (parseNetwork(entry).kind !== "ipv6") throw new SyntaxError("other");
    });
  fc.assert(
    fc.property(anyFile, anyLengths, (file, lengths) => {
      const expected = naiveLines(
        file,
        (entry) => range(entry) !== null || isIpv6(entry),
      );
      const ranges = new RangeBuilder();
      const ipv6 = new Ipv6Builder();
      const reader = new AddressListReader({ name: "list", ranges, ipv6 });
      const bad = badLine(() => readInPieces(reader, file, lengths));
      assert.equal(bad, typeof expected === "number" ? expected : 0);
      if (typeof expected === "number") return;
      const [ofIpv6, others] = [expected.filter(isIpv6), expected.map(range)];
      assert.deepEqual(rangesOf(ranges), others.filter((one) => one !== null));
      assert.equal(ipv6.length, ofIpv6.length);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("PrefixListReader reads what a naive parser reads, and names the first bad line", () => {
  fc.assert(
    fc.property(anyFile, anyLengths, (file, lengths) => {
      const expected = naiveLines(
        file,
        (entry) =>
          naiveRange(entry) !== null || isAccepted(() => parseNetwork(entry)),
      );
      const ranges = new RangeBuilder();
      const ipv6 = new Ipv6Builder();
      const reader = new PrefixListReader({ name: "list", ranges, ipv6 });
      const bad = badLine(() => readInPieces(reader, file, lengths));
      assert.equal(bad, typeof expected === "number" ? expected : 0);
      if (typeof expected === "number") return;
      const numeric = expected.map(naiveRange).filter((one) => one !== null);
      assert.deepEqual(rangesOf(ranges), numeric);
      const ofIpv6 = expected.filter((entry) =>
        naiveRange(entry) === null && parseNetwork(entry).kind === "ipv6"
      );
      assert.equal(ipv6.length, ofIpv6.length);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("no bytes and no pieces make a list reader throw anything but a ConfigError", () => {
  const anyBytes = fc.uint8Array({ maxLength: 60 });
  fc.assert(
    fc.property(fc.array(anyBytes, { maxLength: 6 }), (pieces) => {
      for (const Reader of [AddressListReader, PrefixListReader]) {
        const reader = new Reader({ name: "list", ranges: new RangeBuilder() });
        badLine(() => {
          for (const piece of pieces) reader.push(piece);
          reader.finish();
        });
      }
    }),
    { numRuns: 500 },
  );
});
