import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { ConfigError } from "../base/mod.ts";
import type { ByteSink, SinkFacts } from "./byte_sink.ts";
import { PatientWriter } from "./patient_writer.ts";
import { ResultFile } from "./result_file.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

/** A sink that takes a few bytes at a time, and throws `error` once it holds `limitBytes`. */
class FakeSink implements ByteSink {
  text = "";
  closeCount = 0;
  readonly #limitBytes: number;
  readonly #error: Error;

  constructor(limitBytes = Infinity, error = new Error("unused")) {
    this.#limitBytes = limitBytes;
    this.#error = error;
  }

  async write(bytes: Uint8Array): Promise<number> {
    await Promise.resolve();
    if (this.text.length >= this.#limitBytes) throw this.#error;
    const part = bytes.subarray(0, 3);
    this.text += new TextDecoder().decode(part);
    return part.length;
  }

  close(): void {
    this.closeCount++;
  }
}

const NAME = '"results.csv"';
const OPTIONS = { option: "--output-file" };

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test("ResultFile.write() keeps the order of calls and finishes partial writes", async () => {
  const sink = new FakeSink();
  const file = new ResultFile(sink, NAME);
  const writes = [
    file.write(bytes("first line\n")),
    file.write(bytes("second line\n")),
  ];
  assert.equal(file.pendingBytes, 23);
  await Promise.all(writes);
  assert.equal(sink.text, "first line\nsecond line\n");
  assert.equal(file.writtenBytes, 23);
  assert.equal(file.pendingBytes, 0);
  assert.ok(file.blockedMs >= 0);
  await file.close();
  await file.close();
  assert.equal(sink.closeCount, 1);
  assert.equal(file.status, "closed");
});

Deno.test("ResultFile.write() tells a reader that has gone from a failure", async () => {
  const gone = new ResultFile(
    new FakeSink(6, new Deno.errors.BrokenPipe("pipe")),
    NAME,
  );
  await gone.write(bytes("123456789"));
  await gone.write(bytes("more"));
  assert.equal(gone.status, "reader-gone");
  assert.equal(gone.failure, null);
  assert.equal(gone.writtenBytes, 6);
  assert.equal(gone.discardedBytes, 7);
  await gone.close();
  assert.equal(gone.status, "reader-gone");

  const error = new Error("No space left on device");
  const sink = new FakeSink(3, error);
  const failed = new ResultFile(sink, NAME);
  await failed.write(bytes("123456789"));
  assert.equal(failed.status, "failed");
  assert.equal(failed.failure, error);
  assert.equal(failed.discardedBytes, 6);
  await failed.close();
  assert.equal(sink.closeCount, 1);
});

Deno.test("ResultFile.write() leaves whole rows when it fails, and counts the others", async () => {
  class CutSink extends FakeSink {
    truncate(lengthBytes: number): Promise<void> {
      this.text = this.text.slice(0, lengthBytes);
      return Promise.resolve();
    }
  }
  const sink = new CutSink(10, new Error("No space left on device"));
  const file = new ResultFile(sink, NAME);
  await file.write(bytes("head\n"));
  await file.write(bytes("one\ntwo\nthree\n"));
  await file.write(bytes("four\nfive\n"));
  assert.equal(sink.text, "head\none\n");
  assert.equal(file.writtenBytes, 9);
  assert.equal(file.discardedRows, 4);
  assert.equal(file.discardedBytes, 20);
  const pipe = new ResultFile(new FakeSink(7, new Error("broken")), NAME);
  await pipe.write(bytes("one\ntwo\nthree\n"));
  assert.equal(pipe.discardedRows, 1);
});

Deno.test("ResultFile waits for a full disk until it is given up, and then leaves whole rows", async () => {
  const full = Object.assign(new Error("No space"), { code: "ENOSPC" });
  class Disk extends FakeSink {
    roomBytes = 6;
    override write(part: Uint8Array): Promise<number> {
      if (this.roomBytes === 0) return Promise.reject(full);
      const taken = part.subarray(0, this.roomBytes);
      this.roomBytes -= taken.length;
      this.text += new TextDecoder().decode(taken);
      return Promise.resolve(taken.length);
    }
    truncate(lengthBytes: number): Promise<void> {
      this.text = this.text.slice(0, lengthBytes);
      return Promise.resolve();
    }
  }
  const disk = new Disk();
  let tries = 0;
  const patient = new PatientWriter(disk, () => {
    if (++tries === 3) disk.roomBytes = 4;
    if (tries === 5) file.abandon("too long");
    return Promise.resolve();
  });
  const file = new ResultFile(disk, NAME, patient);
  const first = file.write(bytes("one\ntwo\n"));
  await first;
  assert.equal(disk.text, "one\ntwo\n");
  assert.equal(file.shortage, null);
  const synced = file.write(bytes("three\n")).then(() => file.sync());
  file.write(bytes("four\n"));
  assert.ok(!await synced);
  // Of the third row, two bytes had found room.
  assert.equal(disk.text, "one\ntwo\n");
  assert.deepEqual([file.status, file.failure], ["failed", full]);
  assert.deepEqual([file.writtenBytes, file.pendingBytes], [8, 0]);
  assert.equal(file.discardedRows, 2);
});

Deno.test("ResultFile.write() after close counts the bytes as discarded", async () => {
  const file = new ResultFile(new FakeSink(), NAME);
  await file.close();
  await file.write(bytes("late"));
  assert.equal(file.discardedBytes, 4);
  assert.equal(file.writtenBytes, 0);
});

Deno.test("ResultFile.abandon() waits no longer, and counts what was not taken", async () => {
  const sink = new FakeSink();
  const stuck = Promise.withResolvers<number>();
  const write = sink.write.bind(sink);
  sink.write = (part) => sink.text.length < 9 ? write(part) : stuck.promise;
  const file = new ResultFile(sink, NAME);
  const writes = [
    file.write(bytes("one\ntwo\nthree\nfour\n")),
    file.write(bytes("five\n")),
  ];
  while (file.writtenBytes < 9) await Promise.resolve();
  file.abandon("it took nothing");
  file.abandon("once more");
  await Promise.all(writes);
  assert.equal(file.status, "failed");
  assert.match(String(file.failure), /it took nothing/);
  assert.equal(file.discardedRows, 3);
  assert.equal(file.discardedBytes, 15);
  assert.equal(file.pendingBytes, 0);
  await file.write(bytes("six\n"));
  assert.equal(file.lostRows, 4);
  assert.ok(!file.isBusy);
  await file.close();
  assert.equal(sink.closeCount, 1);
});

Deno.test("ResultFile.inspect() tells a file that somebody else has cut, again and again", async () => {
  class CutSink extends FakeSink {
    isDeleted = false;
    inspect(): Promise<SinkFacts> {
      const { isDeleted, text } = this;
      return Promise.resolve({
        lengthBytes: text.length,
        isDeleted,
        isMoved: false,
      });
    }
  }
  const sink = new CutSink();
  const file = new ResultFile(sink, NAME);
  await file.write(bytes("one\ntwo\nsix\n"));
  await file.inspect();
  assert.equal(file.missingBytes, 0);
  sink.text = "";
  await file.write(bytes("ten\n"));
  await file.inspect();
  assert.equal(file.missingBytes, 12);
  assert.equal(file.lostRows, 3);
  await file.inspect();
  assert.equal(file.missingBytes, 12);
  sink.text = "";
  await file.close();
  assert.equal(file.missingBytes, 16);
  assert.equal(file.lostRows, 4);
  const deleted = new CutSink();
  deleted.isDeleted = true;
  const other = new ResultFile(deleted, NAME);
  await other.close();
  assert.equal(other.lostRows, Infinity);
});

Deno.test("ResultFile.close() counts what a reader left in the pipe", async () => {
  const sink: ByteSink = Object.assign(new FakeSink(), {
    unreadBytes: () => 8,
  });
  const file = new ResultFile(sink, NAME);
  await file.write(bytes("one\ntwo\nsix\n"));
  await file.close();
  assert.equal(file.status, "reader-gone");
  assert.equal(file.writtenBytes, 4);
  assert.equal(file.discardedRows, 2);
});

Deno.test("ResultFile.write() of two files to one place does not tear their rows", async () => {
  let turn = Promise.resolve();
  const sink = new FakeSink();
  const shared: ByteSink = Object.assign(sink, {
    hold: async () => {
      const before = turn;
      const next = Promise.withResolvers<void>();
      turn = next.promise;
      await before;
      return next.resolve;
    },
  });
  const files = [new ResultFile(shared, NAME), new ResultFile(shared, NAME)];
  await Promise.all([
    files[0]!.write(bytes("a long row of the first\n")),
    files[1]!.write(bytes("a long row of the second\n")),
    files[0]!.writePieces([bytes("in "), bytes("pieces\n")]),
    files[1]!.write(bytes("last\n")),
  ]);
  assert.deepEqual(sink.text.trim().split("\n").sort(), [
    "a long row of the first",
    "a long row of the second",
    "in pieces",
    "last",
  ]);
});

Deno.test("ResultFile.open() empties the file", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "old content, longer than the new one");
    const file = await ResultFile.open(path, OPTIONS);
    await file.write(bytes("new\n"));
    await file.close();
    assert.equal(await Deno.readTextFile(path), "new\n");
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("ResultFile.open() refuses a directory and a path that does not exist", async () => {
  const directory = await Deno.makeTempDir();
  try {
    for (const path of [directory, `${directory}/missing/file`]) {
      await assert.rejects(ResultFile.open(path, OPTIONS), (error) => {
        assert.ok(error instanceof ConfigError);
        assert.equal(error.option, "--output-file");
        assert.ok(error.message.includes(path));
        return true;
      });
    }
  } finally {
    await Deno.remove(directory);
  }
});

Deno.test("ResultFile.open() keeps the beginning that it is told to, also when a later write fails", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "head\nkept\ntorn ro");
    const file = await ResultFile.open(path, { ...OPTIONS, keptBytes: 10 });
    await file.write(bytes("new\n"));
    assert.ok(await file.sync());
    await file.inspect();
    assert.deepEqual([file.writtenBytes, file.missingBytes], [4, 0]);
    await Deno.truncate(path, 12);
    await file.inspect();
    assert.equal(file.missingBytes, 2);
    await file.close();
    assert.equal(await Deno.readTextFile(path), "head\nkept\nne");
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("ResultFile.sync() waits for what was written before, and tells when it is not on the disk", async () => {
  const synced: string[] = [];
  class SyncedSink extends FakeSink {
    isBroken = false;
    async sync(): Promise<void> {
      await Promise.resolve();
      if (this.isBroken) throw new Error("I/O error");
      synced.push(this.text);
    }
  }
  const sink = new SyncedSink(12, new Error("disk full"));
  const file = new ResultFile(sink, NAME);
  file.write(bytes("row one\n"));
  assert.ok(await file.sync());
  assert.deepEqual(synced, ["row one\n"]);
  sink.isBroken = true;
  assert.ok(!await file.sync());
  assert.equal(file.status, "open");
  sink.sync = () =>
    Promise.reject(Object.assign(new Error("I/O error"), { code: "EIO" }));
  const lost = new ResultFile(sink, NAME);
  assert.ok(!await lost.sync());
  assert.equal(lost.status, "failed");
  file.write(bytes("row two\n"));
  assert.ok(!await file.sync());
  assert.equal(file.status, "failed");
  assert.ok(await new ResultFile(new FakeSink(), NAME).sync());
});
