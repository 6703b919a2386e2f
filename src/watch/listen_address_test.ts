import assert from "node:assert/strict";
import {
  allowedHosts,
  formatListenAddress,
  isAddressOfPort,
  isLocal,
  parseListenAddress,
} from "./listen_address.ts";

Deno.test("parseListenAddress() reads addresses, ports and paths", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["127.0.0.1:0", "http://127.0.0.1:0/", true],
    ["8080", "http://127.0.0.1:8080/", true],
    ["localhost:8080", "http://127.0.0.1:8080/", true],
    ["[::1]:65535", "http://[::1]:65535/", true],
    ["192.0.2.1:80", "http://192.0.2.1:80/", false],
    ["0.0.0.0:80", "http://0.0.0.0:80/", false],
    ["[2001:DB8::1]:80", "http://[2001:db8::1]:80/", false],
    ["unix:/run/pacemap.sock", "unix:/run/pacemap.sock", true],
  ];
  for (const [text, formatted, local] of cases) {
    const address = parseListenAddress(text);
    assert.equal(formatListenAddress(address), formatted);
    assert.equal(isLocal(address), local, text);
  }
});

Deno.test("parseListenAddress() refuses what is none", () => {
  for (
    const text of [
      ...["", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80"],
      ...["[::1]", "[::g]:80", "256.0.0.1:80", "1.2.3:80", "example.org:80"],
      ...["127.0.0.1:8 0", "127.0.0.1:+80", "unix:", "unix:relative"],
      ...[`unix:/${"a".repeat(107)}`, "1.2.3.4.:80", "a:b:80"],
    ]
  ) assert.throws(() => parseListenAddress(text), SyntaxError, text);
});

Deno.test("allowedHosts() has the address and loopback's names, with this port alone", () => {
  const hosts = allowedHosts(parseListenAddress("192.0.2.1:8080"));
  assert.deepEqual([...hosts].sort(), [
    "127.0.0.1:8080",
    "192.0.2.1:8080",
    "[::1]:8080",
    "localhost:8080",
  ]);
  assert.ok(allowedHosts(parseListenAddress("80")).has("localhost"));
  assert.ok(allowedHosts(parseListenAddress("unix:/a")).has("localhost"));
});

Deno.test("isAddressOfPort() takes addresses, and no names that look like one", () => {
  assert.ok(isAddressOfPort("192.0.2.1:8080", 8080));
  assert.ok(isAddressOfPort("[2001:db8::1]:8080", 8080));
  for (
    const host of [
      ...["192.0.2.1:80", "192.0.2.1", "evil.example:8080", "1.2.3:8080"],
      ...["0x7f000001:8080", "192.0.2.1.nip.io:8080", "[::g]:8080"],
    ]
  ) assert.ok(!isAddressOfPort(host, 8080), host);
});
