import assert from "node:assert/strict";
import {
  bytesOf,
  dataOf,
  hexOf,
  icmpError,
  judge,
  makeProbe,
  ROUTER,
  rowOf,
  send,
  SENT_MICROSECONDS,
  SENT_SECONDS,
  type SentTo,
  udpAnswer,
  viewOf,
} from "../../tests/fixtures/probe_scene.ts";
import { formatIpv4 } from "../base/mod.ts";
import { udp } from "./udp.ts";

const encoder = new TextEncoder();
const probe = makeProbe(udp, { args: "text:hello" });
const sent = send(probe, { port: 7 });

function payloadOf(args: string, to: SentTo = {}): string {
  return hexOf(dataOf(send(makeProbe(udp, { args, maxProbes: 4 }), to)));
}

/** The payload that a template makes, one character for each byte. */
function filled(template: string, to: SentTo = {}): string {
  const hex = payloadOf(`template-hex:${hexOf(encoder.encode(template))}`, to);
  return String.fromCharCode(...bytesOf(hex));
}

function errorOf(args: string): string {
  try {
    makeProbe(udp, { args });
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
  throw new Error(`No error for ${args}`);
}

Deno.test("udp takes its payload from the arguments", () => {
  assert.equal(payloadOf("text:pace"), "70616365");
  assert.equal(payloadOf("text:"), "");
  assert.equal(payloadOf("t:hi"), "6869");
  assert.equal(payloadOf("text:a:b"), "613a62");
  assert.equal(payloadOf("text:\u00e4"), "c3a4");
  assert.equal(payloadOf("hex:00ffA5"), "00ffa5");
  assert.equal(payloadOf("h:00"), "00");
  assert.equal(payloadOf("payload:null_byte"), "00");
  assert.equal(payloadOf("p:rip"), payloadOf("payload:ripv1_520"));
});

Deno.test("udp drops the last of an odd number of digits, and says so", () => {
  const odd = makeProbe(udp, { args: "hex:a5a" });
  assert.equal(hexOf(dataOf(send(odd))), "a5");
  assert.match(odd.warnings!.join(), /odd number/);
});

Deno.test("udp cuts what does not fit a packet, and says so", () => {
  for (const args of [`text:${"x".repeat(1473)}`, `hex:${"78".repeat(1473)}`]) {
    const long = makeProbe(udp, { args });
    assert.equal(dataOf(send(long)).length, 1472);
    assert.match(long.warnings!.join(), /first 1472 of the payload's 1473/);
  }
  const whole = makeProbe(udp, { args: `text:${"x".repeat(1472)}` });
  assert.deepEqual(whole.warnings, []);
  assert.equal(whole.maxFrameBytes, 14 + 20 + 8 + 1472);
});

Deno.test("udp rejects arguments that name no payload", () => {
  for (
    const args of [
      "",
      "hello",
      ":hello",
      "texts:a",
      "TEXT:a",
      "hex:0g",
      "file:payload.bin",
      "template:payload.tpl",
      "template-hex:0",
      "template-hex:",
      "payload:",
      "payload:nothing",
      "payload:snmp",
    ]
  ) {
    assert.match(errorOf(args), /^Cannot (parse|use|find) /);
  }
});

Deno.test("udp fills addresses, ports and times into templates", () => {
  const to = { address: 0xc6120102, port: 53 };
  const data = filled("${SADDR}>${DADDR}:${DPORT}", to);
  assert.equal(data, "10.9.0.1>198.18.1.2:53");
  const hex = (template: string): string =>
    payloadOf(`template-hex:${hexOf(encoder.encode(template))}`, to);
  assert.equal(hex("${SADDR_N}${DADDR_N}${DPORT_N}"), "0a090001c61201020035");
  const seconds = SENT_SECONDS.toString(16).padStart(8, "0");
  const micros = SENT_MICROSECONDS.toString(16).padStart(8, "0");
  assert.equal(hex("${UNIXTIME_SEC}${UNIXTIME_USEC}"), seconds + micros);
  const ntp = (SENT_SECONDS + 2_208_988_800).toString(16);
  // 0.123456 seconds of 2^32 fractions.
  assert.equal(hex("${NTP_TIMESTAMP}"), `${ntp}1f9acffa`);
  assert.equal(hex("${HEX=00fF}x${HEX}"), "00ff78");
});

Deno.test("udp fills the source port of each probe into templates", () => {
  for (const number of [0, 3]) {
    const args = `template-hex:${hexOf(encoder.encode("${SPORT_N}${SPORT}"))}`;
    const { packet } = send(makeProbe(udp, { args, maxProbes: 4 }), {
      probe: number,
    });
    const port = viewOf(packet).getUint16(20);
    assert.equal(viewOf(packet).getUint16(28), port);
    const text = String.fromCharCode(...packet.subarray(30));
    assert.equal(text, String(port));
  }
});

Deno.test("udp makes frames as long as the texts in them", () => {
  const template = hexOf(encoder.encode("${DADDR}${DPORT}"));
  const any = makeProbe(udp, { args: `template-hex:${template}` });
  assert.equal(any.maxFrameBytes, 42 + 15 + 5);
  const shortest = send(any, { address: 0x01020304, port: 1 });
  assert.equal(shortest.frame.length, 42 + 7 + 1);
  assert.equal(viewOf(shortest.packet).getUint16(2), 20 + 8 + 8);
  assert.equal(viewOf(shortest.packet).getUint16(24), 8 + 8);
  const longest = send(any, { address: 0xdfffffff, port: 65535 });
  assert.equal(longest.frame.length, any.maxFrameBytes);
});

Deno.test("udp makes random fields from the tag, anew for each probe", () => {
  const template =
    "${RAND_DIGIT=40} ${RAND_ALPHA=80} ${RAND_ALPHANUM=80} ${RAND_BYTE=40}";
  const one = filled(template);
  assert.match(one, /^[0-9]{40} [a-zA-Z]{80} [a-zA-Z0-9]{80} [^]{40}$/);
  assert.equal(filled(template), one);
  assert.notEqual(filled(template, { probe: 1 }), one);
  assert.notEqual(filled(template, { port: 81 }), one);
  const seen = new Set(one.slice(0, 40));
  assert.ok(seen.size >= 7, "digits vary");
});

Deno.test("udp leaves random fields without a length empty, and unknown names as they are", () => {
  const text = "a${RAND_BYTE}b${RAND_DIGIT=}c${NAME}d${daddr}${}$ {DADDR}${";
  assert.equal(filled(text), "abc${NAME}d${daddr}${}$ {DADDR}${");
  assert.equal(filled("${DADDR_N=9}").length, 4);
  assert.equal(filled("x\u0000\u00ff"), "x\u0000\u00c3\u00bf");
});

Deno.test("udp rejects templates that are empty or may not fit", () => {
  const template = (text: string): string =>
    `template-hex:${hexOf(encoder.encode(text))}`;
  assert.match(errorOf(template("${RAND_BYTE}")), /up to 0 bytes/);
  assert.match(errorOf(template("${RAND_BYTE=1472}")), /up to 1472 bytes/);
  assert.match(errorOf(template("${RAND_BYTE=99999}")), /up to 99999 bytes/);
  assert.match(errorOf(template("${RAND_BYTE=x}")), /expected a length/);
  assert.match(errorOf(template("${HEX=0}")), /two hexadecimal digits/);
  makeProbe(udp, { args: template("${RAND_BYTE=1471}") });
});

Deno.test("udp reports the data of an answer", () => {
  const verdict = judge(probe, udpAnswer(sent, bytesOf("00ff")));
  assert.equal(verdict.outcome, "udp");
  const row = rowOf(probe, verdict.response);
  assert.equal(row.success, true);
  assert.equal(row.sport, 7);
  assert.equal(row.dport, viewOf(sent.packet).getUint16(20));
  assert.equal(row.udp_pkt_size, 10);
  assert.deepEqual(row.data, bytesOf("00ff"));
  assert.equal(row.icmp_responder, null);
});

Deno.test("udp bounds the data of an answer by what it states and what there is", () => {
  const dataFor = (lengthBytes: number): unknown => {
    const packet = udpAnswer(sent, bytesOf("010203"), { lengthBytes });
    return rowOf(probe, judge(probe, packet).response).data;
  };
  assert.deepEqual(dataFor(11), bytesOf("010203"));
  assert.deepEqual(dataFor(10), bytesOf("0102"));
  assert.equal(dataFor(8), null);
  assert.equal(dataFor(0), null);
  assert.deepEqual(dataFor(65535), bytesOf("010203"));
});

Deno.test("udp reports ICMP errors that quote eight bytes of the probe", () => {
  const packet = icmpError(sent.packet.slice(0, 28), 3, 3);
  const verdict = judge(probe, packet);
  assert.equal(verdict.outcome, "icmp");
  assert.equal(verdict.port, 7);
  const row = rowOf(probe, verdict.response);
  assert.equal(row.success, false);
  assert.equal(row.saddr, "198.18.0.1");
  assert.equal(row.icmp_responder, formatIpv4(ROUTER));
  assert.equal(row.icmp_unreach_str, "port unreachable");
  for (const name of ["sport", "dport", "udp_pkt_size", "data"]) {
    assert.equal(row[name], null);
  }
});

Deno.test("udp rejects answers to ports of other probes", () => {
  const port = viewOf(sent.packet).getUint16(20);
  for (const destinationPort of [port - 1, port + 1, 53, 0]) {
    const answer = udpAnswer(sent, new Uint8Array(1), { destinationPort });
    assert.equal(judge(probe, answer).outcome, "invalid");
  }
  const two = makeProbe(udp, { args: "text:hello", maxProbes: 2 });
  const second = udpAnswer(sent, new Uint8Array(1), {
    destinationPort: port + 1,
  });
  assert.equal(judge(two, second).probe, 1);
});

Deno.test("udp explains the fields of templates", () => {
  const text = udp.explanations!["template-fields"]!;
  const names =
    "SADDR SADDR_N DADDR DADDR_N SPORT SPORT_N DPORT DPORT_N UNIXTIME_SEC UNIXTIME_USEC NTP_TIMESTAMP " +
    "RAND_BYTE RAND_DIGIT RAND_ALPHA RAND_ALPHANUM HEX";
  for (const name of names.split(" ")) {
    assert.match(text, new RegExp(`^  ${name} `, "m"));
  }
});
