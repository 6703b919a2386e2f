import assert from "node:assert/strict";
import { parseDnsMessage } from "./dns_message.ts";

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
