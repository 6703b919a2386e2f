import assert from "node:assert/strict";
import { headEnd, readRequestHead } from "./request_head.ts";

function status(text: string): number | "read" {
  const read = readRequestHead(text);
  return "status" in read ? read.status : "read";
}

Deno.test("readRequestHead() reads method, path and host", () => {
  assert.deepEqual(
    readRequestHead(
      "GET /api/status?x=%2e%2e#y HTTP/1.1\r\nhOST:  LocalHost:8080 \r\nAccept: */*\r\n\r\n",
    ),
    { method: "GET", path: "/api/status", host: "localhost:8080" },
  );
  assert.deepEqual(readRequestHead("HEAD / HTTP/1.0\r\n\r\n"), {
    method: "HEAD",
    path: "/",
    host: null,
  });
  const withZero = "GET / HTTP/1.1\r\nHost: [::1]:1\r\nContent-Length: 0\r\n";
  assert.equal(status(`${withZero}\r\n`), "read");
});

Deno.test("readRequestHead() refuses whatever two readers might understand in two ways", () => {
  const get = (fields: string): string =>
    `GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n`;
  const cases: readonly (readonly [string, number])[] = [
    // Smuggling: two lengths, length and chunks, a length that is none, a body at all.
    [get("Content-Length: 3\r\nContent-Length: 4"), 400],
    [get("Content-Length: 3\r\nContent-Length: 3"), 400],
    [get("Content-Length: 3, 4"), 400],
    [get("Content-Length: +3"), 400],
    [get("Content-Length: 0x3"), 400],
    [get("Content-Length: -1"), 400],
    [get("Content-Length: 3\r\nTransfer-Encoding: chunked"), 400],
    [get("Transfer-Encoding: chunked"), 400],
    [get("Transfer-Encoding: xchunked"), 400],
    [get("transfer-encoding:\tidentity"), 400],
    [get("Content-Length: 1073741824"), 413],
    [get("Expect: 100-continue"), 417],
    // Lines: bare LF, bare CR, NUL, folded ones, a space before the colon, no name.
    ["GET / HTTP/1.1\nHost: a\r\n\r\n", 400],
    [get("A: b\nContent-Length: 3"), 400],
    [get("A: b\rC: d"), 400],
    [get("A: b\0c"), 400],
    [get("A: b\r\n c"), 400],
    [get("A: b\r\n\tc"), 400],
    [get("Content-Length : 0"), 400],
    [get(": a"), 400],
    [get("a"), 400],
    [get("A: \x80"), 400],
    [get("A: \x7f"), 400],
    // Hosts.
    ["GET / HTTP/1.1\r\n\r\n", 400],
    [get("Host: b"), 400],
    ["GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400],
    // Request lines.
    ["GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    ["GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400],
    ["GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    ["\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    ["GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    ["GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    ["GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505],
    ["GET / http/1.1\r\nHost: a\r\n\r\n", 400],
    ["GET /\r\n\r\n", 400],
    ["\r\n\r\n", 400],
    [`GET /${"a".repeat(2048)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
    [get("A: b\r\n".repeat(100) + "C: d"), 431],
  ];
  for (const [text, expected] of cases) {
    assert.equal(status(text), expected, JSON.stringify(text));
  }
});

Deno.test("headEnd() finds the empty line, wherever the pieces were cut", () => {
  const bytes = new TextEncoder().encode("GET / HTTP/1.1\r\n\r\nrest");
  assert.equal(headEnd(bytes, 0), 18);
  assert.equal(headEnd(bytes.subarray(0, 17), 0), -1);
  for (let from = 0; from <= 14; from++) assert.equal(headEnd(bytes, from), 18);
  assert.equal(headEnd(bytes, 15), -1);
  assert.equal(headEnd(new Uint8Array(0), -3), -1);
});

Deno.test("readRequestHead() throws for no bytes", () => {
  let seed = 1;
  const next = (): number =>
    (seed = Math.imul(seed, 1_103_515_245) + 12_345) >>>
    16;
  const pieces = ["GET", " ", "/", "HTTP/1.1", "\r", "\n", "\r\n", ":", "\0"];
  for (let i = 0; i < 5000; i++) {
    let text = "";
    for (let n = next() % 12; n > 0; n--) {
      text += next() % 3 === 0
        ? String.fromCharCode(next() & 0xff)
        : pieces[next() % pieces.length];
    }
    assert.equal(typeof readRequestHead(`${text}\r\n\r\n`), "object");
  }
});
