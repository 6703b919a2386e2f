import assert from "node:assert/strict";
import {
  formatIpv6,
  formatIpv6At,
  formatIpv6Words,
  ipv6OfWords,
  parseIpv6,
  parseIpv6Words,
  storeIpv6,
} from "./ipv6.ts";

/** Groups in full, and their text by RFC 5952. */
const ADDRESSES = {
  "0000:0000:0000:0000:0000:0000:0000:0000": "::",
  "0000:0000:0000:0000:0000:0000:0000:0001": "::1",
  "2001:0db8:0000:0000:0000:0000:0002:0001": "2001:db8::2:1",
  "2001:0db8:0000:0001:0001:0001:0001:0001": "2001:db8:0:1:1:1:1:1",
  "2001:0000:0000:0001:0000:0000:0000:0001": "2001:0:0:1::1",
  "2001:0db8:0000:0000:0001:0000:0000:0001": "2001:db8::1:0:0:1",
  "fe80:0000:0000:0000:0000:0000:0000:0000": "fe80::",
  "0000:0000:0001:0000:0000:0000:0000:0000": "0:0:1::",
  "ABCD:0001:0002:0003:0004:0005:0006:0007": "abcd:1:2:3:4:5:6:7",
  "0000:0000:0000:0000:0000:ffff:c000:0201": "::ffff:192.0.2.1",
  "0000:0000:0000:0000:0000:0000:c000:0201": "::c000:201",
};

for (const [groups, text] of Object.entries(ADDRESSES)) {
  Deno.test(`formatIpv6() writes ${groups} in the canonical form`, () => {
    const address = BigInt(`0x${groups.replaceAll(":", "")}`);
    assert.equal(formatIpv6(address), text);
    assert.equal(parseIpv6(groups), address);
    assert.equal(parseIpv6(text), address);
    const words = new Uint32Array(6);
    storeIpv6(address, words, 1);
    assert.equal(formatIpv6Words(words, 1), text);
    assert.equal(ipv6OfWords(words, 1), address);
    const view = new DataView(new ArrayBuffer(18));
    for (let i = 0; i < 4; i++) view.setUint32(2 + 4 * i, words[1 + i]!);
    assert.equal(formatIpv6At(view, 2), text);
  });
}

for (
  const [text, address] of [
    [
      "2001:DB8:0:0:8:800:200C:417A",
      0x2001_0db8_0000_0000_0008_0800_200c_417an,
    ],
    ["FF01::101", 0xff01_0000_0000_0000_0000_0000_0000_0101n],
    ["::13.1.68.3", 0x0d01_4403n],
    ["::FFFF:129.144.52.38", 0xffff_8190_3426n],
    ["1:2:3:4:5:6:7::", 0x0001_0002_0003_0004_0005_0006_0007_0000n],
    ["::2:3:4:5:6:7:8", 0x0002_0003_0004_0005_0006_0007_0008n],
    ["1::3:4:5:6:7:8", 0x0001_0000_0003_0004_0005_0006_0007_0008n],
    ["1:2:3:4:5:6:1.2.3.4", 0x0001_0002_0003_0004_0005_0006_0102_0304n],
    ["1:2:3:4:5::1.2.3.4", 0x0001_0002_0003_0004_0005_0000_0102_0304n],
    ["0000::00ff", 0xffn],
  ] as const
) {
  Deno.test(`parseIpv6() reads ${text}`, () => {
    assert.equal(parseIpv6(text), address);
    const words = new Uint32Array(4);
    assert.ok(parseIpv6Words(text, words, 0));
    assert.equal(ipv6OfWords(words, 0), address);
  });
}

for (
  const text of [
    "",
    ":",
    ":::",
    "1",
    "1:",
    ":1",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:",
    "1:2:3:4:5:6:7:8:",
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8",
    "1:2:3:4::5:6:7:8",
    "1:2:3:4:5:6:7:8:9",
    "12345::",
    "::00001",
    "::g",
    "::1.2.3",
    "::1.2.3.4.5",
    "::1.2.3.04",
    "::1.2.3.256",
    "::1.2.3.4:5",
    "1:2:3:4:5:6:7:1.2.3.4",
    "1:2:3:4:5:6::1.2.3.4",
    "1.2.3.4",
    "::1%eth0",
    "[::1]",
    " ::1",
    "::1 ",
    "::１",
    "::1\0",
  ]
) {
  Deno.test(`parseIpv6() refuses ${JSON.stringify(text)}`, () => {
    assert.equal(parseIpv6(text), null);
    assert.ok(!parseIpv6Words(text, new Uint32Array(4), 0));
  });
}
