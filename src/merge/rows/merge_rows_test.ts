import assert from "node:assert/strict";
import fc from "fast-check";
import { TestDirectory } from "../../cli/_test_directory.ts";
import { type MergedRows, mergeRows } from "./merge_rows.ts";
import type { RowFacts } from "./row_format.ts";

const FACTS: RowFacts = {
  fields: ["saddr", "sport", "classification"],
  known: ["saddr", "sport", "classification", "ttl"],
  hasPorts: true,
  isSourceTarget: false,
};
const HEADER = "saddr,sport,classification,ttl\n";

async function merge(
  directory: TestDirectory,
  texts: readonly string[],
  more: { readonly facts?: RowFacts; readonly memoryBytes?: number } = {},
): Promise<MergedRows & { readonly text: string }> {
  const files = texts.map((text, index) => directory.write(`in${index}`, text));
  const output = `${directory.path}/out`;
  const merged = await mergeRows({
    ...{ files, output, facts: FACTS, memoryBytes: 1 << 20 },
    signal: new AbortController().signal,
    ...more,
  });
  return { ...merged, text: Deno.readTextFileSync(output) };
}

/** The names in a directory, but for the inputs. */
function namesIn({ path }: TestDirectory): string[] {
  return [...Deno.readDirSync(path)].map(({ name }) => name).filter((name) =>
    !name.startsWith("in")
  );
}

Deno.test("mergeRows() orders by address, port and classification, and keeps the first of repeats", async () => {
  using directory = new TestDirectory();
  const first = ["10.0.0.2,80,synack,1", "9.0.0.1,443,rst,1"];
  const second = ["9.0.0.1,443,rst,2", "9.0.0.1,80,synack,2"];
  const third = ["2001:db8::1,80,synack,3", "9.0.0.1,80,rst,3"];
  const { keyColumns, read, text, written } = await merge(
    directory,
    [first, second, third].map((rows) => `${HEADER}${rows.join("\n")}\n`),
  );
  assert.equal(
    text,
    `${HEADER}9.0.0.1,80,rst,3\n9.0.0.1,80,synack,2\n9.0.0.1,443,rst,1\n10.0.0.2,80,synack,1\n2001:db8::1,80,synack,3\n`,
  );
  assert.deepEqual([read, written], [6, 5]);
  assert.deepEqual(keyColumns, ["saddr", "sport", "classification"]);
  assert.deepEqual(namesIn(directory), ["out"]);
});

Deno.test("mergeRows() takes rows without a port for repeats only where they are alike", async () => {
  using directory = new TestDirectory();
  const rows = ["9.0.0.1,,unreach,1", "9.0.0.1,,unreach,2"];
  const { text } = await merge(
    directory,
    [`${HEADER}${rows.join("\n")}\n`, `${HEADER}${rows[1]}\n`],
  );
  assert.equal(text, `${HEADER}${rows.join("\n")}\n`);
});

Deno.test("mergeRows() reads JSON lines, quoted line ends, empty files and those without a header", async () => {
  using directory = new TestDirectory();
  const row = (address: string, data: string): string =>
    `${
      JSON.stringify({ saddr: address, sport: 80, classification: "x", data })
    }\n`;
  const json = [row("9.0.0.9", "a"), row("9.0.0.1", "b"), row("9.0.0.9", "c")];
  assert.equal(
    (await merge(directory, [json.join(""), ""])).text,
    json[1]! + json[0]!,
  );
  const header = "saddr,sport,classification,data\n";
  const quoted = ['9.0.0.2,80,x,"a\n""b"', "9.0.0.1,80,x,c"].join("\n");
  assert.equal(
    (await merge(directory, [`${header}${quoted}\n`, header, ""])).text,
    `${header}9.0.0.1,80,x,c\n9.0.0.2,80,x,"a\n""b"\n`,
  );
  const bare = await merge(directory, ["9.0.0.2,80,x\n9.0.0.1,80,x\n"]);
  assert.equal(bare.text, "9.0.0.1,80,x\n9.0.0.2,80,x\n");
  assert.equal(bare.keyColumns.length, 3);
  const other = await merge(directory, ["b\na\nb\n"]);
  assert.equal(other.text, "a\nb\n");
  assert.deepEqual(other.keyColumns, []);
});

Deno.test("mergeRows() names the file that it cannot merge, and leaves nothing behind", async () => {
  const rows = `${HEADER}9.0.0.1,80,x,1\n`;
  const cases: readonly [texts: readonly string[], message: RegExp][] = [
    [[rows, `${HEADER}9.0.0.1,80,x,1\n9.0.0.`], /in1": its last row, number 3/],
    [
      [rows, `${HEADER}9.0.0.1,80,x\n`],
      /in1": row 2 has 3 fields instead of 4/,
    ],
    [[rows, `${HEADER}9.0.0.256,80,x,1\n`], /in1": row 2 has "9\.0\.0\.256"/],
    [[rows, `${HEADER}9.0.0.1,65536,x,1\n`], /in1": row 2 has no port/],
    [[rows, '{"saddr":"9.0.0.1"}\n'], /in1": it has rows in JSON/],
    [[rows, "saddr,ttl\n9.0.0.1,1\n"], /in1": its columns are not those/],
    [["PAR1\n"], /in0": it is a Parquet file/],
  ];
  for (const [texts, message] of cases) {
    using directory = new TestDirectory();
    await assert.rejects(merge(directory, texts), message);
    assert.deepEqual(namesIn(directory), []);
  }
});

Deno.test("mergeRows() ends with the signal, and leaves nothing behind", async () => {
  using directory = new TestDirectory();
  const lines = Array.from(
    { length: 40_000 },
    (_, i) => `9.${i * 7919 % 251}.${i >> 8 & 255}.${i & 255},80,x,1\n`,
  );
  const file = directory.write("in", HEADER + lines.join(""));
  const aborted = mergeRows({
    ...{ files: Array(200).fill(file), output: `${directory.path}/out` },
    ...{ facts: FACTS, memoryBytes: 1 << 20 },
    signal: AbortSignal.abort("enough"),
  });
  await assert.rejects(aborted, (reason) => reason === "enough");
  assert.deepEqual(namesIn(directory), []);
});

Deno.test("mergeRows() merges what no memory holds as a sort of all would", async () => {
  using directory = new TestDirectory();
  // 1 MiB sorts some 7,000 rows at a time, and merges 32 runs.
  const files = Array.from(
    { length: 40 },
    (_, file) =>
      Array.from({ length: 1000 }, (_, i) => {
        const number = Math.imul(i * 24 + file, 0x9e3779b1) >>> 0;
        return `9.${number >>> 24}.${number >>> 16 & 1}.${number >>> 8 & 255}`;
      }),
  );
  // Some are in order, and stand between the others.
  for (const at of [3, 17]) files[at]!.sort((a, b) => valueOf(a) - valueOf(b));
  const texts = files.map((rows, file) =>
    rows.map((address) => `${address},80,x,${file}\n`).join("")
  );
  const expected = new Map<string, string>();
  files.forEach((rows, file) =>
    rows.forEach((address) => {
      if (!expected.has(address)) expected.set(address, `,80,x,${file}`);
    })
  );
  const wanted = [...expected].sort(([a], [b]) => valueOf(a) - valueOf(b));
  const { read, sortedFiles, text, written } = await merge(
    directory,
    texts.map((rows) => HEADER + rows),
    { memoryBytes: 1 << 17 },
  );
  assert.ok(
    text === HEADER + wanted.map((row) => `${row.join("")}\n`).join(""),
  );
  assert.deepEqual([read, written], [40_000, wanted.length]);
  assert.equal(sortedFiles, 2);
});

Deno.test("mergeRows() keeps each whole row once, whatever it is", async () => {
  using directory = new TestDirectory();
  const row = fc.string({ minLength: 1, maxLength: 40, unit: "binary" }).map((
    text,
  ) => `#${text.replaceAll(/[\n"\r,]/g, "")}`);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(row, { maxLength: 20 }), {
        minLength: 1,
        maxLength: 4,
      }),
      async (files) => {
        const texts = files.map((rows) =>
          rows.map((one) => `${one}\n`).join("")
        );
        const { text } = await merge(directory, texts);
        const encoder = new TextEncoder();
        const compare = (a: string, b: string): number => {
          const [one, other] = [encoder.encode(a), encoder.encode(b)];
          const at = one.findIndex((byte, i) => byte !== other[i]);
          return at < 0
            ? one.length - other.length
            : one[at]! - (other[at] ?? -1);
        };
        const wanted = [...new Set(texts.flatMap((one) => one.split("\n")))]
          .filter((one) => one !== "").sort(compare);
        assert.equal(text, wanted.map((one) => `${one}\n`).join(""));
      },
    ),
    { numRuns: 25 },
  );
});

function valueOf(address: string): number {
  return address.split(".").reduce((sum, part) => 256 * sum + Number(part), 0);
}
