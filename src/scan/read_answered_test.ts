import assert from "node:assert/strict";
import {
  type CheckpointFile,
  JOURNAL_ENTRY_BYTES,
  JournalBuffer,
  type JournalEntry,
} from "../checkpoint/mod.ts";
import { AnsweredFlag } from "../receive/answered_before.ts";
import type { ScanConfig } from "./config.ts";
import { readAnswered } from "./read_answered.ts";

type Config = Pick<ScanConfig, "dedup" | "targets">;
type Held = Parameters<typeof readAnswered>[0];

const targets = { ipv4: {}, ipv6: null } as unknown as Config["targets"];

/** A checkpoint with the journal `bytes`, which notes what of it is read. */
function heldWith(
  bytes: Uint8Array<ArrayBuffer>,
  reads: [number, number][] = [],
): Held {
  const file = {
    path: "/scan.pacemap",
    readJournal: (from: number, end: number) => {
      reads.push([from, end]);
      return Promise.resolve(bytes.slice(
        from * JOURNAL_ENTRY_BYTES,
        end * JOURNAL_ENTRY_BYTES,
      ));
    },
  } as unknown as CheckpointFile;
  const journalEntries = bytes.length / JOURNAL_ENTRY_BYTES;
  return { file, state: { journalEntries } as Held["state"] };
}

function journalOf(
  count: number,
  entryAt: (index: number) => Partial<JournalEntry>,
): Uint8Array<ArrayBuffer> {
  const journal = new JournalBuffer();
  for (let index = 0; index < count; index++) {
    const entry = { second: 80, isFailure: false, isIpv6: false };
    journal.add({ ...entry, first: index, ...entryAt(index) });
  }
  return journal.since(0);
}

Deno.test("readAnswered() gives all answers in their order", async () => {
  const count = 300_000;
  const bytes = journalOf(count, (index) => ({ isFailure: index % 3 === 0 }));
  const dedup = { method: "full" } as const;
  const answered = await readAnswered(heldWith(bytes), { dedup, targets });
  assert.equal(answered.length, 2 * count);
  assert.ok(answered.buffer instanceof SharedArrayBuffer);
  for (let index = 0; index < count; index++) {
    const flags = index % 3 === 0 ? AnsweredFlag.failure : 0;
    const isEqual = answered[2 * index] === index &&
      answered[2 * index + 1] === (80 | flags);
    if (!isEqual) assert.fail(`entry ${index}`);
  }
});

Deno.test("readAnswered() reads from the end what a window still knows, and no more", async () => {
  const count = 1_000_000;
  // Successes are rare, but for the last ones.
  const bytes = journalOf(count, (index) => ({
    isFailure: index < 700_000 && index !== 5,
  }));
  const reads: [number, number][] = [];
  const dedup = { method: "window", size: 1000 } as const;
  const answered = await readAnswered(heldWith(bytes, reads), {
    dedup,
    targets,
  });
  assert.deepEqual(reads[0], [count - 131_072, count]);
  assert.ok(reads.at(-1)![0] > 0);
  const words = answered.filter((_, index) => index % 2 === 0);
  assert.equal(words.at(-1), count - 1);
  assert.ok(words.every((word, at) => at === 0 || word > words[at - 1]!));
  // Whole pieces, of both kinds.
  const failures = answered.filter((_, index) =>
    index % 2 === 1 && (answered[index]! & AnsweredFlag.failure) !== 0
  );
  assert.ok(failures.length >= 1000 && failures.length <= 132_072);
  assert.ok(words.length - failures.length <= 132_072);
});

Deno.test("readAnswered() names the entry that is damaged, if it is needed", async () => {
  const bytes = journalOf(300_000, () => ({}));
  bytes[3 * JOURNAL_ENTRY_BYTES] = 1;
  const full = { method: "full" } as const;
  await assert.rejects(
    readAnswered(heldWith(bytes), { dedup: full, targets }),
    /entry 4 of 300000/,
  );
  const dedup = { method: "window", size: 10 } as const;
  const failures = journalOf(300_000, (index) => ({
    isFailure: index % 2 === 0,
  }));
  failures[3 * JOURNAL_ENTRY_BYTES] = 1;
  await readAnswered(heldWith(failures), { dedup, targets });
});
