import assert from "node:assert/strict";
import { MonotonicClock } from "../../ffi/clock.ts";
import { ErrnoError } from "../../ffi/errno.ts";
import { PacketCapture } from "../../ffi/packet_capture.ts";
import { SocketSender } from "../../ffi/packet_sender.ts";
import { PcapCapture } from "../../ffi/pcap_capture.ts";
import { encodeHex, SeededRandom } from "../../src/base/mod.ts";
import { captureFilter } from "../../src/receive/capture_filter.ts";
import { captureProgram } from "../../src/backend/mod.ts";
import { namespaceTest, run } from "../e2e/namespace.ts";
import {
  icmpError,
  IPV4_MODULES,
  LINK_HEADER,
  makeProbe,
  SCANNER,
  send,
  tcpAnswer,
} from "../fixtures/probe_scene.ts";
import { drain, indexOf, VETH_SETUP, writeFrame } from "./frames.ts";
import { openTun, readTun } from "./tun.ts";

const SNAP_BYTES = 128;
const VLAN_TAG = [0x81, 0x00, 0x20, 0x05]; // priority 1, VLAN 5

/** A program that passes what a filter expression says. */
function filterOf(
  expression: string,
): (linkType: number) => Uint8Array<ArrayBuffer> {
  return (linkType) =>
    captureProgram(expression, { linkType, snapLengthBytes: SNAP_BYTES });
}

function openPacket(
  interfaceName: string,
  { expression = "len > 0", bufferBytes = 1 << 22 } = {},
): PacketCapture {
  return PacketCapture.open({
    interfaceName,
    filter: filterOf(expression),
    snapLengthBytes: SNAP_BYTES,
    bufferBytes,
  });
}

function openPcap(interfaceName: string, filter: string): PcapCapture {
  return PcapCapture.open({
    interfaceName,
    filter,
    snapLengthBytes: SNAP_BYTES,
    bufferBytes: 1 << 22,
  });
}

function openSender(interfaceName: string): SocketSender {
  return SocketSender.openLink({
    interfaceIndex: indexOf(interfaceName),
    capacity: 64,
    maxFrameBytes: 1514,
    sendBufferBytes: 1 << 22,
  });
}

/** Everything that a capture says of the packets that wait: their bytes, and their length on the wire. */
function describe(capture: PacketCapture | PcapCapture): string[] {
  const packets: string[] = [];
  for (let quiet = 0; quiet < 2;) {
    const captured = capture.next();
    assert.ok(captured >= 0, capture.lastError());
    if (captured === 0) {
      quiet++;
      capture.wait(50);
      continue;
    }
    const bytes = new Uint8Array(captured);
    for (let i = 0; i < captured; i++) bytes[i] = capture.view.getUint8(i);
    packets.push(`${encodeHex(bytes)} of ${capture.wireBytes}`);
  }
  return packets;
}

/** Frames that a probe of this module might get: its answers, other traffic, and both damaged or tagged. */
function* makeFrames(random: SeededRandom): Generator<Uint8Array> {
  const below = (limit: number): number => random.nextWord() % limit;
  for (let i = 0; i < 600; i++) {
    const module = IPV4_MODULES[i % IPV4_MODULES.length]!;
    const probe = makeProbe(module, { args: module.exampleArgs });
    const sent = send(probe, { source: SCANNER, port: 80 + below(3) });
    const flags = [0x12, 0x14, 0x04, 0x10, 0x18, 0x02][below(6)]!;
    const packet = sent.packet[9] === 6 && below(2) === 0
      ? tcpAnswer(sent, { flags, acknowledgement: below(9) })
      : icmpError(sent.packet, [0, 3, 5, 8, 11, 13][below(6)]!, below(3));
    for (let damages = below(3); damages > 0; damages--) {
      packet[below(packet.length)] = below(256);
    }
    const length = below(4) === 0 ? below(packet.length + 1) : packet.length;
    const header = LINK_HEADER.slice();
    if (below(6) === 0) header[12] = 0x86; // not IPv4
    yield Uint8Array.of(
      ...header.subarray(0, 12),
      ...(below(5) === 0 ? VLAN_TAG : []),
      ...header.subarray(12),
      ...packet.subarray(0, length),
      ...(below(3) === 0 ? new Uint8Array(below(200)) : []),
    );
  }
}

namespaceTest(
  import.meta,
  "PacketCapture gives what PcapCapture gives on the same traffic",
  {
    setup: VETH_SETUP,
    run(): void {
      const random = new SeededRandom(20_260_101n);
      using sender = openSender("up0");
      let passed = 0;
      let tagged = 0;
      for (const module of IPV4_MODULES) {
        const probe = makeProbe(module, { args: module.exampleArgs });
        const filter = captureFilter(probe.captureFilter, [SCANNER, 5]);
        using theirs = openPcap("up1", filter);
        using ours = openPacket("up1", { expression: filter });
        assert.equal(ours.linkType, theirs.linkType);
        for (const frame of makeFrames(random)) {
          const at = sender.frameAt(0);
          frame.forEach((byte, i) => sender.view.setUint8(at + i, byte));
          sender.setFrame(0, frame.length, 0);
          assert.equal(sender.send(0, 1), 1);
        }
        const packets = describe(theirs);
        assert.deepEqual(describe(ours), packets);
        passed += packets.length;
        tagged += packets.filter((one) => one.slice(24, 28) === "8100").length;
        const [ourStats, theirStats] = [
          new Float64Array(3),
          new Float64Array(3),
        ];
        ours.stats(ourStats);
        theirs.stats(theirStats);
        assert.deepEqual(ourStats, theirStats);
        assert.equal(ourStats[0], packets.length);
      }
      assert.ok(passed > 300, `${passed} packets passed`);
      assert.ok(tagged > 30, `${tagged} tagged packets passed`);
    },
  },
);

namespaceTest(
  import.meta,
  "PacketCapture.next() fetches packets, cut off, with time and length",
  {
    setup: VETH_SETUP,
    run(): void {
      using capture = openPacket("up1");
      using sender = openSender("up0");
      assert.equal(capture.linkType, 1, "DLT_EN10MB");
      describe(capture);
      const wall = new Uint32Array(2);
      new MonotonicClock().wallClock(wall);
      writeFrame(sender, 0, { number: 7, lengthBytes: 1000 });
      assert.equal(sender.send(0, 1), 1);
      capture.wait(1000);
      assert.equal(capture.next(), SNAP_BYTES);
      assert.equal(capture.wireBytes, 1000);
      assert.equal(capture.view.getUint16(12), 0x88b5);
      assert.equal(capture.view.getUint8(SNAP_BYTES - 1), 7);
      const lateUs = (capture.seconds - wall[0]!) * 1e6 + capture.microseconds -
        wall[1]!;
      assert.ok(lateUs >= 0 && lateUs < 1e6, `captured after ${lateUs} us`);
      assert.equal(capture.next(), 0);
    },
  },
);

namespaceTest(
  import.meta,
  "PacketCapture leaves out packets that this host sends",
  {
    setup: VETH_SETUP,
    run(): void {
      using capture = openPacket("up0", { expression: "len = 77" });
      using sender = openSender("up0");
      writeFrame(sender, 0, { number: 7, lengthBytes: 77 });
      assert.equal(sender.send(0, 1), 1);
      assert.deepEqual(drain(capture), []);
      const stats = new Float64Array(3);
      capture.stats(stats);
      assert.deepEqual([...stats], [0, 0, 0], "not even the ring sees them");
    },
  },
);

namespaceTest(
  import.meta,
  "PacketCapture.stats() counts what a full ring dropped",
  {
    setup: VETH_SETUP,
    run(): void {
      const sent = 20_000;
      const shape = { expression: "len = 128", bufferBytes: 1 << 20 };
      using capture = openPacket("up1", shape);
      using sender = openSender("up0");
      for (let slot = 0; slot < 50; slot++) {
        writeFrame(sender, slot, { number: slot, lengthBytes: 128 });
      }
      const stats = new Float64Array(3);
      for (let count = 0; count < sent;) {
        const taken = sender.send(0, 50);
        if (taken > 0) count += taken;
        if (count === sent / 2) capture.stats(stats);
      }
      const fetched = drain(capture).length;
      capture.stats(stats);
      const [received, dropped] = stats;
      assert.ok(dropped! > 0, "the ring was too small");
      assert.equal(received, sent);
      assert.equal(fetched + dropped!, sent);
      // And it goes on where it stopped.
      writeFrame(sender, 0, { number: 99, lengthBytes: 128 });
      assert.equal(sender.send(0, 1), 1);
      assert.deepEqual(drain(capture), [99]);
      capture.stats(stats);
      assert.equal(stats[0], sent + 1, "totals, not differences");
    },
  },
);

namespaceTest(
  import.meta,
  "PacketCapture keeps every packet, many times around the ring",
  {
    setup: VETH_SETUP,
    run(): void {
      const shape = {
        expression: "len < 200 and len >= 60",
        bufferBytes: 1 << 17,
      };
      using capture = openPacket("up1", shape);
      using sender = openSender("up0");
      for (let round = 0; round < 300; round++) {
        const expected: number[] = [];
        for (let slot = 0; slot < 50; slot++) {
          const number = (round + slot) % 251;
          writeFrame(sender, slot, { number, lengthBytes: 60 + slot });
          expected.push(number);
        }
        assert.equal(sender.send(0, 50), 50);
        const seen: number[] = [];
        while (seen.length < expected.length) {
          const captured = capture.next();
          if (captured === 0) capture.wait(1000);
          // The kernel has something to say about its new interfaces, too.
          else if (capture.view.getUint16(12) === 0x88b5) {
            seen.push(capture.view.getUint8(captured - 1));
          }
        }
        assert.deepEqual(seen, expected);
      }
      const stats = new Float64Array(3);
      capture.stats(stats);
      assert.equal(stats[1], 0);
    },
  },
);

namespaceTest(import.meta, "PacketCapture.open() says what is wrong", {
  setup: "ip link add up0 type veth peer name up1",
  run(): void {
    const isErrno = (code: string) => (error: unknown): boolean =>
      error instanceof ErrnoError && error.code === code;
    assert.throws(() => openPacket("nosuch0"), isErrno("ENODEV"));
    assert.throws(() => openPacket("up0"), isErrno("ENETDOWN"));
    assert.throws(
      () => openPacket("lo", { expression: "ip and and" }),
      SyntaxError,
    );
  },
});

namespaceTest(
  import.meta,
  "PacketCapture goes on after the interface was down, and ends when it is gone",
  {
    setup: VETH_SETUP,
    async run(): Promise<void> {
      const capture = openPacket("up1", { expression: "len = 77" });
      using sender = openSender("up0");
      await run("ip", "link", "set", "up1", "down");
      capture.wait(100);
      assert.equal(capture.next(), 0);
      await run("ip", "link", "set", "up1", "up");
      writeFrame(sender, 0, { number: 7, lengthBytes: 77 });
      // The link is ready a moment later, and what is sent before that is lost.
      let arrived: number[] = [];
      for (let tries = 0; tries < 50 && arrived.length === 0; tries++) {
        assert.equal(sender.send(0, 1), 1);
        arrived = drain(capture);
      }
      assert.deepEqual(arrived, [7]);
      await run("ip", "link", "del", "up0");
      capture.wait(1000);
      assert.equal(capture.next(), -1);
      assert.equal(capture.lastError(), "The interface disappeared");
      capture.close();
      capture.close();
      assert.equal(capture.next(), -1);
      assert.equal(capture.lastError(), "capture is closed");
    },
  },
);

const EXPERIMENT = 253; // IP protocol for experiments, RFC 3692

namespaceTest(
  import.meta,
  "PacketCapture works without Ethernet headers, and on loopback",
  {
    run: async () => {
      using tun = openTun("tun0");
      if (tun === null) return;
      await run("ip", "addr", "add", "192.0.2.1/24", "dev", "tun0");
      await run("ip", "link", "set", "tun0", "up");
      const expression = `ip and dst host 192.0.2.1 and ip proto ${EXPERIMENT}`;
      using capture = openPacket("tun0", { expression });
      assert.equal(capture.linkType, 12, "DLT_RAW");
      const shape = {
        capacity: 4,
        maxFrameBytes: 64,
        sendBufferBytes: 1 << 20,
      };
      using sender = SocketSender.openIp({ ...shape, interfaceName: "tun0" });
      writePacket(sender, 0xc0000263);
      assert.equal(sender.send(0, 1), 1);
      const packet = readTun(tun, EXPERIMENT);
      assert.equal(capture.next(), 0, "what this host sends is left out");
      packet.copyWithin(16, 12, 16); // addressed to a host
      new DataView(packet.buffer).setUint32(16, 0xc0000201);
      tun.write(packet);
      capture.wait(1000);
      assert.equal(capture.next(), 24);
      assert.equal(capture.wireBytes, 24);
      assert.equal(capture.view.getUint32(16), 0xc0000201);
      assert.equal(capture.view.getUint32(20), 0x01020304);

      using onLoopback = openPacket("lo", { expression });
      assert.equal(onLoopback.linkType, 1);
      using loopback = SocketSender.openIp({ ...shape, interfaceName: "lo" });
      writePacket(loopback, 0xc0000201);
      assert.equal(loopback.send(0, 1), 1);
      onLoopback.wait(1000);
      assert.equal(onLoopback.next(), 14 + 24);
      assert.equal(onLoopback.view.getUint32(14 + 20), 0x01020304);
      assert.equal(onLoopback.next(), 0, "once, not twice");
    },
  },
);

function writePacket(sender: SocketSender, destination: number): void {
  const at = sender.frameAt(0);
  sender.view.setUint8(at, 0x45);
  sender.view.setUint16(at + 2, 24);
  sender.view.setUint8(at + 8, 64);
  sender.view.setUint8(at + 9, EXPERIMENT);
  sender.view.setUint32(at + 12, 0xc0000201);
  sender.view.setUint32(at + 16, destination);
  sender.view.setUint32(at + 20, 0x01020304);
  sender.setFrame(0, 24, destination);
}

namespaceTest(
  import.meta,
  "PacketCapture.wait() gathers packets for about 10 ms, and no longer than 20",
  {
    setup: VETH_SETUP,
    run(): void {
      using capture = openPacket("up1", { expression: "len = 77" });
      using sender = openSender("up0");
      const clock = new MonotonicClock();
      writeFrame(sender, 0, { number: 0, lengthBytes: 77 });
      const startNs = clock.nowNs();
      let received = 0;
      let wakeUps = 0;
      while (clock.nowNs() < startNs + 400e6) {
        sender.send(0, 1);
        capture.wait(1000);
        wakeUps++;
        while (capture.next() > 0) received++;
      }
      assert.equal(received, wakeUps);
      assert.ok(wakeUps >= 10 && wakeUps <= 44, `${wakeUps} in 400 ms`);
    },
  },
);
