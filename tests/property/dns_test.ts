import assert from "node:assert/strict";
import fc from "fast-check";
import {
  DNS_TYPES,
  dnsAnswerDigest,
  type DnsMessage,
  makeDnsQuery,
  maxDnsTextBytes,
  parseDnsMessage,
} from "../../src/wire/mod.ts";
import { anyHostileRecords } from "../fixtures/hostile_dns.ts";
import { viewOf } from "../fixtures/probe_scene.ts";

const label = fc.stringMatching(/^[a-z0-9-]{1,20}$/);
const name = fc.array(label, { minLength: 1, maxLength: 6 })
  .map((labels) => labels.join("."));
const byte = fc.integer({ min: 0, max: 255 });
/** Bytes that are likely to look like lengths, pointers and counts. */
const trickyByte = fc.oneof(
  byte,
  fc.constantFrom(0, 1, 2, 12, 0x3f, 0x40, 0xc0, 0xc0, 0xff),
);
const count = fc.constantFrom(0, 1, 2, 200, 0xffff);

Deno.test("parseDnsMessage() and dnsAnswerDigest() throw for no bytes, whatever they claim, and look behind no end", () => {
  const bytes = fc.tuple(
    fc.tuple(count, count, count, count),
    fc.array(trickyByte, { maxLength: 200 }),
    fc.array(trickyByte, { minLength: 20, maxLength: 20 }),
  );
  fc.assert(
    fc.property(bytes, ([counts, rest, behind]) => {
      const head = [0, 0, 0x80, 0, ...counts.flatMap((n) => [n >> 8, n & 255])];
      const message = Uint8Array.of(...head, ...rest);
      const longer = Uint8Array.of(...message, ...behind);
      for (let end = 0; end <= message.length; end += 7) {
        const alone = parseDnsMessage(viewOf(message), 0, end);
        assert.deepEqual(parseDnsMessage(viewOf(longer), 0, end), alone);
        assert.equal(
          dnsAnswerDigest(viewOf(longer), 0, end),
          dnsAnswerDigest(viewOf(message.slice(0, end)), 0, end),
        );
        if (alone === null) continue;
        assert.ok(alone.unconsumedBytes >= 0);
        const parts = alone.questions.length + alone.records.flat().length;
        assert.ok(parts * 5 <= end - 12 - alone.unconsumedBytes);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("parseDnsMessage() reads back what makeDnsQuery() writes", () => {
  const type = fc.constantFrom(...Object.values(DNS_TYPES));
  fc.assert(
    fc.property(name, type, fc.boolean(), (asked, type, isRecursive) => {
      const query = makeDnsQuery({
        name: asked,
        type,
        isRecursionDesired: isRecursive,
      });
      const message = parseDnsMessage(viewOf(query), 0, query.length);
      assert.deepEqual(message?.questions, [{ name: asked, type, class: 1 }]);
      assert.equal(message.flags, isRecursive ? 0x0100 : 0);
      assert.equal(message.isWhole, true);
      assert.equal(message.unconsumedBytes, 0);
    }),
  );
});

/** Names, in questions, records and data, and text of data. */
function textUnits({ questions, records }: DnsMessage): number {
  let units = 0;
  for (const { name } of questions) units += name.length;
  for (const { data, name } of records.flat()) {
    units += name.length + (typeof data === "string" ? data.length : 0);
  }
  return units;
}

Deno.test("parseDnsMessage() bounds the text of hostile messages by their bytes", () => {
  let limited = 0;
  fc.assert(
    fc.property(anyHostileRecords, (records) => {
      const head = [0, 0, 0x80, 0, 0, 0, 1, 0, 1, 0, 1, 0];
      const bytes = Uint8Array.of(...head, ...records(head.length));
      const most = maxDnsTextBytes(bytes.length);
      assert.ok(most <= 4 * bytes.length + 1024);
      const message = parseDnsMessage(viewOf(bytes), 0, bytes.length)!;
      // Data that is no name takes at most 39 characters: an IPv6 address.
      const text = textUnits(message) - 39 * message.records.flat().length;
      assert.ok(text <= most);
      assert.equal(message.isWhole, false);
      assert.ok(message.unconsumedBytes >= 0);
      if (textUnits(message) > most - 2 * 512) limited++;
    }),
    { numRuns: 1000 },
  );
  assert.ok(limited >= 20, `Only ${limited} messages reach the limit`);
});
