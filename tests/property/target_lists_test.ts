import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigError, formatIpv4 } from "../../src/base/mod.ts";
import {
  addressAt,
  AddressListReader,
  addressSet,
  parseAddressList,
  parseNetwork,
  parsePorts,
  parsePrefix,
  parsePrefixList,
  PrefixListReader,
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

Deno.test("parseNetwork() takes for a prefix only what is one", () => {
  fc.assert(
    fc.property(anyWord, (word) => {
      isAccepted(() => {
        const network = parseNetwork(word);
        assert.equal(network.kind === "prefix", MODEL_PREFIX.test(word));
        if (network.kind === "host-name") assert.match(network.name, /[a-z_]/i);
        if (network.kind === "ipv6") {
          assert.match(word, /^[0-9a-f.:]+(?:\/[0-9]+)?$/i);
        }
      });
    }),
    { numRuns: 2000 },
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
  if (text === "*") return [...Array(65_536).keys()];
  const ports = new Set<number>();
  for (const entry of text.split(",")) {
    const match = /^(0|[1-9]\d*)(?:-(0|[1-9]\d*))?$/.exec(entry);
    if (match === null) return null;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (first > last || last > 65_535) return null;
    for (let port = first; port <= last; port++) ports.add(port);
  }
  return [...ports];
}

const anyLine = fc.tuple(
  fc.constantFrom("", " ", "\t"),
  fc.oneof({ weight: 20, arbitrary: fc.ipV4() }, {
    weight: 1,
    arbitrary: anyWord,
  }, fc.constant("")),
  fc.constantFrom("", " ", "\r", "#x", " # x", "\t#"),
).map((parts) => parts.join("").replaceAll("\n", ""));
const anyFile = fc.tuple(
  fc.array(anyLine, { maxLength: 12 }),
  fc.constantFrom("", "\n"),
)
  .map(([lines, end]) => lines.join("\n") + end);

/** Addresses of a file in which every line is good, or the number of the first bad line. */
function naiveLines(
  file: string,
  isGood: (word: string) => boolean,
): string[] | number {
  const words: string[] = [];
  for (const [index, line] of file.split("\n").entries()) {
    const word = line.replace(/#.*/s, "").replace(
      /^[ \t\r\v\f]+|[ \t\r\v\f]+$/g,
      "",
    );
    if (word === "") continue;
    if (!isGood(word)) return index + 1;
    words.push(word);
  }
  return words;
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

Deno.test("parseAddressList() accepts what a naive parser accepts, and names the first bad line", () => {
  fc.assert(
    fc.property(anyFile, (file) => {
      const expected = naiveLines(file, (word) => MODEL_ADDRESS.test(word));
      const ranges = new RangeBuilder();
      const bad = badLine(() =>
        parseAddressList(file, { name: "list", ranges })
      );
      assert.equal(bad, typeof expected === "number" ? expected : 0);
      if (typeof expected === "number") return;
      const set = addressSet(ranges);
      const found = Array.from(
        { length: set.count },
        (_, i) => formatIpv4(addressAt(set, i)),
      );
      assert.deepEqual(found.toSorted(), [...new Set(expected)].toSorted());
    }),
    { numRuns: 500 },
  );
});

Deno.test("parsePrefixList() accepts lines whose first word parseNetwork() accepts", () => {
  fc.assert(
    fc.property(anyFile, (file) => {
      const first = (text: string): string => text.split(/[ \t\r\v\f]/)[0]!;
      const isGood = (word: string): boolean =>
        isAccepted(() => parseNetwork(first(word)));
      const expected = naiveLines(file, isGood);
      const ranges = new RangeBuilder();
      const bad = badLine(() =>
        parsePrefixList(file, { name: "list", ranges })
      );
      assert.equal(bad, typeof expected === "number" ? expected : 0);
      if (typeof expected === "number") return;
      const networks = expected.map((word) => parseNetwork(first(word)));
      assert.equal(
        ranges.length,
        networks.filter((network) => network.kind === "prefix").length,
      );
    }),
    { numRuns: 500 },
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
