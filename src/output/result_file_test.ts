import assert from "node:assert/strict";
import { ConfigError } from "../base/mod.ts";
import type { ByteSink } from "./byte_sink.ts";
import { ResultFile } from "./result_file.ts";

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

Deno.test("ResultFile.write() after close counts the bytes as discarded", async () => {
  const file = new ResultFile(new FakeSink(), NAME);
  await file.close();
  await file.write(bytes("late"));
  assert.equal(file.discardedBytes, 4);
  assert.equal(file.writtenBytes, 0);
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
