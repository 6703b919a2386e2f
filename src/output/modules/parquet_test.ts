import assert from "node:assert/strict";
import { completeLibc } from "../../../ffi/libc.ts";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import type { Column } from "../../base/mod.ts";
import type { Response } from "../../probe/mod.ts";
import { CLOSED, contextOf, OPEN, TCP, UNREACHED } from "./_test_answers.ts";
import { responseColumns } from "../../probe/mod.ts";
import { ResultFile } from "../result_file.ts";
import { parquet } from "./parquet.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

interface Read {
  readonly rows: unknown[];
  readonly groups: number;
}

async function inDirectory(
  test: (path: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
  try {
    await test(`${directory}/results`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Writes rows behind the first `keptBytes` bytes of those of an earlier run, and ends unless it is killed. */
async function write(
  path: string,
  { answers, columns, isKilled = false, keptBytes = 0 }: {
    readonly columns: readonly Column<Response>[];
    readonly answers: readonly Response[];
    readonly keptBytes?: number;
    readonly isKilled?: boolean;
  },
): Promise<ResultFile> {
  const context = contextOf(parquet, { columns, keptBytes });
  const file = new ResultFile(await parquet.openSink!(path, context), "file");
  const encoder = await parquet.open(context);
  for (const answer of answers) {
    encoder.append(answer);
    if (encoder.lengthBytes > 100_000) file.write(encoder.take());
  }
  await file.write(isKilled ? encoder.take() : encoder.finish());
  await file.close();
  return file;
}

async function read(path: string): Promise<Read> {
  const { buffer: file } = await Deno.readFile(path);
  return {
    rows: await parquetReadObjects({ file, utf8: false }),
    groups: parquetMetadata(file).row_groups.length,
  };
}

async function rowsOf(
  columns: readonly Column<Response>[],
  answers: readonly Response[],
): Promise<Read> {
  let found: Read | null = null;
  await inDirectory(async (path) => {
    const file = await write(path, { answers, columns });
    assert.equal(file.lostRows, 0);
    file.discardPart();
    await assert.rejects(Deno.stat(`${path}.part`), Deno.errors.NotFound);
    found = await read(path);
  });
  return found!;
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
    Array(70_000).fill(OPEN),
  );
  assert.deepEqual([groups, rows.length], [3, 70_000]);
});

Deno.test("parquet goes on behind the rows that stay of a run that was killed", async () => {
  await inDirectory(async (path) => {
    const columns = named("saddr", "sport");
    const killed = await write(path, {
      columns,
      answers: [OPEN, CLOSED, UNREACHED],
      isKilled: true,
    });
    const part = `${path}.part`;
    const [first = "", second = ""] = Deno.readTextFileSync(part).split("\n");
    assert.deepEqual(JSON.parse(first), { saddr: "192.0.2.9", sport: 443 });
    killed.discardPart();
    Deno.writeTextFileSync(part, `${first}\n${second}\n{"saddr"`);
    const file = await write(path, {
      columns,
      answers: [OPEN],
      keptBytes: first.length + second.length + 2,
    });
    const addresses = (await read(path)).rows.map((row) =>
      (row as { saddr: string }).saddr
    );
    assert.deepEqual(addresses, ["192.0.2.9", "192.0.2.10", "192.0.2.9"]);
    assert.equal(Deno.readTextFileSync(part).split("\n").length, 4);
    file.discardPart();
  });
});
