import assert from "node:assert/strict";
import { parseIpv4, parseIpv6 } from "../base/mod.ts";
import {
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMPV6_ECHO_REPLY,
  internetChecksum,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_ICMPV6,
  IP_PROTOCOL_UDP,
  IPV6_DESTINATION,
  IPV6_HEADER_BYTES,
  IPV6_NEXT_HEADER,
  IPV6_SOURCE,
  pseudoHeaderSum6,
  readIpv6Address,
  writeIcmpEcho,
  writeIpv4Header,
} from "../wire/mod.ts";
import { PING, PING6, type PingQuestion } from "./ping_protocol.ts";

const SCANNER = parseIpv4("192.0.2.1");
const HOST = parseIpv4("192.0.2.254");
const QUESTION: PingQuestion<number> = {
  source: SCANNER,
  target: HOST,
  id: 0x1234,
};
const QUESTION6: PingQuestion<bigint> = {
  source: parseIpv6("2001:db8::1")!,
  target: parseIpv6("2001:db8::fe")!,
  id: 0x1234,
};

/** How a packet differs from the answer to `QUESTION`. */
interface Answer {
  readonly source?: number;
  readonly destination?: number;
  readonly protocol?: number;
  readonly fragmentBytes?: number;
  readonly type?: number;
  readonly id?: number;
}

function packetOf(
  {
    source = HOST,
    destination = SCANNER,
    protocol = IP_PROTOCOL_ICMP,
    fragmentBytes = 0,
    type = ICMP_ECHO_REPLY,
    id = QUESTION.id,
  }: Answer = {},
): DataView {
  const view = new DataView(new ArrayBuffer(28));
  const at = writeIpv4Header(view, 0, {
    typeOfService: 0,
    totalBytes: view.byteLength,
    id: 7,
    mayFragment: true,
    hasMoreFragments: false,
    fragmentBytes,
    ttl: 64,
    protocol,
    source,
    destination,
  });
  writeIcmpEcho(
    view,
    at,
    { type, code: 0, id, sequence: 3 },
    new Uint8Array(0),
  );
  return view;
}

Deno.test("PING.isAnswer() takes the reply to the question and nothing else", () => {
  const view = packetOf();
  assert.equal(PING.isAnswer(view, view.byteLength, QUESTION), true);
  for (let end = 0; end < view.byteLength; end++) {
    assert.equal(PING.isAnswer(view, end, QUESTION), false);
  }
  const others: Answer[] = [
    { source: HOST + 1 },
    { destination: SCANNER + 1 },
    { protocol: IP_PROTOCOL_UDP },
    { fragmentBytes: 8 },
    { type: ICMP_ECHO_REQUEST },
    { id: 0x1235 },
  ];
  for (const other of others) {
    const view = packetOf(other);
    assert.equal(PING.isAnswer(view, view.byteLength, QUESTION), false);
  }
});

/** The reply to `QUESTION6`: the request of who plays the other part, with another type. */
function reply6(): DataView {
  const view = new DataView(new ArrayBuffer(PING6.packetBytes));
  const { source: target, target: source } = QUESTION6;
  const asked = { ...QUESTION6, source, target };
  assert.equal(PING6.writeRequest(view, 0, asked, 3), view.byteLength);
  view.setUint8(IPV6_HEADER_BYTES, ICMPV6_ECHO_REPLY);
  return view;
}

Deno.test("PING6.writeRequest() has the right checksum", () => {
  const view = new DataView(new ArrayBuffer(PING6.packetBytes));
  PING6.writeRequest(view, 0, QUESTION6, 3);
  const lengthBytes = view.byteLength - IPV6_HEADER_BYTES;
  const sum = pseudoHeaderSum6(
    readIpv6Address(view, IPV6_SOURCE),
    readIpv6Address(view, IPV6_DESTINATION),
    IP_PROTOCOL_ICMPV6,
    lengthBytes,
  );
  assert.equal(
    internetChecksum(view, IPV6_HEADER_BYTES, lengthBytes, sum),
    0,
  );
  assert.equal(PING6.isAnswer(view, view.byteLength, QUESTION6), false);
});

Deno.test("PING6.isAnswer() takes the reply to the question and nothing else", () => {
  const view = reply6();
  assert.equal(PING6.isAnswer(view, view.byteLength, QUESTION6), true);
  for (let end = 0; end < IPV6_HEADER_BYTES + 8; end++) {
    assert.equal(PING6.isAnswer(view, end, QUESTION6), false);
  }
  for (
    const at of [
      0,
      IPV6_NEXT_HEADER,
      IPV6_SOURCE,
      IPV6_DESTINATION + 15,
      IPV6_HEADER_BYTES,
      IPV6_HEADER_BYTES + 4,
    ]
  ) {
    const other = reply6();
    other.setUint8(at, other.getUint8(at) ^ 0x10);
    assert.equal(
      PING6.isAnswer(other, other.byteLength, QUESTION6),
      false,
      `${at}`,
    );
  }
});
