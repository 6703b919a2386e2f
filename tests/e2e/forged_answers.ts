/** Answers to a SYN, most of them wrong in one way. Built by hand: nothing of the program under test is used. */

const ETHERNET_BYTES = 14;
const IP = ETHERNET_BYTES;
const IP_BYTES = 20;
const TCP = IP + IP_BYTES;
const TCP_BYTES = 20;
const ICMP_BYTES = 8;
const TCP_PROTOCOL = 6;
const ICMP_PROTOCOL = 1;
const SYN_ACK = 0x12;
const RST_ACK = 0x14;
/** A frame below this length does not say what it carries, so no filter can take it for an answer. */
const SHORTEST_FRAME = IP;

/** What one probed address sends back, and what a scanner should make of it. */
export interface ForgedAnswer {
  readonly what: string;
  /** Rows that the address gets in the result. */
  readonly rows: 0 | 1;
  /** The frames to send in answer to a probe's frame. */
  forge(probe: DataView): Uint8Array[];
}

/** The answers, by the last byte of the probed address. */
export const FORGED_ANSWERS: readonly ForgedAnswer[] = [
  one("sound SYN-ACK", 1, synAck),
  one("sound RST", 1, reset),
  one(
    "sound SYN-ACK behind IP options",
    1,
    (probe) => withIpOptions(synAck(probe), 40),
  ),
  one(
    "sound ICMP error with all of the probe",
    1,
    (probe) => icmpError(probe, 40),
  ),
  one(
    "sound ICMP error with 8 bytes of the probe",
    1,
    (probe) => icmpError(probe, 28),
  ),
  one("acknowledgement too low", 0, (probe) => tcp(probe, { ahead: 0 })),
  one("acknowledgement too high", 0, (probe) => tcp(probe, { ahead: 2 })),
  one(
    "acknowledgement of another sequence number",
    0,
    (probe) => tcp(probe, { ahead: 0x80000001 }),
  ),
  one(
    "RST that acknowledges too much",
    0,
    (probe) => tcp(probe, { flags: RST_ACK, ahead: 2 }),
  ),
  one(
    "another port of the scanner",
    0,
    (probe) => set16(synAck(probe), TCP + 2, (port) => port + 1),
  ),
  one(
    "another port of the target",
    0,
    (probe) => set16(synAck(probe), TCP, (port) => port + 1),
  ),
  one(
    "another target's address",
    0,
    (probe) => set16(synAck(probe), IP + 14, (low) => low ^ 1),
  ),
  one(
    "an address outside of the targets",
    0,
    (probe) => set16(synAck(probe), IP + 12, () => 0xcb00),
  ),
  one(
    "first fragment",
    0,
    (probe) => set16(synAck(probe), IP + 6, () => 0x2000),
  ),
  one("later fragment", 0, (probe) => set16(synAck(probe), IP + 6, () => 5)),
  one("VLAN tag", 0, (probe) => withVlanTag(synAck(probe))),
  one("sound bytes where IP options are", 0, hiddenInOptions),
  one(
    "IP header length below 5",
    0,
    (probe) => set8(synAck(probe), IP, () => 0x44),
  ),
  one(
    "IP header longer than the packet",
    0,
    (probe) => set8(synAck(probe), IP, () => 0x4f),
  ),
  one("IP version 6", 0, (probe) => set8(synAck(probe), IP, () => 0x65)),
  {
    what: "truncated at each length",
    rows: 0,
    forge: (probe) => cutEverywhere(synAck(probe), TCP + TCP_BYTES - 1),
  },
  {
    what: "total length too short, each",
    rows: 0,
    forge: (probe) =>
      range(0, IP_BYTES + TCP_BYTES - 1).map((length) =>
        set16(synAck(probe), IP + 2, () => length)
      ),
  },
  one(
    "ICMP error with another sequence number",
    0,
    (probe) => quoteWith(probe, IP_BYTES + 4, 1),
  ),
  one(
    "ICMP error with another source port",
    0,
    (probe) => quoteWith(probe, IP_BYTES, 1),
  ),
  one("ICMP error with another target", 0, (probe) => quoteWith(probe, 19, 1)),
  one("ICMP error with another source", 0, (probe) => quoteWith(probe, 15, 1)),
  one(
    "ICMP error with another protocol",
    0,
    (probe) => quoteWith(probe, 9, 17),
  ),
  one(
    "ICMP error whose quoted header length lies",
    0,
    (probe) => quoteWith(probe, 0, 0x0a),
  ),
  one(
    "ICMP error whose quoted header is below 5",
    0,
    (probe) => quoteWith(probe, 0, 0x01),
  ),
  one("ICMP error whose quoted total length is 0", 0, (probe) => {
    const frame = icmpError(probe, 40);
    return set16(frame, TCP + ICMP_BYTES + 2, () => 0);
  }),
  {
    what: "ICMP error truncated at each length",
    rows: 0,
    forge: (probe) =>
      cutEverywhere(icmpError(probe, 28), TCP + ICMP_BYTES + 27),
  },
  {
    what: "TCP options of every bad length",
    rows: 1,
    forge: (probe) =>
      range(0, 255).map((length) => withTcpOption(probe, length)),
  },
];

/** Frames of an answer that a scanner can see. */
export function countVisible(frames: readonly Uint8Array[]): number {
  return frames.filter((frame) => frame.length >= SHORTEST_FRAME).length;
}

function one(
  what: string,
  rows: 0 | 1,
  forge: (probe: DataView) => Uint8Array,
): ForgedAnswer {
  return { what, rows, forge: (probe) => [forge(probe)] };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Ethernet and IPv4 headers of a packet from the probe's destination to its source. */
function reply(
  probe: DataView,
  protocol: number,
  payloadBytes: number,
): DataView {
  const frame = new DataView(new ArrayBuffer(TCP + payloadBytes));
  for (let i = 0; i < 6; i++) {
    frame.setUint8(i, probe.getUint8(6 + i));
    frame.setUint8(6 + i, probe.getUint8(i));
  }
  frame.setUint16(12, 0x0800);
  frame.setUint8(IP, 0x45);
  frame.setUint16(IP + 2, IP_BYTES + payloadBytes);
  frame.setUint8(IP + 8, 64);
  frame.setUint8(IP + 9, protocol);
  frame.setUint32(IP + 12, probe.getUint32(IP + 16));
  frame.setUint32(IP + 16, probe.getUint32(IP + 12));
  return frame;
}

function tcp(
  probe: DataView,
  { flags = SYN_ACK, ahead = 1, optionBytes = 0 },
): Uint8Array {
  const frame = reply(probe, TCP_PROTOCOL, TCP_BYTES + optionBytes);
  frame.setUint16(TCP, probe.getUint16(TCP + 2));
  frame.setUint16(TCP + 2, probe.getUint16(TCP));
  frame.setUint32(TCP + 8, probe.getUint32(TCP + 4) + ahead);
  frame.setUint8(TCP + 12, ((TCP_BYTES + optionBytes) / 4) << 4);
  frame.setUint8(TCP + 13, flags);
  frame.setUint16(TCP + 14, 1024);
  return new Uint8Array(frame.buffer);
}

/** What a closed port answers to a SYN's frame. */
export function reset(probe: DataView): Uint8Array {
  return tcp(probe, { flags: RST_ACK });
}

function synAck(probe: DataView): Uint8Array {
  return tcp(probe, {});
}

/** A SYN-ACK with room for 40 bytes of options that holds one option, of a length that may lie. */
function withTcpOption(probe: DataView, length: number): Uint8Array {
  const frame = tcp(probe, { optionBytes: 40 });
  frame.fill(1, TCP + TCP_BYTES);
  frame[TCP + TCP_BYTES + (length % 39)] = 2 + (length % 8);
  frame[TCP + TCP_BYTES + (length % 39) + 1] = length;
  return frame;
}

function withIpOptions(frame: Uint8Array, optionBytes: number): Uint8Array {
  const longer = new Uint8Array(frame.length + optionBytes);
  longer.set(frame.subarray(0, TCP));
  longer.fill(1, TCP, TCP + optionBytes);
  longer.set(frame.subarray(TCP), TCP + optionBytes);
  longer[IP] = 0x45 + optionBytes / 4;
  return set16(longer, IP + 2, (length) => length + optionBytes);
}

/** A sound TCP header where the options of the IP header are, and nothing sound behind them. */
function hiddenInOptions(probe: DataView): Uint8Array {
  const frame = withIpOptions(synAck(probe), TCP_BYTES);
  frame.copyWithin(TCP, TCP + TCP_BYTES);
  return set16(frame, TCP + TCP_BYTES + 10, (ack) => ack + 1);
}

function withVlanTag(frame: Uint8Array): Uint8Array {
  const longer = new Uint8Array(frame.length + 4);
  longer.set(frame.subarray(0, 12));
  longer.set([0x81, 0x00, 0x00, 0x07], 12);
  longer.set(frame.subarray(12), 16);
  return longer;
}

/** Destination unreachable, with the first bytes of the probe's packet. */
function icmpError(probe: DataView, quotedBytes: number): Uint8Array {
  const view = reply(probe, ICMP_PROTOCOL, ICMP_BYTES + quotedBytes);
  const frame = new Uint8Array(view.buffer);
  frame[TCP] = 3;
  frame[TCP + 1] = 1;
  const quote = new Uint8Array(
    probe.buffer,
    probe.byteOffset + IP,
    quotedBytes,
  );
  frame.set(quote, TCP + ICMP_BYTES);
  return frame;
}

/** An ICMP error in whose quote the bits of `mask` are flipped in one byte. */
function quoteWith(probe: DataView, at: number, mask: number): Uint8Array {
  return set8(
    icmpError(probe, 40),
    TCP + ICMP_BYTES + at,
    (byte) => byte ^ mask,
  );
}

function cutEverywhere(frame: Uint8Array, last: number): Uint8Array[] {
  return range(ETHERNET_BYTES, last).map((length) => frame.slice(0, length));
}

function set8(
  frame: Uint8Array,
  at: number,
  change: (value: number) => number,
): Uint8Array {
  frame[at] = change(frame[at]!);
  return frame;
}

function set16(
  frame: Uint8Array,
  at: number,
  change: (value: number) => number,
): Uint8Array {
  const view = new DataView(frame.buffer);
  view.setUint16(at, change(view.getUint16(at)));
  return frame;
}
