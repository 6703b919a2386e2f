import assert from "node:assert/strict";
import {
  bytesOf,
  dataOf,
  hexOf,
  icmpError,
  judge,
  makeProbe,
  rowOf,
  send,
  type Sent,
  udpAnswer,
  viewOf,
} from "../../tests/fixtures/probe_scene.ts";
import { maxDnsTextBytes } from "../wire/mod.ts";
import { dns } from "./dns.ts";

const probe = makeProbe(dns, { args: "A,example.com" });
const sent = send(probe, { port: 53 });
const NAME = "076578616d706c6503636f6d00";

function rowFor(data: Uint8Array, to: Sent = sent): Record<string, unknown> {
  return rowOf(probe, judge(probe, udpAnswer(to, data)).response);
}

/** The query as a response: flags, four counts, and what follows the question. */
function response(
  flags: number,
  counts: readonly number[] = [1, 0, 0, 0],
  restHex = "",
): Uint8Array {
  const data = Uint8Array.of(...dataOf(sent), ...bytesOf(restHex));
  const view = viewOf(data);
  view.setUint16(2, flags);
  counts.forEach((count, i) => view.setUint16(4 + 2 * i, count));
  return data;
}

Deno.test("dns asks with a number from the tag", () => {
  const id = (sent.tag[2]! >>> 16).toString(16).padStart(4, "0");
  assert.equal(
    hexOf(dataOf(sent)),
    `${id}01000001000000000000${NAME}00010001`,
  );
  assert.equal(sent.frame.length, 14 + 20 + 8 + 12 + 13 + 4);
});

Deno.test("dns asks for each type, with and without recursion", () => {
  const types = {
    A: 1,
    NS: 2,
    CNAME: 5,
    SOA: 6,
    PTR: 12,
    MX: 15,
    TXT: 16,
    AAAA: 28,
    RRSIG: 46,
    ALL: 255,
  };
  for (const [name, type] of Object.entries(types)) {
    for (const [suffix, flags] of [["", 0x0100], [":nr", 0]] as const) {
      const args = `${name}${suffix},example.com`;
      const data = viewOf(dataOf(send(makeProbe(dns, { args }))));
      assert.equal(data.getUint16(2), flags);
      assert.equal(data.getUint16(data.byteLength - 4), type);
      assert.equal(data.getUint16(data.byteLength - 2), 1);
    }
  }
});

Deno.test("dns asks several questions in turn", () => {
  const several = makeProbe(dns, {
    args: "A,example.com;MX:nr,a.b.example.org",
    maxProbes: 4,
  });
  assert.equal(several.variants, 2);
  const lengths = [0, 1, 2, 3].map((number) => {
    const one = send(several, { port: 53, probe: number });
    const verdict = judge(several, udpAnswer(one, dataOf(one)));
    assert.equal(verdict.probe, number);
    assert.equal(verdict.response.isSuccess, true);
    return dataOf(one).length;
  });
  assert.deepEqual(lengths, [29, 33, 29, 33]);
  assert.equal(several.maxFrameBytes, 42 + 33);
});

Deno.test("dns takes an answer to another of its questions for no success", () => {
  const args = "A,example.com;A,example.net";
  const several = makeProbe(dns, { args, maxProbes: 2 });
  const [one, other] = [0, 1].map((number) =>
    send(several, { port: 53, probe: number })
  );
  const verdict = judge(several, udpAnswer(one!, dataOf(other!)));
  assert.equal(verdict.outcome, "dns");
  assert.equal(verdict.response.isSuccess, false);
});

Deno.test("dns takes one semicolon too many, and an empty list for www.google.com", () => {
  const dataFor = (args: string): string =>
    hexOf(dataOf(send(makeProbe(dns, { args })))).slice(4);
  assert.equal(dataFor("A,example.com;"), dataFor("A,example.com"));
  assert.equal(dataFor(";A,example.com"), dataFor("A,example.com"));
  assert.equal(dataFor("A,example.com."), dataFor("A,example.com"));
  assert.equal(dataFor(";"), dataFor("A,www.google.com"));
  assert.equal(dataFor("NS,."), "010000010000000000000000020001");
});

Deno.test("dns warns of a suffix that it does not know", () => {
  const odd = makeProbe(dns, { args: "A:rd,example.com" });
  assert.match(odd.warnings!.join(), /Unknown suffix ":rd"/);
  assert.equal(viewOf(dataOf(send(odd))).getUint16(2), 0x0100);
  assert.deepEqual(probe.warnings, []);
});

Deno.test("dns rejects arguments that are no questions", () => {
  for (
    const args of [
      "",
      "example.com",
      "A",
      "A,",
      ",example.com",
      "ANY,example.com",
      "a,example.com",
      "constructor,example.com",
      "A,example.com;;A,example.org",
      "A,example..com",
      "A,.example.com",
      `A,${"x".repeat(64)}.com`,
      `A,${"abc.".repeat(64)}`,
    ]
  ) {
    assert.throws(() => makeProbe(dns, { args }), SyntaxError, args);
  }
  makeProbe(dns, { args: `A,${"x".repeat(63)}.${"abc.".repeat(47)}` });
});

Deno.test("dns takes number and name for success, QR and RCODE for application success", () => {
  const cases = [
    [response(0x8180), true, true],
    [response(0x8183), true, false],
    [response(0x0100), true, false],
    [dataOf(sent), true, false],
  ] as const;
  for (const [data, isSuccess, isAppSuccess] of cases) {
    const row = rowFor(data);
    assert.equal(row.classification, "dns");
    assert.equal(row.success, isSuccess);
    assert.equal(row.app_success, isAppSuccess);
  }
});

Deno.test("dns takes another number or another name for no success", () => {
  const at = [0, 1, 12, 13, 20, 24];
  for (const place of at) {
    const data = response(0x8180);
    data[place]! ^= 0x20;
    const row = rowFor(data);
    assert.equal(row.classification, "dns");
    assert.equal(row.success, false);
    assert.equal(row.app_success, false);
    assert.equal(row.dns_id, null);
    assert.equal(row.dns_rcode, null);
    assert.deepEqual(row.dns_questions, []);
    assert.deepEqual(row.dns_answers, []);
    assert.equal(row.dns_parse_err, 1);
    assert.equal(row.dns_unconsumed_bytes, 0);
    assert.deepEqual(row.raw_data, data);
  }
});

Deno.test("dns does not compare type and class of the response", () => {
  const data = response(0x8180);
  data[data.length - 3] = 28;
  assert.equal(rowFor(data).success, true);
});

Deno.test("dns rejects datagrams shorter than its question, or than they say", () => {
  const data = response(0x8180);
  for (let length = 0; length < data.length; length++) {
    const verdict = judge(probe, udpAnswer(sent, data.slice(0, length)));
    assert.equal(verdict.outcome, "invalid");
  }
  const lengthBytes = 8 + data.length + 1;
  const lying = udpAnswer(sent, data, { lengthBytes });
  assert.equal(judge(probe, lying).outcome, "invalid");
});

Deno.test("dns reports every field of the header", () => {
  const row = rowFor(response(0b1_0101_1_1_1_1_1_1_1_0011, [1, 0, 0, 0]));
  assert.equal(row.dns_id, sent.tag[2]! >>> 16);
  const names =
    "dns_qr dns_aa dns_tc dns_rd dns_ra dns_z dns_ad dns_cd dns_qdcount";
  for (const name of names.split(" ")) assert.equal(row[name], 1, name);
  assert.equal(row.dns_opcode, 5);
  assert.equal(row.dns_rcode, 3);
  assert.equal(row.dns_ancount, 0);
  assert.equal(row.udp_len, 8 + 29);
  const none = rowFor(response(0));
  for (const name of names.split(" ").slice(0, -1)) assert.equal(none[name], 0);
  const one = (flags: number): string[] => {
    const flagged = rowFor(response(flags));
    return names.split(" ").slice(0, -1).filter((name) => flagged[name] === 1);
  };
  assert.deepEqual(one(0x8000), ["dns_qr"]);
  assert.deepEqual(one(0x0400), ["dns_aa"]);
  assert.deepEqual(one(0x0200), ["dns_tc"]);
  assert.deepEqual(one(0x0100), ["dns_rd"]);
  assert.deepEqual(one(0x0080), ["dns_ra"]);
  assert.deepEqual(one(0x0040), ["dns_z"]);
  assert.deepEqual(one(0x0020), ["dns_ad"]);
  assert.deepEqual(one(0x0010), ["dns_cd"]);
});

Deno.test("dns reports questions and records", () => {
  const row = rowFor(response(
    0x8580,
    [1, 2, 1, 1],
    "c00c 0001 0001 0000012c 0004 c0000201" +
      "c00c 0006 0001 0000012c 0002 abcd" +
      "c014 0002 0001 00000e10 0005 026e73c00c".replaceAll(" ", "") +
      "00 0029 04d0 00000000 0000",
  ));
  assert.deepEqual(row.dns_questions, [
    { name: "example.com", qtype: 1, qtype_str: "A", qclass: 1 },
  ]);
  assert.deepEqual(row.dns_answers, [
    {
      name: "example.com",
      type: 1,
      type_str: "A",
      class: 1,
      ttl: 300,
      rdlength: 4,
      rdata_is_parsed: 1,
      rdata: "192.0.2.1",
    },
    {
      name: "example.com",
      type: 6,
      type_str: "SOA",
      class: 1,
      ttl: 300,
      rdlength: 2,
      rdata_is_parsed: 0,
      rdata: "abcd",
    },
  ]);
  const [authority] = row.dns_authorities as Record<string, unknown>[];
  assert.equal(authority!.name, "com");
  assert.equal(authority!.rdata, "ns.example.com");
  const [additional] = row.dns_additionals as Record<string, unknown>[];
  assert.equal(additional!.name, "");
  assert.equal(additional!.type_str, "BAD QTYPE");
  assert.equal(additional!.rdata, "");
  assert.equal(row.dns_parse_err, 0);
  assert.equal(row.dns_unconsumed_bytes, 0);
});

Deno.test("dns reports what it cannot read as an error, and what it could read", () => {
  const trailing = rowFor(response(0x8180, [1, 0, 0, 0], "00ff00"));
  assert.equal(trailing.dns_parse_err, 1);
  assert.equal(trailing.dns_unconsumed_bytes, 3);
  const lying = rowFor(
    response(0x8180, [1, 65535, 0, 0], "c00c 0001 0001 00000001 0004 7f000001"),
  );
  assert.equal(lying.dns_parse_err, 1);
  assert.equal((lying.dns_answers as unknown[]).length, 1);
  assert.equal(lying.dns_ancount, 65535);
  assert.equal(lying.success, true);
});

Deno.test("dns reads more records than 128", () => {
  const record = "c00c0001000100000001000400000000";
  const row = rowFor(response(0x8180, [1, 120, 2, 0], record.repeat(122)));
  assert.equal((row.dns_answers as unknown[]).length, 120);
  const short = "00000100010000000000 00";
  const many = rowFor(response(0x8180, [1, 180, 0, 0], short.repeat(180)));
  assert.equal((many.dns_answers as unknown[]).length, 180);
  assert.equal(many.dns_parse_err, 0);
});

Deno.test("dns reports names that take too much text as an error, and what came before", () => {
  const long = `${("3f" + "61".repeat(63)).repeat(7)}00`;
  const nameAt = dataOf(sent).length;
  const pointer = `c0${nameAt.toString(16)}`;
  const rest = `${long} 0010 0001 00000001 0001 00` +
    `${pointer} 0002 0001 00000001 0002 ${pointer}`.repeat(20);
  const data = response(0x8180, [1, 21, 0, 0], rest);
  const row = rowFor(data);
  const answers = row.dns_answers as Record<string, string>[];
  const read = (maxDnsTextBytes(data.length) - 11 - 447) / (2 * 447);
  assert.equal(answers.length, 1 + Math.floor(read));
  assert.ok(answers.length < 21);
  assert.equal(answers[1]!.rdata, answers[0]!.name);
  assert.equal(row.dns_ancount, 21);
  assert.equal(row.dns_parse_err, 1);
  assert.equal(row.dns_unconsumed_bytes, 14 * (21 - answers.length));
  assert.deepEqual(row.raw_data, data);
});

Deno.test("dns reports each response by its own bytes, though views are used again", () => {
  const view = viewOf(new Uint8Array(200));
  const rows = ["c0000201", "c0000202"].map((address) => {
    const rest = `c00c 0001 0001 00000001 0004 ${address}`;
    const packet = udpAnswer(sent, response(0x8180, [1, 1, 0, 0], rest));
    packet.forEach((byte, i) => view.setUint8(i, byte));
    const { response: one } = judge(probe, packet);
    return rowOf(probe, { ...one, view });
  });
  assert.deepEqual(
    rows.map((row) => (row.dns_answers as Record<string, string>[])[0]!.rdata),
    ["192.0.2.1", "192.0.2.2"],
  );
});

Deno.test("dns reports ICMP errors with the whole packet", () => {
  const packet = icmpError(sent.packet.slice(0, 28), 3, 3);
  const verdict = judge(probe, packet);
  assert.equal(verdict.outcome, "icmp");
  const row = rowOf(probe, verdict.response);
  assert.deepEqual(row.raw_data, packet);
  assert.deepEqual(row.dns_answers, []);
  assert.equal(row.dns_parse_err, 1);
  assert.equal(row.dns_id, null);
  assert.equal(row.udp_len, null);
  assert.equal(row.icmp_unreach_str, "port unreachable");
  assert.equal(row.app_success, false);
});
