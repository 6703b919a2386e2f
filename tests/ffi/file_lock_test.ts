import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { FileLock } from "../../ffi/file_lock.ts";
import { ErrnoError } from "../../ffi/errno.ts";
import { countOpenFds } from "./open_fds.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

Deno.test("FileLock has one holder at a time, whatever the path to the file, and leaves no descriptor", async () => {
  const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
  try {
    const path = `${directory}/file`;
    await Deno.writeTextFile(path, "");
    await Deno.link(path, `${directory}/other-name`);
    const before = countOpenFds();
    {
      using lock = FileLock.take(path);
      assert.ok(lock !== null);
      assert.equal(FileLock.take(path), null);
      assert.equal(FileLock.take(`${directory}/other-name`), null);
    }
    const again = FileLock.take(path);
    assert.ok(again !== null);
    again[Symbol.dispose]();
    again[Symbol.dispose]();
    assert.equal(countOpenFds(), before);
    assert.throws(() => FileLock.take(`${directory}/none`), ErrnoError);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
