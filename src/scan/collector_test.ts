import assert from "node:assert/strict";
import { makeProbe } from "../../tests/fixtures/probe_scene.ts";
import {
  JournalBuffer,
  type JournalEntry,
  readJournal,
} from "../checkpoint/mod.ts";
import { type ByteSink, ContentDigest, ResultFile } from "../output/mod.ts";
import { requireProbeModule, type Response } from "../probe/mod.ts";
import {
  makeRecordHead,
  makeRecordQueueMemory,
  RecordFlag,
  RecordQueue,
} from "../shm/mod.ts";
import { Collector } from "./collector.ts";

const { first, ipv6, repeat, success, unwanted } = RecordFlag;

interface Scene {
  readonly queue: RecordQueue;
  readonly journal: JournalBuffer;
  readonly collector: Collector;
  readonly rows: string[];
  readonly file: ResultFile;
}

function setUp(
  maxRows: number | null,
  rowsBefore = 0,
  digest: ContentDigest | null = null,
): Scene {
  const memory = makeRecordQueueMemory(12);
  const journal = new JournalBuffer();
  const rows: string[] = [];
  const sink: ByteSink = {
    write: (bytes) => Promise.resolve(bytes.length),
    close: () => {},
  };
  const file = new ResultFile(sink, "rows");
  let waiting = 0;
  const collector = new Collector({
    queue: new RecordQueue(memory),
    probe: makeProbe(requireProbeModule("tcp_synscan")),
    outputs: [{
      keptBytes: 0,
      digest,
      file,
      accepts: () => true,
      writer: {
        get lengthBytes(): number {
          return waiting;
        },
        append: ({ targetAddress }: Response): void => {
          rows.push(String(targetAddress));
          waiting += 2;
        },
        take: () => new Uint8Array(waiting - (waiting = 0)),
      },
    }],
    maxRows,
    journal,
    rowsBefore,
  });
  return { queue: new RecordQueue(memory), journal, collector, rows, file };
}

function push({ queue }: Scene, firstWord: number, flags: number): void {
  const head = {
    ...makeRecordHead(),
    targetAddress: firstWord,
    firstWord,
    secondWord: 80,
    flags,
  };
  const view = new DataView(new ArrayBuffer(40));
  assert.ok(queue.push(head, view, 0, (flags & unwanted) === 0 ? 40 : 0));
}

function entriesOf({ journal }: Scene): JournalEntry[] {
  const entries: JournalEntry[] = [];
  readJournal(journal.since(0), 0, (one) => entries.push({ ...one }));
  return entries;
}

Deno.test("Collector notes each first answer, and writes those that are wanted", () => {
  const scene = setUp(null);
  push(scene, 1, success | first);
  push(scene, 1, success | repeat);
  push(scene, 2, first | unwanted);
  push(scene, 3, success | first | ipv6);
  assert.equal(scene.collector.collect(), 4);
  assert.deepEqual(scene.rows, ["1", "1", "3"]);
  const entry = { second: 80, isFailure: false, isIpv6: false };
  assert.deepEqual(entriesOf(scene), [
    { ...entry, first: 1 },
    { ...entry, first: 2, isFailure: true },
    { ...entry, first: 3, isIpv6: true },
  ]);
  assert.deepEqual([scene.collector.rows, scene.collector.filtered], [3, 0]);
  assert.ok(scene.collector.isDrained);
});

Deno.test("Collector neither writes nor notes more than it may over all runs, and then is never drained", () => {
  const scene = setUp(12, 10);
  for (let word = 1; word <= 4; word++) push(scene, word, success | first);
  scene.collector.collect();
  assert.deepEqual(scene.rows, ["1", "2"]);
  assert.equal(entriesOf(scene).length, 2);
  assert.equal(scene.collector.allRows, 12);
  assert.equal(scene.collector.filtered, 2);
  assert.ok(!scene.collector.isDrained);
  scene.collector.collect();
  assert.ok(!scene.collector.isDrained);
});

Deno.test("Collector.collect() gives each row to its file at once, and keeps a digest of all", async () => {
  const digest = new ContentDigest();
  const scene = setUp(null, 0, digest);
  for (let word = 1; word <= 2; word++) {
    push(scene, word, success | first);
    scene.collector.collect();
    assert.equal(scene.file.pendingBytes, 2);
    await scene.collector.written();
    assert.equal(scene.file.writtenBytes, 2 * word);
  }
  const expected = new ContentDigest();
  expected.update(new Uint8Array(4));
  assert.equal(digest.hex, expected.hex);
  await scene.file.close();
});

Deno.test("Collector.flush() gives the files all rows, also while they write others", async () => {
  const scene = setUp(null);
  push(scene, 1, success | first);
  scene.collector.collect();
  push(scene, 2, success | first);
  scene.collector.collect();
  // The first row is under way, the second one waits for it.
  assert.equal(scene.file.pendingBytes, 2);
  scene.collector.flush();
  assert.equal(scene.file.pendingBytes, 4);
  await scene.file.close();
});
