import assert from "node:assert/strict";
import {
  dataOf,
  icmpError,
  judge,
  makeProbe,
  rowOf,
  send,
  udpAnswer,
} from "../../tests/fixtures/probe_scene.ts";
import { upnp } from "./upnp.ts";

const probe = makeProbe(upnp);
const sent = send(probe, { port: 1900 });
const encoder = new TextEncoder();

function answer(text: string): Record<string, unknown> {
  const { response } = judge(probe, udpAnswer(sent, encoder.encode(text)));
  return rowOf(probe, response);
}

Deno.test("upnp sends its whole query", () => {
  const query = new TextDecoder().decode(dataOf(sent));
  assert.equal(dataOf(sent).length, 97);
  assert.equal(
    query,
    'M-SEARCH * HTTP/1.1\r\nHost:239.255.255.250:1900\r\nST:upnp:rootdevice\r\nMan:"ssdp:discover"\r\nMX:3\r\n\r\n',
  );
});

Deno.test("upnp reports the header fields of an answer", () => {
  const row = answer([
    "HTTP/1.1 200 OK",
    "CACHE-CONTROL: max-age=1800",
    "date:Thu, 01 Jan 1970 00:00:00 GMT",
    "EXT:",
    "Location:  http://192.0.2.1:80/a:b.xml",
    "SERVER: Linux UPnP/1.0",
    "ST: upnp:rootdevice",
    "USN: uuid:1::upnp:rootdevice",
    "X-User-Agent: redsonic",
    "Agent: x",
    "Other: y",
    "no colon",
    "",
    "",
  ].join("\r\n"));
  assert.equal(row.classification, "upnp");
  assert.equal(row.success, true);
  assert.equal(row.cache_control, "max-age=1800");
  assert.equal(row.date, "Thu, 01 Jan 1970 00:00:00 GMT");
  assert.equal(row.ext, "");
  assert.equal(row.location, " http://192.0.2.1:80/a:b.xml");
  assert.equal(row.server, "Linux UPnP/1.0");
  assert.equal(row.st, "upnp:rootdevice");
  assert.equal(row.usn, "uuid:1::upnp:rootdevice");
  assert.equal(row.x_user_agent, "redsonic");
  assert.equal(row.agent, "x");
  assert.equal(row.sport, 1900);
});

Deno.test("upnp reports the first of several fields of one name", () => {
  const row = answer("HTTP/1.1 200 OK\r\nST: a\r\nst: b\r\nUSN: c\r\n");
  assert.equal(row.st, "a");
  assert.equal(row.usn, "c");
  assert.equal(row.server, null);
});

Deno.test("upnp judges the first line that is not empty", () => {
  const cases = {
    "HTTP/1.1 200 OK": "upnp",
    "\r\n\nHTTP/1.1 200 OK\nST: a": "upnp",
    "HTTP/1.1 200 OK \r\n": "no-http-header",
    "HTTP/1.1 200 ok\r\n": "no-http-header",
    "HTTP/1.0 200 OK\r\n": "no-http-header",
    "HTTP/1.1 200 O": "no-http-header",
    "NOTIFY * HTTP/1.1\r\nHTTP/1.1 200 OK\r\n": "no-http-header",
    " HTTP/1.1 200 OK": "no-http-header",
    "\u0000": "no-http-header",
    "": "none",
    "\r\n\r\n": "none",
  };
  for (const [text, outcome] of Object.entries(cases)) {
    const row = answer(text);
    assert.equal(row.classification, outcome, JSON.stringify(text));
    assert.equal(row.success, outcome === "upnp");
  }
});

Deno.test("upnp reports no header fields of other answers", () => {
  assert.equal(answer("HTTP/1.1 404 Not Found\r\nST: a\r\n").st, null);
});

Deno.test("upnp replaces what is not UTF-8", () => {
  const start = encoder.encode("HTTP/1.1 200 OK\r\nSERVER: a");
  const data = Uint8Array.of(...start, 0xff, 0xc3, 0x28, 0xf0, 0x9f);
  const row = rowOf(probe, judge(probe, udpAnswer(sent, data)).response);
  assert.equal(row.server, "a\ufffd\ufffd(\ufffd");
  assert.deepEqual(row.data, data);
});

Deno.test("upnp takes the length of the datagram for the end of its text", () => {
  const data = encoder.encode("HTTP/1.1 200 OK\r\nST: abc");
  const lengthBytes = 8 + data.length - 2;
  const packet = udpAnswer(sent, data, { lengthBytes });
  assert.equal(rowOf(probe, judge(probe, packet).response).st, "a");
});

Deno.test("upnp reports ICMP errors", () => {
  const verdict = judge(probe, icmpError(sent.packet.slice(0, 28), 3, 3));
  assert.equal(verdict.outcome, "icmp");
  const row = rowOf(probe, verdict.response);
  assert.equal(row.server, null);
  assert.equal(row.data, null);
});

Deno.test("upnp needs JSON and takes no arguments", () => {
  assert.equal(upnp.hasNestedOutput, true);
  assert.throws(() => makeProbe(upnp, { args: "x" }), SyntaxError);
});
