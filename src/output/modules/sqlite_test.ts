import assert from "node:assert/strict";
import { completeLibc } from "../../../ffi/libc.ts";
import { DatabaseSync } from "node:sqlite";
import type { Column } from "../../base/mod.ts";
import { type Response, responseColumns } from "../../probe/mod.ts";
import { ResultFile } from "../result_file.ts";
import { CLOSED, contextOf, OPEN, TCP, UNREACHED } from "./_test_answers.ts";
import { sqlite } from "./sqlite.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

const BLOB: Column<Response> = {
  name: "data",
  type: "binary",
  description: "",
  read: () => Uint8Array.of(0, 255),
};
const LIST: Column<Response> = {
  name: "answers",
  type: "repeated",
  description: "",
  read: () => [{ name: "a\nb" }],
};
const WIDE: Column<Response> = {
  name: "since_1900",
  type: "int",
  description: "",
  isUnsigned64: true,
  read: () => 0xea00_0000_0000_0001n,
};

async function withDatabase(
  test: (path: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
  try {
    await test(`${directory}/results.db`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function write(
  path: string,
  columns: readonly Column<Response>[],
  answers: readonly Response[],
): Promise<ResultFile> {
  const context = contextOf(sqlite, { columns });
  const file = new ResultFile(await sqlite.openSink!(path, context), "file");
  const encoder = await sqlite.open(context);
  for (const answer of answers) {
    encoder.append(answer);
    file.write(encoder.take());
  }
  await file.write(encoder.finish());
  await file.close();
  return file;
}

function rowsOf(path: string): Record<string, unknown>[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database.prepare("SELECT * FROM results").all()
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

Deno.test("sqlite makes a table of the fields, in the place of what was there", async () => {
  await withDatabase(async (path) => {
    Deno.writeTextFileSync(path, "something else");
    Deno.writeTextFileSync(`${path}-journal`, "of something else");
    const known = responseColumns(TCP);
    const columns = ["saddr", "sport", "success", "saddr"].map((name) =>
      known.find((one) => one.name === name)!
    );
    const answers = [OPEN, CLOSED, UNREACHED];
    await write(path, [...columns, BLOB, LIST, WIDE], answers);
    const rest = {
      data: Uint8Array.of(0, 255),
      answers: '[{"name":"a\\nb"}]',
      since_1900: String(0xea00_0000_0000_0001n),
    };
    assert.deepEqual(rowsOf(path), [
      { saddr: "192.0.2.9", sport: 443, success: 1, ...rest },
      { saddr: "192.0.2.10", sport: 80, success: 0, ...rest },
      { saddr: "192.0.2.12", sport: null, success: 0, ...rest },
    ]);
    await write(path, columns, []);
    assert.deepEqual(rowsOf(path), []);
  });
});

Deno.test("sqlite goes on behind the rows that stay of an earlier run", async () => {
  await withDatabase(async (path) => {
    const fields = ["saddr", "sport"];
    const columns = fields.map((name) =>
      responseColumns(TCP).find((one) => one.name === name)!
    );
    const first = contextOf(sqlite, { columns });
    const sink = await sqlite.openSink!(path, first);
    const encoder = await sqlite.open(first);
    for (const answer of [OPEN, CLOSED]) encoder.append(answer);
    await sink.write(encoder.take().bytes);
    const memory = encoder.memory!;
    encoder.append(UNREACHED);
    // What comes behind the last checkpoint; closed, as this process holds its lock.
    await sink.write(encoder.finish().bytes);
    sink.close();
    const faultOf = (
      rows: number,
      names: readonly string[],
    ): Promise<string | null> =>
      sqlite.faultOfKept!(path, { fields: names, memory: [rows] });
    assert.equal(await faultOf(memory[0]!, [...fields, "saddr"]), null);
    assert.match((await faultOf(4, fields))!, /has 3 rows, of 4/);
    assert.match((await faultOf(2, ["saddr"]))!, /columns "saddr,sport"/);
    const context = contextOf(sqlite, { columns, keptBytes: 1, memory });
    const file = new ResultFile(await sqlite.openSink!(path, context), "file");
    const second = await sqlite.open(context);
    second.append(OPEN);
    await file.write(second.take());
    assert.deepEqual(second.memory, [3]);
    await file.write(second.finish());
    await file.close();
    const addresses = rowsOf(path).map(({ saddr }) => saddr);
    assert.deepEqual(addresses, ["192.0.2.9", "192.0.2.10", "192.0.2.9"]);
  });
});

Deno.test("sqlite says why rows cannot be stored, and which are", async () => {
  await withDatabase(async (path) => {
    const context = contextOf(sqlite);
    const file = new ResultFile(await sqlite.openSink!(path, context), "file");
    await file.write(new TextEncoder().encode('["192.0.2.1",80]\n'));
    await file.write(new TextEncoder().encode('["192.0.2.2",80,1]\n'));
    assert.equal(file.status, "failed");
    assert.equal(file.discardedRows, 1);
    await file.close();
    assert.deepEqual(rowsOf(path), [{ saddr: "192.0.2.1", sport: 80 }]);
    const nowhere = sqlite.openSink!(`${path}/file`, context);
    await assert.rejects(nowhere, Deno.errors.NotADirectory);
  });
});
