import assert from "node:assert/strict";
import { dnsAnswerDigest } from "./dns_digest.ts";

const NAME = [3, 0x77, 0x77, 0x77, 0];
const POINTER = [0xc0, 12];
const IPV4 = [[1, 2, 3, 4], [1, 2, 3, 5]] as const;

interface Message {
  readonly flags?: readonly [number, number];
  readonly answers?: readonly (readonly number[])[];
  readonly ttl?: number;
  readonly type?: number;
  readonly owner?: readonly number[];
  readonly behind?: readonly number[];
}

function message(
  {
    answers = IPV4,
    behind = [],
    flags = [0x81, 0x80],
    owner = POINTER,
    ttl = 60,
    type = 1,
  }: Message = {},
): DataView {
  const records = answers.flatMap((data) => [
    ...[...owner, 0, type, 0, 1, 0, 0, 0, ttl, 0, data.length, ...data],
  ]);
  const counts = [0, 1, 0, answers.length, 0, 0, 0, behind.length > 0 ? 1 : 0];
  const bytes = Uint8Array.of(
    ...[0x12, 0x34, ...flags, ...counts, ...NAME, 0, 1, 0, 1],
    ...records,
    ...behind,
  );
  return new DataView(bytes.buffer);
}

function digest(changes: Message = {}): number {
  const view = message(changes);
  return dnsAnswerDigest(view, 0, view.byteLength);
}

Deno.test("dnsAnswerDigest() depends on response code and answers", () => {
  const all = [
    digest(),
    digest({ flags: [0x81, 0x83] }),
    digest({ answers: [] }),
    digest({ answers: IPV4.slice(1) }),
    digest({ answers: [[1, 2, 3, 4], [1, 2, 3, 6]] }),
    digest({ type: 16 }),
    digest({ answers: [[1, 2, 3, 4], [1, 2, 3, 5], [1, 2, 3, 5]] }),
  ];
  assert.equal(new Set(all).size, all.length);
});

Deno.test("dnsAnswerDigest() ignores order, times to live, spelling of owners and other sections", () => {
  const same = [
    { answers: IPV4.toReversed() },
    { ttl: 59 },
    { owner: NAME },
    { behind: [0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0] },
    { flags: [0x85, 0x80] },
  ] as const;
  for (const changes of same) assert.equal(digest(changes), digest());
});

Deno.test("dnsAnswerDigest() reads nothing behind the end, however messages break off", () => {
  const view = message();
  const longer = new Uint8Array(view.byteLength + 50).fill(0xa5);
  longer.set(new Uint8Array(view.buffer));
  const longerView = new DataView(longer.buffer);
  for (let end = 0; end <= view.byteLength; end++) {
    const alone = new DataView(view.buffer.slice(0, end));
    assert.equal(
      dnsAnswerDigest(longerView, 0, end),
      dnsAnswerDigest(alone, 0, end),
    );
  }
});
