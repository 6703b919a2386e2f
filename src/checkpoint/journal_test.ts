import assert from "node:assert/strict";
import fc from "fast-check";
import {
  JOURNAL_ENTRY_BYTES,
  JournalBuffer,
  type JournalEntry,
  readJournal,
} from "./journal.ts";

const entry = fc.record({
  first: fc.nat(2 ** 32 - 1),
  second: fc.nat(2 ** 16 - 1),
  isFailure: fc.boolean(),
  isIpv6: fc.boolean(),
}, { noNullPrototype: true });

function entriesOf(bytes: Uint8Array, from: number): JournalEntry[] {
  const entries: JournalEntry[] = [];
  assert.equal(readJournal(bytes, from, (one) => entries.push({ ...one })), -1);
  return entries;
}

Deno.test("JournalBuffer gives back what was added, in pieces of any size", () => {
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 60 }),
      fc.nat(60),
      fc.nat(2 ** 40),
      (entries, cut, before) => {
        const journal = new JournalBuffer(before);
        for (const one of entries.slice(0, cut)) journal.add(one);
        const middle = journal.end;
        const head = journal.since(before);
        for (const one of entries.slice(cut)) journal.add(one);
        journal.drop(middle);
        const tail = journal.since(middle);
        assert.equal(journal.end, before + entries.length);
        assert.deepEqual(
          [...entriesOf(head, before), ...entriesOf(tail, middle)],
          entries,
        );
      },
    ),
  );
});

Deno.test("JournalBuffer grows beyond its first size", () => {
  const journal = new JournalBuffer();
  for (let first = 0; first < 5000; first++) {
    journal.add({ first, second: 80, isFailure: false, isIpv6: false });
  }
  const entries = entriesOf(journal.since(0), 0);
  assert.deepEqual(entries.map(({ first }) => first), [...Array(5000).keys()]);
});

Deno.test("readJournal() finds an entry that is damaged, empty or in the wrong place", () => {
  const journal = new JournalBuffer();
  for (let first = 0; first < 40; first++) {
    journal.add({ first, second: 443, isFailure: false, isIpv6: true });
  }
  const bytes = journal.since(0);
  let missed = 0;
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    const found = readJournal(damaged, 0, () => {});
    if (found === -1) missed++;
    else assert.equal(found, bit >> 6);
  }
  // One in 16,384 by design.
  assert.ok(missed <= 2, `${missed} missed`);
  assert.equal(readJournal(bytes, 1, () => {}), 1);
  assert.equal(
    readJournal(new Uint8Array(JOURNAL_ENTRY_BYTES), 7, () => {}),
    7,
  );
});
