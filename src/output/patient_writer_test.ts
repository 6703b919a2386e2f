import assert from "node:assert/strict";
import { isDataLost } from "./out_of_space.ts";
import { PatientWriter } from "./patient_writer.ts";

function errorWith(code: string): Error {
  return Object.assign(new Error(code), { code });
}

Deno.test("PatientWriter.write() takes nothing while the disk is full, and continues with the next byte", async () => {
  let roomBytes = 4;
  let text = "";
  let rests = 0;
  const full = errorWith("ENOSPC");
  const writer = new PatientWriter({
    write: (bytes) => {
      if (roomBytes === 0) return Promise.reject(full);
      const part = bytes.subarray(0, roomBytes);
      roomBytes -= part.length;
      text += new TextDecoder().decode(part);
      return Promise.resolve(part.length);
    },
  }, () => {
    if (++rests === 3) roomBytes = 100;
    return Promise.resolve();
  });
  const bytes = new TextEncoder().encode("one row\n");
  let at = 0;
  const taken: number[] = [];
  const shortages: unknown[] = [];
  while (at < bytes.length) {
    const length = await writer.write(bytes.subarray(at));
    at += length;
    taken.push(length);
    shortages.push(writer.shortage);
  }
  assert.equal(text, "one row\n");
  assert.deepEqual(taken, [4, 0, 0, 0, 4]);
  assert.deepEqual(shortages, [null, full, full, full, null]);
});

Deno.test("PatientWriter.write() waits for a quota, and for no other error", async () => {
  for (const code of ["EDQUOT", "EIO", "EFBIG", "EROFS"]) {
    const error = errorWith(code);
    const rest = (): Promise<void> => Promise.resolve();
    const sink = { write: () => Promise.reject(error) };
    const writer = new PatientWriter(sink, rest);
    if (code === "EDQUOT") {
      assert.equal(await writer.write(new Uint8Array(1)), 0);
    } else await assert.rejects(writer.write(new Uint8Array(1)), error);
    assert.equal(writer.shortage, code === "EDQUOT" ? error : null);
  }
});

Deno.test("isDataLost() of a sync that failed, but not where it is not supported", () => {
  assert.ok(isDataLost(errorWith("EIO")));
  assert.ok(isDataLost(errorWith("ENOSPC")));
  assert.ok(!isDataLost(errorWith("EINVAL")));
  assert.ok(!isDataLost("no error"));
});
