import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Column,
  formatIpv4,
  formatIpv6,
  type Value,
} from "../../src/base/mod.ts";
import { compileFilter } from "../../src/filter/mod.ts";

type Fields = Readonly<Record<string, Value>>;

/** A filter as data, to be written down and, independently, to be judged. */
type Node =
  | {
    readonly kind: "number";
    readonly field: string;
    readonly comparison: string;
    readonly wanted: bigint;
  }
  | {
    readonly kind: "word";
    readonly field: string;
    readonly comparison: string;
    readonly wanted: string;
  }
  | {
    readonly kind: "pair";
    readonly operator: "&&" | "||";
    readonly left: Node;
    readonly right: Node;
  };

const NUMBER_FIELDS = ["ttl", "seqnum", "success"] as const;
const WORD_FIELDS = ["saddr", "classification"] as const;
const WORDS = ["synack", "rst", "icmp", "192.0.2.1", 'a "b"', "\\", ""];
const NUMBERS = [
  0n,
  1n,
  2n,
  255n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 64n - 1n,
];

const COLUMNS: readonly Column<Fields>[] = [
  ...NUMBER_FIELDS.map((name) =>
    makeColumn(name, name === "success" ? "bool" : "int")
  ),
  ...WORD_FIELDS.map((name) => makeColumn(name, "string")),
];

function makeColumn(
  name: string,
  type: Column<Fields>["type"],
): Column<Fields> {
  return { name, type, description: "", read: (record) => record[name]! };
}

const numberNode = fc.record({
  kind: fc.constant("number" as const),
  field: fc.constantFrom(...NUMBER_FIELDS),
  comparison: fc.constantFrom("=", "!=", "<", ">", "<=", ">="),
  wanted: fc.oneof(
    fc.constantFrom(...NUMBERS),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  ),
});
const wordNode = fc.record({
  kind: fc.constant("word" as const),
  field: fc.constantFrom(...WORD_FIELDS),
  comparison: fc.constantFrom("=", "!="),
  wanted: fc.constantFrom(...WORDS),
});
const node: fc.Arbitrary<Node> = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    numberNode,
    wordNode,
    fc.record({
      kind: fc.constant("pair" as const),
      operator: fc.constantFrom("&&" as const, "||" as const),
      left: tie("node"),
      right: tie("node"),
    }),
  ),
})).node;

const wholeNumber = fc.constantFrom(...NUMBERS.slice(0, -1).map(Number));
const record: fc.Arbitrary<Fields> = fc.record({
  ttl: fc.option(wholeNumber, { nil: null }),
  seqnum: fc.option(fc.oneof(wholeNumber, fc.nat()), { nil: null }),
  success: fc.option(fc.boolean(), { nil: null }),
  saddr: fc.option(fc.constantFrom(...WORDS), { nil: null }),
  classification: fc.option(fc.constantFrom(...WORDS), { nil: null }),
});

function write(filter: Node, blank: string): string {
  if (filter.kind === "number") {
    return [filter.field, filter.comparison, filter.wanted].join(blank);
  }
  if (filter.kind === "word") {
    const isBare = /^[a-z]{2,}$/.test(filter.wanted);
    const escaped = filter.wanted.replace(/["\\]/g, "\\$&");
    const word = isBare ? filter.wanted : `"${escaped}"`;
    return [filter.field, filter.comparison, word].join(blank);
  }
  const sides = [filter.left, filter.right].map((side) => {
    const text = write(side, blank);
    const needsParentheses = filter.operator === "&&" &&
      side.kind === "pair" && side.operator === "||";
    return needsParentheses ? `(${text})` : text;
  });
  return sides.join(`${blank}${filter.operator}${blank}`);
}

function judge(filter: Node, fields: Fields): boolean {
  if (filter.kind === "pair") {
    const sides = [judge(filter.left, fields), judge(filter.right, fields)];
    return filter.operator === "&&"
      ? sides[0]! && sides[1]!
      : sides.includes(true);
  }
  const value = fields[filter.field] ?? null;
  if (value === null) return filter.comparison === "!=";
  if (filter.kind === "word") {
    return (value === filter.wanted) === (filter.comparison === "=");
  }
  const number = BigInt(value as number | boolean);
  switch (filter.comparison) {
    case "=":
      return number === filter.wanted;
    case "!=":
      return number !== filter.wanted;
    case "<":
      return number < filter.wanted;
    case ">":
      return number > filter.wanted;
    case "<=":
      return number <= filter.wanted;
    default:
      return number >= filter.wanted;
  }
}

Deno.test("compileFilter() agrees with a naive reading of any filter", () => {
  const blank = fc.constantFrom(" ", "", "\t\n ");
  fc.assert(
    fc.property(node, blank, fc.array(record), (filter, between, records) => {
      const passes = compileFilter(write(filter, between), COLUMNS);
      for (const fields of records) {
        assert.equal(passes(fields), judge(filter, fields));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("compileFilter() throws nothing but errors with a column", () => {
  const piece = fc.constantFrom(
    ...["ttl", "saddr", "=", "!=", "<", "&&", "||", "(", ")", "1", "rst", " "],
    ...["!", "'", '"', "\\", "\u00e9", "no_field"],
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece).map((pieces) => pieces.join("")),
  );
  fc.assert(
    fc.property(text, (filter) => {
      try {
        compileFilter(filter, COLUMNS);
      } catch (error) {
        assert.ok(error instanceof SyntaxError);
        const at = Number(/ at column ([0-9]+): /.exec(error.message)?.[1]);
        assert.ok(at >= 1 && at <= filter.length + 1, error.message);
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("compileFilter() finds an address in its prefixes, and in no others", () => {
  const anyIpv6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
  const anyIpv4 = fc.nat({ max: 2 ** 32 - 1 }).map(BigInt);
  const anyCase = fc.oneof(
    fc.tuple(fc.constant(128), anyIpv6, anyIpv6),
    fc.tuple(fc.constant(32), anyIpv4, anyIpv4),
  );
  fc.assert(
    fc.property(
      anyCase,
      fc.nat(128),
      fc.nat(128),
      ([bits, one, noise], l, k) => {
        const length = l % (bits + 1);
        // The other address has the first bits in common, often as many as the prefix has.
        const kept = BigInt(bits - k % (bits + 1));
        const other = one >> kept << kept | noise & ((1n << kept) - 1n);
        const text = (address: bigint): string =>
          bits === 128 ? formatIpv6(address) : formatIpv4(Number(address));
        const passes = compileFilter(`saddr = ${text(one)}/${length}`, COLUMNS);
        const shift = BigInt(bits - length);
        assert.ok(passes({ saddr: text(one) }));
        assert.equal(
          passes({ saddr: text(other) }),
          one >> shift === other >> shift,
        );
      },
    ),
    { numRuns: 2000 },
  );
});
