import assert from "node:assert/strict";
import { makeDnsQuery } from "./dns.ts";
import { type DnsMessage, parseDnsMessage } from "./dns_message.ts";
import { maxDnsTextBytes } from "./dns_name.ts";

function viewOf(hex: string): DataView {
  const pairs = hex.replace(/\s/g, "").match(/../g) ?? [];
  return new DataView(
    Uint8Array.from(pairs, (pair) => parseInt(pair, 16)).buffer,
  );
}

/** The data of the only record of a message, whose type and data are given in hexadecimal. */
function dataOf(type: string, data: string): string | Uint8Array {
  const length = viewOf(data).byteLength.toString(16).padStart(4, "0");
  const view = viewOf(
    `0000 8000 0000 0001 0000 0000 03 6e6574 00 ${type} 0001 00000001 ${length} ${data}`,
  );
  const message = parseDnsMessage(view, 0, view.byteLength);
  assert.equal(message?.isWhole, true);
  assert.equal(message.unconsumedBytes, 0);
  return message.records[0][0]!.data;
}

Deno.test("parseDnsMessage() reads the data of types that it knows", () => {
  assert.equal(dataOf("0001", "c0000201"), "192.0.2.1");
  assert.equal(
    dataOf("001c", "20010db8000000000000000000000001"),
    "2001:db8::1",
  );
  assert.equal(dataOf("0002", "026e73c00c"), "ns.net");
  assert.equal(dataOf("0005", "c00c"), "net");
  assert.equal(dataOf("000f", "000a 026d78c00c"), "10 mx.net");
  assert.equal(dataOf("0010", "03616263"), "abc");
  assert.equal(dataOf("0010", "00"), "");
  assert.equal(dataOf("0010", "02ff61"), "\ufffda");
});

Deno.test("parseDnsMessage() leaves data of another form as bytes", () => {
  const cases = [
    ["0001", "c00002"],
    ["0001", "c000020100"],
    ["001c", "c0000201"],
    ["0002", "026e73"],
    ["0002", "026e7300ff"],
    ["0002", "c0ff"],
    ["0005", ""],
    ["000f", "00"],
    ["000f", "000a"],
    ["000f", "000a 026d78c0"],
    ["0010", ""],
    ["0010", "0361"],
    ["0010", "0161 0162"],
    ["0010", "ff"],
    ["000c", "026e7300"],
    ["0006", "c00c"],
    ["0029", "00"],
  ] as const;
  for (const [type, data] of cases) {
    const bytes = new Uint8Array(viewOf(data).buffer);
    assert.deepEqual(dataOf(type, data), bytes, `${type} ${data}`);
  }
});

Deno.test("parseDnsMessage() reads what is whole of a message that is cut off", () => {
  const whole = viewOf(
    `1234 8180 0001 0001 0001 0001 03 6e6574 00 0001 0001
     c00c 0001 0001 00000001 0004 c0000201
     c00c 0002 0001 00000001 0002 c00c
     c00c 0010 0001 00000001 0002 0161`,
  );
  const ends = [12, 21, 37, 51, 65];
  for (let length = 0; length <= whole.byteLength; length++) {
    const message = parseDnsMessage(whole, 0, length);
    if (length < 12) {
      assert.equal(message, null);
      continue;
    }
    const parts = message!.questions.length + message!.records.flat().length;
    assert.equal(parts, ends.filter((end) => end <= length).length - 1);
    assert.equal(message!.isWhole, length === whole.byteLength);
    assert.equal(message!.unconsumedBytes, length - ends[parts]!);
    assert.equal(message!.id, 0x1234);
  }
});

Deno.test("parseDnsMessage() stops where counts lie", () => {
  const view = viewOf("0000 8000 ffff ffff ffff ffff 00 0001 0001");
  const message = parseDnsMessage(view, 0, view.byteLength);
  assert.deepEqual(message?.counts, [65535, 65535, 65535, 65535]);
  assert.equal(message.questions.length, 1);
  assert.equal(message.isWhole, false);
  assert.deepEqual(message.records, [[], [], []]);
});

Deno.test("parseDnsMessage() leaves bytes behind the last record", () => {
  const view = viewOf("0000 8000 0000 0000 0000 0000 ffff");
  const message = parseDnsMessage(view, 0, view.byteLength);
  assert.equal(message?.isWhole, true);
  assert.equal(message.unconsumedBytes, 2);
});

/** Thirteen name servers of a zone, each name of which but the first label is a pointer to the question. */
function nameServers(zone: string): Uint8Array {
  const query = makeDnsQuery({ name: zone, type: 2, isRecursionDesired: true });
  const records = Array.from({ length: 13 }, (_, i) => [
    ...[0xc0, 12, 0, 2, 0, 1, 0, 0, 0, 60, 0, 6],
    ...[3, 0x6e, 0x73, 0x61 + i, 0xc0, 12],
  ]);
  const message = Uint8Array.of(...query, ...records.flat());
  message[7] = records.length;
  return message;
}

Deno.test("parseDnsMessage() reads thirteen name servers with long names to the end", () => {
  const zone = "a-zone-whose-name-is-long.and-has-a-second-label.example.org";
  assert.equal(zone.length, 60);
  const bytes = nameServers(zone);
  assert.equal(bytes.length, 312);
  const message = parseDnsMessage(new DataView(bytes.buffer), 0, bytes.length)!;
  assert.equal(message.isWhole, true);
  assert.equal(message.unconsumedBytes, 0);
  assert.deepEqual(
    message.records[0].map(({ name, data }) => [name, data]),
    Array.from("abcdefghijklm", (letter) => [zone, `ns${letter}.${zone}`]),
  );
  assert.equal(textBytes(message), 1672);
  assert.equal(maxDnsTextBytes(bytes.length), 2272);
});

Deno.test("parseDnsMessage() stops before the record with which names take too much text", () => {
  const label = "3f" + "01".repeat(63);
  const long = `${label.repeat(8)}00`;
  // 511 bytes of text at offset 12; each record of 14 bytes points to it twice.
  const record = "c00c 0002 0001 00000001 0002 c00c";
  const view = viewOf(
    `0000 8000 0001 0040 0000 0000 ${long} 0001 0001 ${record.repeat(64)}`,
  );
  const message = parseDnsMessage(view, 0, view.byteLength)!;
  const most = maxDnsTextBytes(view.byteLength);
  const read = Math.floor((most - 511) / (2 * 511));
  assert.equal(message.records[0].length, read);
  assert.equal(message.isWhole, false);
  assert.equal(message.unconsumedBytes, 14 * (64 - read));
  assert.equal(textBytes(message), 511 + read * 2 * 511);
});

Deno.test("parseDnsMessage() charges data that is no name, too", () => {
  const long = `${("3f" + "61".repeat(63)).repeat(8)}00`;
  // The data goes on behind its name, so it is reported as bytes.
  const record = "00 0002 0001 00000001 0003 c00c00";
  const view = viewOf(
    `0000 8000 0001 00ff 0000 0000 ${long} 0001 0001 ${record.repeat(255)}`,
  );
  const message = parseDnsMessage(view, 0, view.byteLength)!;
  const read = Math.floor((maxDnsTextBytes(view.byteLength) - 511) / 511);
  assert.ok(read < 255);
  assert.equal(message.records[0].length, read);
  assert.deepEqual(message.records[0][0]!.data, Uint8Array.of(0xc0, 12, 0));
  assert.equal(message.isWhole, false);
});

/** Bytes of ASCII text in names, and in data that is text. */
function textBytes({ questions, records }: DnsMessage): number {
  const texts = [
    ...questions.map(({ name }) => name),
    ...records.flat().flatMap(({ name, data }) =>
      typeof data === "string" ? [name, data] : [name]
    ),
  ];
  return texts.join("").length;
}
