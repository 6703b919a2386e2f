import assert from "node:assert/strict";
import fc from "fast-check";
import { createRowWriter } from "../../src/output/mod.ts";
import {
  type Probe,
  type Response,
  responseColumns,
} from "../../src/probe/mod.ts";
import {
  answersTo,
  anyScene,
  play,
  type Played,
} from "../fixtures/any_answer.ts";
import {
  anyHostileRecords,
  type HostileRecords,
} from "../fixtures/hostile_dns.ts";
import {
  dataOf,
  icmpError,
  judge,
  udpAnswer,
} from "../fixtures/probe_scene.ts";

/** Whatever is not told by the bytes of the packet: names of fields, addresses, times, and some names of DNS. */
const ROW_BYTES = 8192;
/**
 * For each byte of a packet: four of text in names and one of text in data, each of which may have to be escaped
 * with six characters, 13 for what a question of five bytes is called, two for data in hexadecimal.
 */
const ROW_BYTES_PER_BYTE = 48;

/** Bytes that have to be escaped, replaced, or split as text. */
const awkwardByte = fc.constantFrom(
  0,
  1,
  0x0a,
  0x0d,
  0x22,
  0x3a,
  0x61,
  0x7f,
  0xc2,
  0xff,
);
const awkwardData = fc.array(awkwardByte, { maxLength: 1400, size: "max" });
const encoder = new TextEncoder();

function rowBytes(probe: Probe, response: Response): number {
  const columns = responseColumns(probe);
  const writer = createRowWriter({ format: "json", columns, hasHeader: false });
  writer.append(response);
  const bytes = writer.take().bytes;
  JSON.parse(new TextDecoder().decode(bytes));
  return bytes.length;
}

/** Answers with as much data as hosts like to send. */
function wordyAnswers(
  { probe, sent }: Played,
  data: readonly number[],
  records: HostileRecords,
): Uint8Array[] {
  if (probe.name === "upnp") {
    const start = encoder.encode("HTTP/1.1 200 OK\r\nserver:");
    return [udpAnswer(sent, Uint8Array.of(...start, ...data))];
  }
  if (probe.name !== "dns") {
    return [
      udpAnswer(sent, Uint8Array.from(data)),
      icmpError(sent.packet, 3, 1),
    ];
  }
  const answer = [...dataOf(sent)];
  answer.splice(2, 10, 0x80, 0, 0, 1, 1, 0, 1, 0, 1, 0);
  return [records(answer.length), data].map((rest) =>
    udpAnswer(sent, Uint8Array.of(...answer, ...rest))
  );
}

Deno.test("rows take memory in proportion to the packet, whatever a host answers", () => {
  let large = 0;
  fc.assert(
    fc.property(
      anyScene,
      awkwardData,
      anyHostileRecords,
      (scene, data, records) => {
        const played = play(scene);
        const packets = [
          ...answersTo(played).map(({ packet }) => packet),
          ...wordyAnswers(played, data, records),
        ];
        for (const packet of packets) {
          const { response } = judge(played.probe, packet);
          const bytes = rowBytes(played.probe, response);
          assert.ok(bytes <= ROW_BYTES_PER_BYTE * packet.length + ROW_BYTES);
          if (bytes > ROW_BYTES) large++;
        }
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(large > 0);
});
