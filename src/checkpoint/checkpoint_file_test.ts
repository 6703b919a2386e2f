import assert from "node:assert/strict";
import { ConfigError } from "../base/mod.ts";
import { CheckpointFile } from "./checkpoint_file.ts";
import { JournalBuffer } from "./journal.ts";
import { SLOT_BYTES } from "./slot.ts";
import { TEST_CONTENT } from "./_test_content.ts";
import { TestStorage } from "./_test_storage.ts";

const { state } = TEST_CONTENT;

async function makeFile(): Promise<Uint8Array> {
  const storage = new TestStorage();
  const file = await CheckpointFile.create(storage, TEST_CONTENT, "f.pacemap");
  const journal = new JournalBuffer();
  for (let first = 0; first < 3; first++) {
    journal.add({ first, second: 80, isFailure: false, isIpv6: false });
  }
  await file.writeJournal(0, journal.since(0));
  await file.writeState({ ...state, journalEntries: 3, rows: 20 });
  return storage.bytes;
}

async function refusal(bytes: Uint8Array): Promise<string> {
  const storage = new TestStorage(bytes);
  storage.onChange = () => assert.fail("The file is changed");
  let text = "";
  await assert.rejects(CheckpointFile.open(storage, "f.pacemap"), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.equal(error.option, "f.pacemap");
    assert.ok(error.remedy !== "");
    text = error.message;
    return true;
  });
  return text;
}

function replaced(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const at = new TextDecoder("latin1").decode(bytes).indexOf(from);
  assert.ok(at >= 0 && from.length === to.length);
  const changed = bytes.slice();
  new TextEncoder().encodeInto(to, changed.subarray(at));
  return changed;
}

Deno.test("CheckpointFile begins with text that says what it is", async () => {
  const text = new TextDecoder().decode((await makeFile()).subarray(0, 4096));
  assert.match(text, /^pacemap checkpoint\nformat 2\njob \d+ [0-9a-f]{64}\n/);
  assert.match(text, /pacemap resume FILE\n *\n$/);
});

Deno.test("CheckpointFile.open() reads the job, the newest state and its journal", async () => {
  const storage = new TestStorage(await makeFile());
  const { file, ...content } = await CheckpointFile.open(storage, "f.pacemap");
  assert.deepEqual(content, {
    job: TEST_CONTENT.job,
    state: { ...state, journalEntries: 3, rows: 20 },
  });
  assert.equal((await file.readJournal(1, 3)).length, 16);
});

Deno.test("CheckpointFile.open() takes the other state when the newest is torn, and writes over that one", async () => {
  const bytes = (await makeFile()).slice();
  // The first state stands in the second slot, so the newest in the first.
  const newest = new TextDecoder("latin1").decode(bytes).indexOf("slot 2 ");
  bytes.fill(0, newest + 200, newest + 220);
  const storage = new TestStorage(bytes);
  const { file, state: found } = await CheckpointFile.open(storage, "f");
  assert.deepEqual(found, state);
  await file.writeState({ ...state, rows: 99 });
  const again = await CheckpointFile.open(storage, "f");
  assert.equal(again.state.rows, 99);
});

Deno.test("CheckpointFile.open() names what is wrong with a file, and changes nothing", async () => {
  const bytes = await makeFile();
  const journalAt = bytes.length - 24;
  const cases: [string, Uint8Array, RegExp][] = [
    ["empty", new Uint8Array(), /^Is empty/],
    [
      "another program's",
      new TextEncoder().encode("%PDF-1.7\n"),
      /^Is no checkpoint of pacemap$/,
    ],
    ["zeros", new Uint8Array(9000), /^Is no checkpoint of pacemap$/],
    [
      "a later version",
      replaced(bytes, "format 2\n", "format 3\n"),
      /^Is a checkpoint of format 3; this version of pacemap reads format 2$/,
    ],
    [
      "a few bytes",
      bytes.subarray(0, 9),
      /^Is torn: it ends in its first line$/,
    ],
    ["half a page", bytes.subarray(0, 2000), /^Is torn: its first page/],
    ["no job", bytes.subarray(0, 4100), /^Is torn: the description/],
    [
      "an edited job",
      replaced(bytes, '"80"', '"81"'),
      /^Is torn: the description/,
    ],
    [
      "no slot",
      bytes.subarray(0, journalAt - 2 * SLOT_BYTES),
      /^Is torn: neither/,
    ],
    [
      "a short journal",
      bytes.subarray(0, journalAt + 17),
      /^Is torn: 2 of 3 targets/,
    ],
  ];
  for (const [what, file, message] of cases) {
    assert.match(await refusal(file), message, what);
  }
});

Deno.test("CheckpointFile.open() names a field that is not what it has to be", async () => {
  const storage = new TestStorage();
  const bad = { ...state, journalEntries: -1 };
  await CheckpointFile.create(storage, { ...TEST_CONTENT, state: bad }, "f");
  assert.match(
    await refusal(storage.bytes),
    /"journalEntries" is not a whole number/,
  );
});

Deno.test("CheckpointFile.writeState() that fails leaves the state before, also when it fails again", async () => {
  const storage = new TestStorage();
  const file = await CheckpointFile.create(storage, TEST_CONTENT, "f");
  let failures = 0;
  storage.onChange = () => {
    if (failures++ < 2) throw new Deno.errors.Interrupted("disk full");
  };
  for (let i = 0; i < 2; i++) {
    await assert.rejects(file.writeState({ ...state, rows: 1 }));
    const found = await CheckpointFile.open(
      new TestStorage(storage.bytes),
      "f",
    );
    assert.deepEqual(found.state, state);
  }
  await file.writeState({ ...state, rows: 2 });
  const found = await CheckpointFile.open(storage, "f");
  assert.equal(found.state.rows, 2);
});

Deno.test("CheckpointFile.writePassing() writes a state that counts until the machine starts anew, and never the other one", async () => {
  const [before, after] = ["0123456789abcdef", "fedcba9876543210"];
  const storage = new TestStorage();
  const file = await CheckpointFile.create(storage, TEST_CONTENT, "f", before);
  const rowsAt = async (boot: string): Promise<number> => {
    const copy = new TestStorage(storage.bytes);
    return (await CheckpointFile.open(copy, "f", boot)).state.rows;
  };
  await file.writeState({ ...state, rows: 100 });
  const entry = new Uint8Array(8);
  for (const rows of [101, 102, 103]) {
    const journalEntries = rows - 100;
    const passing = { ...state, journalEntries, rows };
    await file.writePassing(rows - 101, entry, passing);
    assert.deepEqual([await rowsAt(before), await rowsAt(after)], [rows, 100]);
  }
  // A program that goes on from a passing state leaves the one that is on disk until it has written its own.
  const resumed = await CheckpointFile.open(storage, "f", before);
  await resumed.file.writePassing(3, entry, { ...state, rows: 104 });
  assert.deepEqual([await rowsAt(before), await rowsAt(after)], [104, 100]);
  await resumed.file.writeState({ ...state, rows: 105 });
  assert.deepEqual([await rowsAt(before), await rowsAt(after)], [105, 105]);
});

Deno.test("CheckpointFile.writePassing() writes nothing where nobody tells which boot it is", async () => {
  const storage = new TestStorage();
  const file = await CheckpointFile.create(storage, TEST_CONTENT, "f", null);
  await file.writePassing(0, new Uint8Array(), { ...state, rows: 7 });
  const found = await CheckpointFile.open(storage, "f", null);
  assert.equal(found.state.rows, state.rows);
});

Deno.test("CheckpointFile.dropJournal() leaves what says that all is done, and changes nothing before", async () => {
  const storage = new TestStorage(await makeFile());
  const { file } = await CheckpointFile.open(storage, "f.pacemap");
  const before = storage.bytes;
  await file.dropJournal();
  assert.deepEqual(storage.bytes, before);
  const done = { ...state, phase: "done" as const, journalEntries: 3 };
  await file.writeState(done);
  await file.dropJournal();
  assert.equal(storage.bytes.length, before.length - 24);
  const left = await CheckpointFile.open(storage, "f.pacemap");
  assert.deepEqual(left.state, done);
});
