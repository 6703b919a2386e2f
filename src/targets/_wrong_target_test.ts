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
