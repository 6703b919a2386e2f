import assert from "node:assert/strict";
import fc from "fast-check";
import type { Column, Value } from "../base/mod.ts";
import { createRowWriter, type RowFormat } from "./row_writer.ts";

type Row = Readonly<Record<string, Value>>;

function columns(names: readonly string[]): Column<Row>[] {
  return names.map((name) => ({
    name,
    type: "string",
    description: "",
    read: (row) => row[name] ?? null,
  }));
}

function format(
  format: RowFormat,
  names: readonly string[],
  rows: readonly Row[],
): string {
  const writer = createRowWriter({
    format,
    columns: columns(names),
    hasHeader: false,
  });
  for (const row of rows) writer.append(row);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    writer.take().bytes,
  );
}

Deno.test("createRowWriter() writes the CSV header before the first row, and once", () => {
  const writer = createRowWriter({
    format: "csv",
    columns: columns(["saddr", "ttl"]),
    hasHeader: true,
  });
  writer.append({ saddr: "192.0.2.1", ttl: 64 });
  assert.equal(
    new TextDecoder().decode(writer.take().bytes),
    "saddr,ttl\n192.0.2.1,64\n",
  );
  writer.append({ saddr: "192.0.2.2", ttl: 0 });
  assert.equal(new TextDecoder().decode(writer.take().bytes), "192.0.2.2,0\n");
});

Deno.test("createRowWriter() writes the CSV header for a scan without results", () => {
  const writer = createRowWriter({
    format: "csv",
    columns: columns(["saddr"]),
    hasHeader: true,
  });
  assert.equal(new TextDecoder().decode(writer.take().bytes), "saddr\n");
});

Deno.test("createRowWriter() writes each type as CSV", () => {
  const row = {
    a: true,
    b: false,
    c: null,
    d: new Uint8Array([0, 171, 255]),
    e: -1,
    f: "",
  };
  assert.equal(
    format("csv", ["a", "b", "c", "d", "e", "f"], [row]),
    "1,0,,00abff,-1,\n",
  );
});

Deno.test("createRowWriter() quotes CSV fields as RFC 4180 says", () => {
  const row = {
    a: "x,y",
    b: 'say "hi"',
    c: "two\nlines",
    d: "cr\r",
    e: "plain text",
    f: "é,ü",
  };
  assert.equal(
    format("csv", ["a", "b", "c", "d", "e", "f"], [row]),
    '"x,y","say ""hi""","two\nlines","cr\r",plain text,"é,ü"\n',
  );
});

Deno.test("createRowWriter() writes nested values into CSV as JSON text", () => {
  const row = { a: [{ name: "b,c", ttl: 3 }] };
  assert.equal(
    format("csv", ["a"], [row]),
    '"[{""name"":""b,c"",""ttl"":3}]"\n',
  );
});

Deno.test("createRowWriter() repeats a repeated CSV column", () => {
  assert.equal(format("csv", ["a", "b", "a"], [{ a: 1, b: 2 }]), "1,2,1\n");
});

Deno.test("createRowWriter() writes compact JSON and leaves null fields out", () => {
  const row = {
    a: null,
    b: "x",
    c: true,
    d: false,
    e: 7,
    f: new Uint8Array([1, 254]),
  };
  assert.equal(
    format("json", ["a", "b", "c", "d", "e", "f", "b"], [row, { a: null }]),
    '{"b":"x","c":true,"d":false,"e":7,"f":"01fe"}\n{}\n',
  );
});

Deno.test("createRowWriter() escapes slashes in JSON as ZMap does", () => {
  const row = {
    a: "http://x/y",
    b: 'é/"/',
    c: ["/", { "k/": "//" }],
  };
  const json = format("json", ["a", "b", "c"], [row]);
  assert.equal(
    json,
    '{"a":"http:\\/\\/x\\/y","b":"é\\/\\"\\/","c":["\\/",{"k\\/":"\\/\\/"}]}\n',
  );
  assert.deepEqual(JSON.parse(json), row);
  assert.equal(format("csv", ["a"], [row]), "http://x/y\n");
});

/** Text with what a terminal may obey, with the same escaped, and what is to be left alone. */
const UNSAFE_TEXTS = [
  ["\x00", "\\u0000"],
  ["\x1b[2J", "\\u001b[2J"],
  ["a\x7f", "a\\u007f"],
  ["\x7f", "\\u007f"],
  ["\x80\x9b\x9f", "\\u0080\\u009b\\u009f"],
  ["a\u061cb", "a\\u061cb"],
  ["\u200b\u200e\u200f", "\\u200b\\u200e\\u200f"],
  ["\u202a\u202e", "\\u202a\\u202e"],
  ["\u2028\u2029", "\\u2028\\u2029"],
  ["\u2066\u2069", "\\u2066\\u2069"],
  ["\ufeff", "\\ufeff"],
  ["\u{e0001}", "\\udb40\\udc01"],
  ["~\u00a0é世😀\ufffd", "~\u00a0é世😀\ufffd"],
] as const;

Deno.test("createRowWriter() escapes in JSON what a terminal may obey", () => {
  for (const [text, escaped] of UNSAFE_TEXTS) {
    const row = { a: text, b: [text, { [`k${text}`]: text }] };
    const json = format("json", ["a", "b"], [row]);
    assert.equal(
      json,
      `{"a":"${escaped}","b":["${escaped}",{"k${escaped}":"${escaped}"}]}\n`,
    );
    assert.deepEqual(JSON.parse(json), row);
  }
});

Deno.test("createRowWriter() escapes in CSV what a terminal may obey", () => {
  for (const [text, escaped] of UNSAFE_TEXTS) {
    const row = { a: text, b: `${text},"` };
    assert.equal(
      format("csv", ["a", "b"], [row]),
      `${escaped},"${escaped},"""\n`,
    );
  }
  const nested = format("csv", ["a"], [{ a: ["\x1b\u202e"] }]);
  assert.equal(nested, '"[""\\u001b\\u202e""]"\n');
  assert.equal(format("csv", ["a"], [{ a: "\t\n\r" }]), '"\t\n\r"\n');
  assert.equal(format("csv", ["a"], [{ a: "a\tb c" }]), "a\tb c\n");
});

Deno.test("createRowWriter() writes nothing that a terminal may obey, whatever a host says", () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
      fc.constantFrom("\x1b", "\x9b", "\x7f", "\u202e", "\u2067", "/", '"'),
    ),
  });
  fc.assert(fc.property(text, (a) => {
    for (const kind of ["json", "csv"] as const) {
      const row = format(kind, ["a", "b"], [{ a, b: { [a]: a } }]);
      const unsafe =
        /(?![\t\n\r])\p{Cc}|\p{Bidi_Control}|[\u2028\u2029\ufeff]/u;
      assert.doesNotMatch(row, unsafe);
    }
  }));
});

Deno.test("createRowWriter() writes nested JSON", () => {
  const row = { a: [1, "x", { k: null, n: [] }, null, new Uint8Array([16])] };
  assert.equal(
    format("json", ["a"], [row]),
    '{"a":[1,"x",{"n":[]},null,"10"]}\n',
  );
});

Deno.test("createRowWriter() writes numbers as JavaScript does", () => {
  const numbers = fc.oneof(
    fc.integer(),
    fc.maxSafeNat(),
    fc.double({ noNaN: true }),
  );
  fc.assert(fc.property(numbers, (value) => {
    assert.equal(format("csv", ["n"], [{ n: value }]), `${String(value)}\n`);
  }));
  for (
    const value of [
      0,
      -0,
      9,
      10,
      99,
      100,
      9999,
      10_000,
      99_999,
      100_000,
      100_001,
      999_999_999,
      4294967295,
      4294967296,
      -4294967295,
      -4294967296,
    ]
  ) {
    assert.equal(format("csv", ["n"], [{ n: value }]), `${String(value)}\n`);
  }
});

Deno.test("createRowWriter() writes integers above 2^53 in full", () => {
  const row = { time: 0xffff_ffff_ffff_ffffn };
  assert.equal(format("csv", ["time"], [row]), "18446744073709551615\n");
  const json = format("json", ["time"], [row]);
  assert.equal(json, '{"time":18446744073709551615}\n');
});

Deno.test("createRowWriter() makes JSON that parses to the row", () => {
  const text = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(text, fc.jsonValue({ noUnicodeString: false }), (a, b) => {
      const row: Row = { a, b: [dropNulls(b) as Value] };
      const parsed = JSON.parse(format("json", ["a", "b"], [row]));
      assert.equal(
        JSON.stringify(parsed),
        JSON.stringify({ a, b: [dropNulls(b)] }),
      );
    }),
  );
});

Deno.test("createRowWriter() makes CSV that a reader of RFC 4180 takes apart again", () => {
  const cell = fc.string({
    unit: fc.constantFrom(
      "a",
      ",",
      '"',
      "\n",
      "\r",
      "\t",
      " ",
      "é",
      "😀",
      "\\",
    ),
  });
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), {
    maxLength: 5,
  });
  fc.assert(fc.property(rows, (cells) => {
    const text = format(
      "csv",
      ["a", "b"],
      cells.map(([a, b]) => ({ a: a!, b: b! })),
    );
    assert.deepEqual(readCsv(text), cells);
  }));
});

Deno.test("createRowWriter() keeps all rows when its memory grows", () => {
  const writer = createRowWriter({
    format: "json",
    columns: columns(["a"]),
    hasHeader: false,
  });
  const long = "x".repeat(70_000);
  for (let i = 0; i < 100; i++) writer.append({ a: long });
  const lengthBytes = writer.lengthBytes;
  const taken = writer.take().bytes;
  assert.equal(taken.length, lengthBytes);
  assert.equal(taken.length, 100 * (70_000 + '{"a":""}\n'.length));
  assert.equal(writer.lengthBytes, 0);
  writer.append({ a: 1 });
  assert.equal(new TextDecoder().decode(writer.take().bytes), '{"a":1}\n');
});

Deno.test("createRowWriter() gives taken bytes away for good", () => {
  const writer = createRowWriter({
    format: "csv",
    columns: columns(["a"]),
    hasHeader: false,
  });
  writer.append({ a: "first" });
  const first = writer.take().bytes;
  writer.append({ a: "other" });
  assert.equal(new TextDecoder().decode(first), "first\n");
});

function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropNulls);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(
    kept.map(([key, inner]) => [key, dropNulls(inner)]),
  );
}

/** A reader for CSV of two columns, written from RFC 4180 and not from the writer. */
function readCsv(text: string): string[][] {
  const cells: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(?:,|\n)/gy;
  for (const match of text.matchAll(pattern)) {
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
  }
  const rows: string[][] = [];
  for (let i = 0; i < cells.length; i += 2) rows.push(cells.slice(i, i + 2));
  return rows;
}
