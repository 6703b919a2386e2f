import assert from "node:assert/strict";
import { AnswerDigests, DIGEST_CAPACITY } from "./answer_digests.ts";

Deno.test("AnswerDigests.differs() compares answers with the first to the same probe", () => {
  const digests = new AnswerDigests(7);
  assert.equal(digests.differs(1, 53, 0, 10), false);
  assert.equal(digests.differs(1, 53, 0, 10), false);
  assert.equal(digests.differs(1, 53, 0, 0), true);
  // It is still the first that counts.
  assert.equal(digests.differs(1, 53, 0, 10), false);
  assert.equal(digests.differs(1, 53, 0, 0xffff_ffff), true);
  for (
    const [first, second, probe] of [[1, 53, 1], [1, 54, 0], [
      2,
      53,
      0,
    ]] as const
  ) {
    assert.equal(digests.differs(first, second, probe, 11), false);
    assert.equal(digests.differs(first, second, probe, 12), true);
  }
  assert.equal(digests.differs(0, 0, 0, 1), false);
  assert.equal(digests.differs(0, 0, 0, 0), true);
});

Deno.test("AnswerDigests.differs() forgets the oldest, and never takes one probe for another", () => {
  const digests = new AnswerDigests(7);
  const count = 2 * DIGEST_CAPACITY;
  for (let i = 0; i < count; i++) {
    if (digests.differs(i, 0xffff, 0xffff, i)) assert.fail(`${i}`);
  }
  let remembered = 0;
  for (let i = count - 1000; i < count; i++) {
    if (digests.differs(i, 0xffff, 0xffff, i ^ 1)) remembered++;
  }
  assert.ok(remembered > 900, `${remembered}`);
  assert.equal(digests.differs(0, 0xffff, 0xffff, 1), false);
});
