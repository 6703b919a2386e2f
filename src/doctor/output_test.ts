import assert from "node:assert/strict";
import type { Column } from "../base/mod.ts";
import type { Response } from "../probe/mod.ts";
import { estimateRowBytes, outputCheck, type OutputFacts } from "./output.ts";

const NEED = { rows: 1_000_000, rowBytes: 16, rowsPerSecond: 10_000 };
const FACTS: OutputFacts = {
  path: "out.csv",
  space: { freeBytes: 1e9, freeFiles: 1000 },
  trial: { bytesPerSecond: 100e6, refusal: null },
};

Deno.test("estimateRowBytes() counts values, and names in JSON", () => {
  const columns = [
    { name: "saddr", type: "string" },
    { name: "ttl", type: "int" },
  ] as Column<Response>[];
  const csv = { format: "csv" as const, fields: ["saddr"] };
  assert.equal(estimateRowBytes(columns, csv), 16);
  const both = { ...csv, fields: ["saddr", "ttl"] };
  assert.equal(estimateRowBytes(columns, both), 23);
  const json = { format: "json" as const, fields: ["ttl"] };
  assert.equal(estimateRowBytes(columns, json), 16);
});

Deno.test("outputCheck() is content with room and speed", () => {
  const check = outputCheck(FACTS, NEED);
  assert.equal(check.status, "ok");
  assert.match(check.found, /^out\.csv: 954 MiB free, takes 95\.4 MiB\/s$/);
  const pipe = outputCheck({ path: null, space: null, trial: null }, NEED);
  assert.equal(pipe.status, "ok");
  assert.match(pipe.found, /^standard output: no file/);
});

Deno.test("outputCheck() refuses a full disk and a directory that may not be written to", () => {
  const full = { freeBytes: 0, freeFiles: 1000 };
  const noFiles = { freeBytes: 1e9, freeFiles: 0 };
  for (const space of [full, noFiles]) {
    const check = outputCheck({ ...FACTS, space }, NEED);
    assert.equal(check.status, "error");
    assert.match(check.remedy, /-o/);
  }
  const trial = { bytesPerSecond: null, refusal: "permission denied" };
  const refused = outputCheck({ ...FACTS, trial }, NEED);
  assert.equal(refused.status, "error");
  assert.match(refused.found, /permission denied/);
});

Deno.test("outputCheck() warns of little room and of a slow disk", () => {
  const space = { freeBytes: 1e6, freeFiles: Infinity };
  const small = outputCheck({ ...FACTS, space }, NEED);
  assert.equal(small.status, "warning");
  assert.match(small.found, /enough for 6\.3% of the targets/);
  const trial = { bytesPerSecond: 100_000, refusal: null };
  const slow = outputCheck({ ...FACTS, trial }, NEED);
  assert.equal(slow.status, "warning");
  assert.match(slow.needed, /^156 KiB\/s/);
  const unhurried = outputCheck({ ...FACTS, trial }, {
    ...NEED,
    rowsPerSecond: null,
  });
  assert.equal(unhurried.status, "ok");
});
