import assert from "node:assert/strict";
import { parseNetwork } from "./network.ts";

/** What people type, and what the message has to say of it. */
const TYPED: readonly (readonly [text: string, reason: string])[] = [
  ["192.0.2.1-20", "a range has two whole addresses: 192.0.2.1-192.0.2.20"],
  ["192.0.2.1 - 20", "a range has two whole addresses: 192.0.2.1-192.0.2.20"],
  ["192.0.2.1..192.0.2.9", "a hyphen between them: 192.0.2.1-192.0.2.9"],
  ["192.0.2.1–192.0.2.9", "a hyphen between them: 192.0.2.1-192.0.2.9"],
  ["192.0.1-3.1-20", "ranges of single octets are not read"],
  ["192.0.2.*", "* is not read; write 192.0.2.0/24"],
  ["10.*.*.*", "* is not read; write 10.0.0.0/8"],
  ["10.*.0.1", "* is not read; give prefixes or ranges"],
  [
    "192.0.2.0/24,198.51.100.0/24",
    "several targets are several words, or several lines of a list: 192.0.2.0/24 198.51.100.0/24",
  ],
  ["192.0.2.1; 192.0.2.2", "several lines of a list: 192.0.2.1 192.0.2.2"],
  ["a.example,b.example", "several lines of a list: a.example b.example"],
  ["1.2.3.4,1.2.3.5,1.2.3.6,1.2.3.7", "1.2.3.4 1.2.3.5 1.2.3.6 …"],
  ["192.0.2.1,", "give it alone: 192.0.2.1"],
  ["2001:db8::1,2001:db8::2", "several lines of a list: 2001:db8::1"],
  ["http://host.example/", "is a URL; give its host alone: host.example"],
  ["https://me@192.0.2.1:8443/x", "give its host alone: 192.0.2.1"],
  ["http://[2001:db8::1]/", "give its host alone: 2001:db8::1"],
  ["file:///tmp/list", "is a URL, and has no host"],
  ["host.example/index.html", "give the host alone: host.example"],
  ["host.example/", "give the host alone: host.example"],
  ["host:443", "ports are given apart from targets: host and -p 443"],
  ["192.0.2.1:443", "192.0.2.1 and -p 443; lists of ADDRESS:PORT are for"],
  ["192.0.2.1:", "192.0.2.1 and -p PORT"],
  ["host.example:https", "host.example and -p https"],
  ["192.0.2.0/24:80", "ports are given apart from targets: -p 80"],
  ["[2001:db8::1]", "an IPv6 address without brackets: 2001:db8::1"],
  ["[2001:db8::1]:443", "2001:db8::1 and -p 443"],
  ["host.example:443/x", "host.example and -p 443"],
  ["me@host.example", 'user before the "@"; give the host alone: host.example'],
  ['"192.0.2.1"', "give it without quotes: 192.0.2.1"],
  ["“192.0.2.1”", "give it without quotes: 192.0.2.1"],
  ["192.0.2.0\\24", "before the length of a prefix: 192.0.2.0/24"],
  [
    "fe80::1/64%eth0",
    "the interface stands before the length: fe80::1%eth0/64",
  ],
  ["192.0.2.0-192.0.2.255/24", "is a range and a prefix at once"],
  ["192.0.2.1-", "a range has two addresses, for example"],
  ["-192.0.2.1", "a range has two addresses, for example"],
  ["443", "is no address; a port is given as -p 443"],
  ["3221225985", "an address has four decimal numbers: 192.0.2.1"],
  ["0xC0000201", "an address has four decimal numbers: 192.0.2.1"],
  ["１92.0.2.1", "the character U+FF11, which is not ASCII; write 192.0.2.1"],
  [
    "192.0.2.1，192.0.2.2",
    "U+FF0C, which is not ASCII; write 192.0.2.1,192.0.2.2",
  ],
  ["192.0.2.0/2\u200b4", "U+200B, which is not ASCII; write 192.0.2.0/24"],
  ["192.0.2.1\u00a0", "U+00A0, which is not ASCII; write 192.0.2.1"],
  ["host\u2010a.example", "U+2010, which is not ASCII; write host-a.example"],
  [
    "b\u00fccher.example",
    "U+00FC, which is not ASCII; write xn--bcher-kva.example",
  ],
  ["1\x009\x002\x00.\x00", "as UTF-16 has; save the list as UTF-8"],
];

for (const [text, reason] of TYPED) {
  Deno.test(`parseNetwork() says what is meant by ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseNetwork(text), (error: Error) => {
      assert.ok(error.message.includes(reason), error.message);
      assert.ok(error.message.includes(JSON.stringify(text)), error.message);
      return error instanceof SyntaxError;
    });
  });
}
