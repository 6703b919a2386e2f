// deno-lint-ignore-file no-console
/**
 * Runs on the scanner as `takeover.ts INTERFACE_NAME INTERFACE_INDEX` and does what LZR does: reads rows of `-O lzr`,
 * completes each connection with a request from a raw socket, and waits for the answers. When its input has ended and
 * all have answered it resets the connections and says how many it took over, how many were answered, and how many
 * packets without data came from a host and port whose answer was there, which only another probe draws. As in LZR these
 * two name a connection, so that the answer to another probe is taken for a part of it.
 */
import { SocketSender } from "../../ffi/packet_sender.ts";
import { PcapCapture } from "../../ffi/pcap_capture.ts";
import { formatIpv4, parseIpv4 } from "../../src/base/mod.ts";
import {
  ETHERNET_HEADER_BYTES,
  ipv4PayloadAt,
  parseIpv4Header,
  parseTcpHeader,
  readMac,
  TCP_ACK,
  TCP_PSH,
  TCP_RST,
  tcpPayloadAt,
  writeEthernetHeader,
  writeIpv4Header,
  writeTcpChecksum,
  writeTcpHeader,
} from "../../src/wire/mod.ts";
import { ETHERTYPE_IPV4, IP_PROTOCOL_TCP } from "../../src/wire/mod.ts";
import { TARGET_RANGE } from "../../src/demo/mod.ts";

const FRAME_BYTES = 2048;
const BUFFER_BYTES = 1 << 24;
const IP = ETHERNET_HEADER_BYTES;
const TTL = 64;
const REQUEST = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
const ANSWER = /^HTTP\/1\.1 200 OK[^]*pacemap test host\n$/;
const NO_OPTIONS = new Uint8Array(0);
/** Longer than a kernel sends data again. */
const QUIET_MS = 20_000;

interface Connection {
  readonly local: number;
  readonly localPort: number;
  readonly remote: number;
  readonly remotePort: number;
  readonly window: number;
  /** Sequence number of the next byte sent, and of the next one that is waited for. */
  next: number;
  awaited: number;
  isAnswered: boolean;
}

const [interfaceName, interfaceIndex] = Deno.args;
using capture = PcapCapture.open({
  interfaceName: interfaceName!,
  filter: `tcp and src net ${TARGET_RANGE}`,
  snapLengthBytes: FRAME_BYTES,
  bufferBytes: BUFFER_BYTES,
});
using sender = SocketSender.openLink({
  interfaceIndex: Number(interfaceIndex),
  capacity: 1,
  maxFrameBytes: FRAME_BYTES,
  sendBufferBytes: 1 << 22,
});
const connections = new Map<string, Connection>();
const waiting: Connection[] = [];
let [answered, strays, lastMs] = [0, 0, performance.now()];
let isEnding = false;
/** Of the router and of the scanner, from the first packet. */
let macs: { destination: Uint8Array; source: Uint8Array } | null = null;

readRows().then(() => isEnding = true);
console.log("ready");
while (
  !isEnding ||
  (answered < connections.size && performance.now() - lastMs < QUIET_MS)
) {
  for (let frames = 0; frames < 256 && capture.next() > 0; frames++) receive();
  // A row may be there before the capture has shown its packet.
  if (macs !== null) waiting.splice(0).forEach((one) => ask(one));
  await new Promise((resolve) => setTimeout(resolve, 1));
}
for (const one of connections.values()) send(one, TCP_RST, NO_OPTIONS);
console.log(JSON.stringify({ taken: connections.size, answered, strays }));

async function readRows(): Promise<void> {
  let rest = "";
  for await (
    const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  ) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach((line) => takeOver(JSON.parse(line)));
  }
}

function takeOver(row: Readonly<Record<string, string & number>>): void {
  const connection: Connection = {
    local: parseIpv4(row.daddr!)!,
    localPort: row.dport!,
    remote: parseIpv4(row.saddr!)!,
    remotePort: row.sport!,
    window: row.window!,
    next: row.acknum!,
    awaited: (row.seqnum! + 1) >>> 0,
    isAnswered: false,
  };
  connections.set(`${row.saddr}:${row.sport}`, connection);
  waiting.push(connection);
}

function ask(connection: Connection): void {
  send(connection, TCP_ACK | TCP_PSH, REQUEST);
  connection.next = (connection.next + REQUEST.length) >>> 0;
}

function receive(): void {
  const { view } = capture;
  macs ??= { destination: readMac(view, 6), source: readMac(view, 0) };
  const ip = parseIpv4Header(view, IP, view.byteLength)!;
  const tcpAt = ipv4PayloadAt(view, IP, view.byteLength);
  const end = IP + ip.totalBytes;
  const tcp = parseTcpHeader(view, tcpAt, end)!;
  const connection = connections.get(
    `${formatIpv4(ip.source)}:${tcp.sourcePort}`,
  );
  if (connection === undefined) return;
  const data = tcpPayloadAt(view, tcpAt, end);
  if (data === end) {
    if (connection.isAnswered) strays++;
    return;
  }
  if (connection.isAnswered || tcp.sequence !== connection.awaited) return;
  const text = new TextDecoder().decode(
    new Uint8Array(view.buffer, view.byteOffset + data, end - data),
  );
  if (!ANSWER.test(text)) throw new Error(`Another answer: ${text}`);
  connection.awaited = (connection.awaited + end - data) >>> 0;
  connection.isAnswered = true;
  answered++;
  lastMs = performance.now();
  send(connection, TCP_ACK, NO_OPTIONS);
}

function send(
  { awaited, local, localPort, next, remote, remotePort, window }: Connection,
  flags: number,
  data: Uint8Array,
): void {
  const { view } = sender;
  const at = sender.frameAt(0);
  writeEthernetHeader(view, at, { ...macs!, type: ETHERTYPE_IPV4 });
  const tcpAt = writeIpv4Header(view, at + IP, {
    typeOfService: 0,
    totalBytes: 40 + data.length,
    id: 0,
    mayFragment: false,
    hasMoreFragments: false,
    fragmentBytes: 0,
    ttl: TTL,
    protocol: IP_PROTOCOL_TCP,
    source: local,
    destination: remote,
  });
  const header = {
    sourcePort: localPort,
    destinationPort: remotePort,
    sequence: next,
    acknowledgement: awaited,
    flags,
    window,
  };
  const dataAt = writeTcpHeader(view, tcpAt, header, NO_OPTIONS);
  new Uint8Array(view.buffer, view.byteOffset).set(data, dataAt);
  const end = dataAt + data.length;
  writeTcpChecksum(view, tcpAt, end, local, remote);
  sender.setFrame(0, end - at, 0);
  while (sender.send(0, 1) !== 1) sender.waitWritable(1);
}
