import assert from "node:assert/strict";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import type { Column } from "../../base/mod.ts";
import type { Response } from "../../probe/mod.ts";
import {
  CLOSED,
  contextOf,
  encodeAll,
  OPEN,
  TCP,
  UNREACHED,
} from "./_test_answers.ts";
import { responseColumns } from "../../probe/mod.ts";
import { parquet } from "./parquet.ts";

async function rowsOf(
  columns: readonly Column<Response>[],
  answers: readonly Response[],
): Promise<{ readonly rows: unknown[]; readonly groups: number }> {
  const encoder = await parquet.open(contextOf(parquet, { columns }));
  const { buffer } = encodeAll(encoder, answers);
  const file = buffer as ArrayBuffer;
  return {
    rows: await parquetReadObjects({ file, utf8: false }),
    groups: parquetMetadata(file).row_groups.length,
  };
}

function named(...names: string[]): readonly Column<Response>[] {
  const known = responseColumns(TCP);
  return names.map((name) => known.find((one) => one.name === name)!);
}

Deno.test("parquet writes what another reader reads, null where there is nothing", async () => {
  const columns = named("saddr", "sport", "seqnum", "success", "saddr");
  const { rows } = await rowsOf(columns, [OPEN, CLOSED, UNREACHED]);
  const seqnum = 0x01020304n;
  const nothing = { sport: null, seqnum: null };
  assert.deepEqual(
    rows.map((row) => ({ ...nothing, ...row as object })),
    [
      { saddr: "192.0.2.9", sport: 443n, seqnum, success: true },
      { saddr: "192.0.2.10", sport: 80n, seqnum, success: false },
      { ...nothing, saddr: "192.0.2.12", success: false },
    ],
  );
});

Deno.test("parquet writes bytes, lists and records, and a table without rows", async () => {
  const columns: Column<Response>[] = [
    {
      name: "data",
      type: "binary",
      description: "",
      read: () => Uint8Array.of(0, 255),
    },
    {
      name: "since_1900",
      type: "int",
      description: "",
      isUnsigned64: true,
      read: () => 0xea00_0000_0000_0001n,
    },
    {
      name: "answers",
      type: "repeated",
      description: "",
      read: () => [{ name: "a", ttl: 5 }],
    },
  ];
  const { rows } = await rowsOf(columns, [OPEN]);
  assert.deepEqual(rows, [{
    data: Uint8Array.of(0, 255),
    since_1900: 0xea00_0000_0000_0001n,
    answers: '[{"name":"a","ttl":5}]',
  }]);
  assert.deepEqual((await rowsOf(columns, [])).rows, []);
});

Deno.test("parquet writes groups of rows as they come", async () => {
  const { groups, rows } = await rowsOf(
    named("saddr", "sport"),
    Array(20_000).fill(OPEN),
  );
  assert.deepEqual([groups, rows.length], [3, 20_000]);
});
