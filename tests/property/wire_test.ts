import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ARP_BYTES,
  ETHERNET_HEADER_BYTES,
  findTcpOption,
  foldSum,
  internetChecksum,
  ipv4PacketEnd,
  ipv4PayloadAt,
  MAC_BYTES,
  parseArp,
  parseEthernetHeader,
  parseIcmpEcho,
  parseIpv4Header,
  parseTcpHeader,
  parseUdpHeader,
  pseudoHeaderSum,
  sumWords,
  tcpChecksum,
  tcpPayloadAt,
  UDP_HEADER_BYTES,
  updateChecksum,
  writeArp,
  writeEthernetHeader,
  writeIcmpEcho,
  writeIpv4Header,
  writeTcpChecksum,
  writeTcpHeader,
  writeUdpHeader,
} from "../../src/wire/mod.ts";
import { FILL, viewOf } from "../fixtures/probe_scene.ts";

/** `deepEqual` tells objects with and without a prototype apart. */
const PLAIN = { noNullPrototype: true } as const;
const byte = fc.integer({ min: 0, max: 0xff });
const half = fc.integer({ min: 0, max: 0xffff });
const word = fc.integer({ min: 0, max: 0xffff_ffff });
const mac = fc.uint8Array({ minLength: MAC_BYTES, maxLength: MAC_BYTES });
const offset = fc.integer({ min: 0, max: 20 });
const payload = fc.uint8Array({ maxLength: 64 });
const tcpOptions = fc.uint8Array({ maxLength: 40 })
  .map((bytes) => bytes.slice(0, bytes.length & ~3));

const anyEthernet = fc.record(
  { destination: mac, source: mac, type: half },
  PLAIN,
);
const anyArp = fc.record({
  operation: half,
  senderMac: mac,
  senderAddress: word,
  targetMac: mac,
  targetAddress: word,
}, PLAIN);
const anyIpv4 = fc.record({
  typeOfService: byte,
  totalBytes: half,
  id: half,
  mayFragment: fc.boolean(),
  hasMoreFragments: fc.boolean(),
  fragmentBytes: fc.integer({ min: 0, max: 0x1fff }).map((eights) =>
    eights * 8
  ),
  ttl: byte,
  protocol: byte,
  source: word,
  destination: word,
}, PLAIN);
const anyTcp = fc.record({
  sourcePort: half,
  destinationPort: half,
  sequence: word,
  acknowledgement: word,
  flags: byte,
  window: half,
}, PLAIN);
const anyUdp = fc.record({
  sourcePort: half,
  destinationPort: half,
  lengthBytes: fc.integer({ min: UDP_HEADER_BYTES, max: 0xffff }),
}, PLAIN);
const anyEcho = fc.record(
  { type: byte, code: byte, id: half, sequence: half },
  PLAIN,
);

/** The definition of RFC 1071 read literally, in integers without a limit. */
function naiveChecksum(bytes: readonly number[]): number {
  let sum = 0n;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += BigInt(bytes[i]! * 256 + (bytes[i + 1] ?? 0));
  }
  while (sum > 0xffffn) sum = (sum & 0xffffn) + (sum >> 16n);
  return Number(~sum & 0xffffn);
}

/** Runs `build` in a buffer full of `FILL` and checks that nothing but `lengthBytes` bytes at `at` changed. */
function buildAt(
  at: number,
  lengthBytes: number,
  build: (view: DataView) => void,
): DataView {
  const bytes = new Uint8Array(at + lengthBytes + 8).fill(FILL);
  build(viewOf(bytes));
  const around = [...bytes.slice(0, at), ...bytes.slice(at + lengthBytes)];
  assert.ok(around.every((value) => value === FILL));
  return viewOf(bytes);
}

Deno.test("parseEthernetHeader() and parseArp() read what was written", () => {
  fc.assert(fc.property(offset, anyEthernet, anyArp, (at, ethernet, arp) => {
    const header = buildAt(
      at,
      ETHERNET_HEADER_BYTES,
      (view) => writeEthernetHeader(view, at, ethernet),
    );
    const end = at + ETHERNET_HEADER_BYTES;
    assert.deepEqual(parseEthernetHeader(header, at, end), ethernet);
    const message = buildAt(
      at,
      ARP_BYTES,
      (view) => writeArp(view, at, arp),
    );
    assert.deepEqual(parseArp(message, at, at + ARP_BYTES), arp);
  }));
});

Deno.test("parseIpv4Header() reads what was written, with a right checksum", () => {
  fc.assert(fc.property(offset, anyIpv4, (at, header) => {
    const view = buildAt(at, 20, (buffer) => {
      assert.equal(writeIpv4Header(buffer, at, header), at + 20);
    });
    assert.deepEqual(parseIpv4Header(view, at, at + 20), header);
    assert.equal(naiveChecksum([...bytesOfView(view, at, 20)]), 0);
  }));
});

Deno.test("parseTcpHeader() reads what was written, with a right checksum", () => {
  fc.assert(
    fc.property(
      offset,
      anyTcp,
      tcpOptions,
      word,
      word,
      (at, header, options, source, destination) => {
        const lengthBytes = 20 + options.length;
        const end = at + lengthBytes;
        const view = buildAt(at, lengthBytes, (buffer) => {
          assert.equal(writeTcpHeader(buffer, at, header, options), end);
          writeTcpChecksum(buffer, at, end, source, destination);
        });
        assert.deepEqual(parseTcpHeader(view, at, end), header);
        assert.equal(tcpChecksum(view, at, end, source, destination), 0);
        const pseudo = [source, destination].flatMap((address) =>
          [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff)
        );
        const segment = bytesOfView(view, at, lengthBytes);
        const bytes = [...pseudo, 0, 6, 0, lengthBytes, ...segment];
        assert.equal(naiveChecksum(bytes), 0);
      },
    ),
  );
});

Deno.test("parseUdpHeader() and parseIcmpEcho() read what was written", () => {
  fc.assert(
    fc.property(offset, anyUdp, anyEcho, payload, (at, udp, echo, data) => {
      const header = buildAt(
        at,
        UDP_HEADER_BYTES,
        (view) => writeUdpHeader(view, at, udp),
      );
      assert.deepEqual(parseUdpHeader(header, at, at + udp.lengthBytes), udp);
      const lengthBytes = 8 + data.length;
      const message = buildAt(at, lengthBytes, (view) => {
        assert.equal(writeIcmpEcho(view, at, echo, data), at + lengthBytes);
      });
      assert.deepEqual(parseIcmpEcho(message, at, at + lengthBytes), echo);
      assert.equal(
        naiveChecksum([...bytesOfView(message, at, lengthBytes)]),
        0,
      );
    }),
  );
});

Deno.test("internetChecksum() agrees with RFC 1071 read literally", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 1500 }),
    fc.array(fc.constantFrom(0, 0xff, 0xfe), { maxLength: 200 })
      .map((values) => Uint8Array.from(values)),
  );
  fc.assert(fc.property(bytes, half, (data, initial) => {
    const view = viewOf(data);
    const length = data.length;
    assert.equal(internetChecksum(view, 0, length), naiveChecksum([...data]));
    const all = [initial >>> 8, initial & 0xff, ...data];
    const sum = sumWords(view, 0, length, initial);
    assert.equal(sum ^ 0xffff, naiveChecksum(all));
  }));
});

Deno.test("foldSum() leaves 16 bits that are equal modulo 0xffff, and 0 only for 0", () => {
  fc.assert(fc.property(word, (sum) => {
    const folded = foldSum(sum);
    assert.ok(folded >= 0 && folded <= 0xffff);
    assert.equal(folded % 0xffff, sum % 0xffff);
    assert.equal(folded === 0, sum === 0);
  }));
});

Deno.test("updateChecksum() agrees with computing anew", () => {
  const words = fc.array(half, { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(words, fc.nat(), half, (before, pick, to) => {
    const at = pick % before.length;
    // A header is never all zero, and RFC 1624 only promises the rest.
    const old = [0x4500, ...before];
    const changed = old.with(at + 1, to);
    const checksum = (values: readonly number[]): number =>
      naiveChecksum(values.flatMap((value) => [value >>> 8, value & 0xff]));
    const updated = updateChecksum(checksum(old), before[at]!, to);
    assert.equal(updated, checksum(changed));
  }));
});

Deno.test("pseudoHeaderSum() agrees with summing the header", () => {
  fc.assert(
    fc.property(word, word, byte, half, (from, to, protocol, length) => {
      const view = viewOf(new Uint8Array(12));
      view.setUint32(0, from);
      view.setUint32(4, to);
      view.setUint8(9, protocol);
      view.setUint16(10, length);
      const sum = pseudoHeaderSum(from, to, protocol, length);
      assert.equal(sum, sumWords(view, 0, 12));
    }),
  );
});

Deno.test("no bytes make a reader throw or look behind their end", () => {
  const readers = [
    parseEthernetHeader,
    parseArp,
    parseIpv4Header,
    parseTcpHeader,
    parseUdpHeader,
    parseIcmpEcho,
    ipv4PayloadAt,
    tcpPayloadAt,
    ...[2, 3, 4, 8, 200].map(
      (kind) => (view: DataView, at: number, end: number) =>
        findTcpOption(view, at, end, kind),
    ),
  ];
  const likely = fc.array(
    fc.oneof(byte, fc.constantFrom(0, 1, 2, 3, 4, 8, 0x45, 0x50, 0xf0)),
    { maxLength: 80 },
  ).map((bytes) => Uint8Array.from(bytes));
  fc.assert(fc.property(likely, offset, (bytes, skip) => {
    const at = Math.min(skip, bytes.length);
    for (let end = at; end <= bytes.length; end += 3) {
      const cut = viewOf(bytes.slice(0, end));
      for (const read of readers) {
        assert.deepEqual(read(viewOf(bytes), at, end), read(cut, at, end));
      }
    }
  }));
});

Deno.test("ipv4PacketEnd() lies between the header's end and the captured end, or is -1", () => {
  const packet = fc.tuple(
    fc.constantFrom(0x45, 0x46, 0x4f, 0x44, 0x65),
    fc.uint8Array({ minLength: 3, maxLength: 80 }),
  ).map(([first, rest]) => Uint8Array.of(first, ...rest));
  const hidden = fc.integer({ min: 0, max: 40 });
  fc.assert(fc.property(packet, half, hidden, (bytes, total, uncaptured) => {
    const view = viewOf(bytes);
    view.setUint16(2, total % 120);
    const captured = bytes.length;
    const end = ipv4PacketEnd(view, 0, captured, captured + uncaptured);
    const payloadAt = ipv4PayloadAt(view, 0, captured);
    if (end < 0) {
      const isLie = total % 120 < payloadAt ||
        total % 120 > captured + uncaptured;
      assert.ok(payloadAt < 0 || isLie);
    } else {
      assert.ok(payloadAt >= 20 && end >= payloadAt && end <= captured);
      assert.equal(end, Math.min(captured, total % 120));
    }
  }));
});

function bytesOfView(
  view: DataView,
  at: number,
  lengthBytes: number,
): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, lengthBytes);
}
