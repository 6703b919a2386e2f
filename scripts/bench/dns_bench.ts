/**
 * What a row of a DNS answer costs, with all fields and as JSON: `deno bench scripts/bench/dns_bench.ts`. Each
 * iteration is one answer.
 */
import { createRowWriter } from "../../src/output/mod.ts";
import {
  findProbeModule,
  type Probe,
  type Response,
  responseColumns,
} from "../../src/probe/mod.ts";
import {
  DNS_COUNTS,
  DNS_HEADER_BYTES,
  DNS_TYPES,
  IP_PROTOCOL_UDP,
  makeDnsQuery,
  UDP_HEADER_BYTES,
  writeBytes,
  writeIpv4Header,
  writeUdpHeader,
} from "../../src/wire/mod.ts";

const NAME = "www.example.com";
const SCANNER = 0x0a000001;
const TARGET = 0xc6120001;
const TAKE_BYTES = 256 << 10;
/** What fits a packet of 1500 bytes. */
const MAX_MESSAGE_BYTES = 1472;
const FLAGS_OF_ANSWER = 0x8180;
const CLASS_INTERNET = 1;
/** The name of the question, as a pointer. */
const ASKED_NAME = pointerTo(DNS_HEADER_BYTES);
/** The name of the question without its first label. */
const PARENT_NAME = pointerTo(DNS_HEADER_BYTES + "www.".length);

type Records = readonly (readonly number[])[];

function pointerTo(at: number): number[] {
  return [0xc0 | (at >>> 8), at & 0xff];
}

function label(text: string): number[] {
  return [text.length, ...new TextEncoder().encode(text)];
}

function record(
  name: readonly number[],
  type: string,
  data: readonly number[],
): number[] {
  return [
    ...name,
    ...[DNS_TYPES[type]! >>> 8, DNS_TYPES[type]! & 0xff, 0, CLASS_INTERNET],
    ...[0, 0, 1, 44, data.length >>> 8, data.length & 0xff],
    ...data,
  ];
}

/** An answer to the query, with the records of each section. */
function answer(sections: readonly [Records, Records, Records]): Uint8Array {
  const query = makeDnsQuery({
    name: NAME,
    type: DNS_TYPES.A!,
    isRecursionDesired: true,
  });
  const message = Uint8Array.of(...query, ...sections.flat(2));
  const view = new DataView(message.buffer);
  view.setUint16(2, FLAGS_OF_ANSWER);
  sections.forEach((records, i) =>
    view.setUint16(DNS_COUNTS + 2 + 2 * i, records.length)
  );
  return message;
}

/** An alias, four addresses, and four name servers with theirs. */
function ordinaryAnswer(): Uint8Array {
  const alias = [...label("edge"), ...PARENT_NAME];
  const numbers = [1, 2, 3, 4];
  const server = (i: number): number[] => [...label(`ns${i}`), ...PARENT_NAME];
  return answer([
    [
      record(ASKED_NAME, "CNAME", alias),
      ...numbers.map((i) => record(alias, "A", [192, 0, 2, i])),
    ],
    numbers.map((i) => record(PARENT_NAME, "NS", server(i))),
    numbers.map((i) => record(server(i), "A", [198, 51, 100, i])),
  ]);
}

/** A name of 511 bytes that have to be escaped, and as many records that point to it as fit. */
function hostileAnswer(): Uint8Array {
  const long = Array.from({ length: 8 }, () => label("\x01".repeat(63)));
  const first = record([...long.flat(), 0], "TXT", [0]);
  const nameAt = answer([[], [], []]).length;
  const next = record(pointerTo(nameAt), "NS", pointerTo(nameAt));
  const room = MAX_MESSAGE_BYTES - nameAt - first.length;
  const count = Math.floor(room / next.length);
  return answer([[first, ...Array<number[]>(count).fill(next)], [], []]);
}

function responseOf(message: Uint8Array): Response {
  const udpBytes = UDP_HEADER_BYTES + message.length;
  const view = new DataView(new ArrayBuffer(2048));
  const udp = writeIpv4Header(view, 0, {
    typeOfService: 0,
    totalBytes: 20 + udpBytes,
    id: 1,
    mayFragment: false,
    hasMoreFragments: false,
    fragmentBytes: 0,
    ttl: 57,
    protocol: IP_PROTOCOL_UDP,
    source: TARGET,
    destination: SCANNER,
  });
  writeUdpHeader(view, udp, {
    sourcePort: 53,
    destinationPort: 40_000,
    lengthBytes: udpBytes,
  });
  writeBytes(view, udp + UDP_HEADER_BYTES, message);
  return {
    view,
    at: 0,
    end: udp + udpBytes,
    seconds: 1_700_000_000,
    microseconds: 123_456,
    targetAddress: TARGET,
    targetPort: 53,
    classIndex: 0,
    isSuccess: true,
    isRepeat: false,
    isCooldown: false,
  };
}

function makeProbe(): Probe {
  return findProbeModule("dns")!.create({
    linkHeader: new Uint8Array(14),
    sourcePortFirst: 32768,
    sourcePortLast: 61000,
    maxProbes: 1,
    ttl: 64,
    args: `A,${NAME}`,
  });
}

function benchRows(name: string, messages: readonly Uint8Array[]): void {
  const responses = messages.map(responseOf);
  const columns = responseColumns(makeProbe());
  const writer = createRowWriter({ format: "json", columns, hasHeader: false });
  writer.append(responses[0]!);
  const rowBytes = writer.take().bytes.length;
  const title = `${name}, ${messages[0]!.length} bytes, row of ${rowBytes}`;
  let i = 0;
  Deno.bench({ group: "dns", name: title }, () => {
    writer.append(responses[i++ % responses.length]!);
    if (writer.lengthBytes >= TAKE_BYTES) writer.take();
  });
}

/** The message with each of a few numbers, as no two answers of a scan are the same. */
function numbered(message: Uint8Array): Uint8Array[] {
  return [1, 2, 3, 4].map((id) => Uint8Array.of(id, id, ...message.slice(2)));
}

benchRows("ordinary answer", numbered(ordinaryAnswer()));
benchRows("refusal", numbered(answer([[], [], []])));
benchRows("hostile answer", numbered(hostileAnswer()));
