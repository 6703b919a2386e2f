import assert from "node:assert/strict";
import { CheckpointFile } from "./checkpoint_file.ts";
import { CheckpointWriter } from "./checkpoint_writer.ts";
import { JournalBuffer } from "./journal.ts";
import type { CheckpointState } from "./state.ts";
import { TEST_CONTENT } from "./_test_content.ts";
import { TestStorage } from "./_test_storage.ts";

const { state } = TEST_CONTENT;

interface Setting {
  readonly storage: TestStorage;
  readonly journal: JournalBuffer;
  readonly writer: CheckpointWriter;
  add(first: number): void;
  newest(): Promise<CheckpointState>;
}

async function setUp(boot: string | null = null): Promise<Setting> {
  const storage = new TestStorage();
  const file = await CheckpointFile.create(storage, TEST_CONTENT, "f", boot);
  const journal = new JournalBuffer();
  const add = (first: number): void =>
    journal.add({ first, second: 0, isFailure: false, isIpv6: false });
  const newest = async (): Promise<CheckpointState> =>
    (await CheckpointFile.open(new TestStorage(storage.bytes), "f")).state;
  return {
    storage,
    journal,
    add,
    newest,
    writer: new CheckpointWriter(file, 0),
  };
}

Deno.test("CheckpointWriter writes rows, journal and state in this order, one checkpoint at a time", async () => {
  const { add, journal, newest, storage, writer } = await setUp();
  const order: string[] = [];
  storage.onChange = () => void order.push("file");
  const rows = Promise.withResolvers<boolean>();
  const outputs = [{
    sync: async () => {
      const isWritten = await rows.promise;
      order.push("rows");
      return isWritten;
    },
    drain: () => Promise.resolve(true),
  }];
  add(1);
  const cut = { state: { ...state, journalEntries: 1 }, journal, outputs };
  const written = writer.write(cut);
  add(2);
  assert.ok(writer.isBusy);
  assert.throws(() => writer.write(cut), /being written/);
  rows.resolve(true);
  await written;
  assert.ok(!writer.isBusy);
  // Each part is written and synced.
  assert.deepEqual(order, ["rows", "file", "file", "file", "file"]);
  assert.equal((await newest()).journalEntries, 1);
  assert.equal(journal.since(1).length, 8);
});

Deno.test("CheckpointWriter leaves the state before when rows are not on disk, and when a write fails", async () => {
  const { add, journal, newest, storage, writer } = await setUp();
  add(1);
  const cut = { state: { ...state, journalEntries: 1 }, journal };
  await writer.write({
    ...cut,
    outputs: [{
      sync: () => Promise.resolve(false),
      drain: () => Promise.resolve(false),
    }],
  });
  assert.equal((await newest()).journalEntries, 0);
  assert.match(String(writer.fault), /not all rows are on the disk/);
  storage.onChange = () => Promise.reject(new Error("disk full"));
  await writer.write({ ...cut, outputs: [] });
  assert.match(String(writer.fault), /disk full/);
  storage.onChange = () => {};
  add(2);
  await writer.write({
    state: { ...state, journalEntries: 2 },
    journal,
    outputs: [],
  });
  assert.deepEqual([writer.fault, writer.written], [null, 1]);
  assert.equal((await newest()).journalEntries, 2);
});

Deno.test("CheckpointWriter.writePassing() waits for rows to be written, syncs nothing and drops nothing", async () => {
  const { add, journal, storage, writer } = await setUp("0123456789abcdef");
  add(1);
  let isDrained = false;
  const outputs = [{
    sync: () => assert.fail("Synced"),
    drain: () => Promise.resolve(isDrained),
  }];
  const cut = {
    state: { ...state, rows: 77, journalEntries: 1 },
    journal,
    outputs,
  };
  const newest = async (boot: string): Promise<CheckpointState> => {
    const copy = new TestStorage(storage.bytes);
    return (await CheckpointFile.open(copy, "f", boot)).state;
  };
  await writer.writePassing(cut);
  assert.notEqual((await newest("0123456789abcdef")).rows, 77);
  isDrained = true;
  await writer.writePassing(cut);
  assert.equal((await newest("0123456789abcdef")).rows, 77);
  assert.notEqual((await newest("fedcba9876543210")).rows, 77);
  // All of it is still there for the next one that is synced.
  assert.equal(journal.since(0).length, 8);
  assert.equal(writer.written, 0);
});
