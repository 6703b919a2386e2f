import assert from "node:assert/strict";
import { ErrnoError } from "../../ffi/errno.ts";
import { SocketSender } from "../../ffi/packet_sender.ts";
import { PcapCapture } from "../../ffi/pcap_capture.ts";
import { parseIpv6, storeIpv6 } from "../../src/base/mod.ts";
import {
  type Ipv6Pair,
  readIpv6Address,
  writeIpv6Header,
} from "../../src/wire/mod.ts";
import { namespaceTest, run } from "../e2e/namespace.ts";
import {
  drain,
  indexOf,
  openCapture,
  VETH_SETUP,
  writeFrame,
} from "./frames.ts";
import { openTun, readTun } from "./tun.ts";

const EBADF = 9;
const EMSGSIZE = 90;
const ENETDOWN = 100;
const ENOBUFS = 105;
const SHAPE = { capacity: 64, maxFrameBytes: 100, sendBufferBytes: 1 << 20 };

function isErrno(code: string): (error: unknown) => boolean {
  return (error) => error instanceof ErrnoError && error.code === code;
}

namespaceTest(
  import.meta,
  "SocketSender.send() puts every frame on the link, whatever is collected",
  {
    setup: VETH_SETUP,
    run(): void {
      using capture = openCapture("up1");
      using sender = SocketSender.openLink({
        ...SHAPE,
        interfaceIndex: indexOf("up0"),
      });
      const expected: number[] = [];
      for (let number = 0; number < 64; number++) {
        writeFrame(sender, number, { number, lengthBytes: 36 + number });
        expected.push(number);
      }
      // Enough garbage for several collections: memory that only the kernel's headers name must survive.
      for (let i = 0; i < 400; i++) new Uint8Array(1 << 20).fill(0xa5);
      assert.equal(sender.send(0, 64), 64);
      assert.deepEqual(drain(capture), expected);
      assert.equal(capture.wireBytes, 36 + 63);
    },
  },
);

namespaceTest(
  import.meta,
  "SocketSender.send() offers the slots it is told to",
  {
    setup: VETH_SETUP,
    run(): void {
      using capture = openCapture("up1");
      using sender = SocketSender.openLink({
        ...SHAPE,
        interfaceIndex: indexOf("up0"),
      });
      for (let number = 0; number < 8; number++) {
        writeFrame(sender, number, { number, lengthBytes: 60 });
      }
      assert.equal(sender.send(5, 2), 2);
      assert.equal(sender.send(0, 1), 1);
      assert.deepEqual(drain(capture), [5, 6, 0]);
      assert.ok(sender.waitWritable(0));
    },
  },
);

namespaceTest(import.meta, "SocketSender reports refusals as errno", {
  setup: VETH_SETUP,
  async run(): Promise<void> {
    assert.throws(
      () => SocketSender.openLink({ ...SHAPE, interfaceIndex: 9999 }),
      isErrno("ENODEV"),
    );
    const interfaceIndex = indexOf("up0");
    using sender = SocketSender.openLink({
      ...SHAPE,
      maxFrameBytes: 3000,
      interfaceIndex,
    });
    writeFrame(sender, 0, { number: 0, lengthBytes: 60 });
    writeFrame(sender, 1, { number: 1, lengthBytes: 2000 });
    assert.equal(sender.send(0, 2), 1, "the first of two");
    assert.equal(sender.send(1, 1), -EMSGSIZE);
    await run("ip", "link", "set", "up0", "down");
    assert.equal(sender.send(0, 1), -ENETDOWN);
    sender.close();
    sender.close();
    assert.equal(sender.send(0, 1), -EBADF);
  },
});

const IPV4_VERSION = 0x45;
const EXPERIMENT = 253; // IP protocol for experiments, RFC 3692

function writePacket(
  sender: SocketSender,
  slot: number,
  destination: number,
): void {
  const at = sender.frameAt(slot);
  sender.view.setUint8(at, IPV4_VERSION);
  sender.view.setUint16(at + 2, 24);
  sender.view.setUint8(at + 8, 64);
  sender.view.setUint8(at + 9, EXPERIMENT);
  sender.view.setUint32(at + 12, 0x7f000001);
  sender.view.setUint32(at + 16, destination);
  sender.view.setUint32(at + 20, slot);
  sender.setFrame(slot, 24, destination);
}

namespaceTest(
  import.meta,
  "SocketSender.send() reaches the address of each slot through lo",
  {
    setup: "ip addr add 192.0.2.1/32 dev lo",
    run(): void {
      using capture = PcapCapture.open({
        interfaceName: "lo",
        filter: `ip proto ${EXPERIMENT}`,
        snapLengthBytes: 64,
        bufferBytes: 1 << 20,
      });
      using sender = SocketSender.openIp({ ...SHAPE, interfaceName: "lo" });
      const destinations = [0x7f000001, 0x7f000005, 0xc0000201];
      destinations.forEach((address, slot) =>
        writePacket(sender, slot, address)
      );
      assert.equal(sender.send(0, 3), 3);
      const seen: number[] = [];
      capture.wait(1000);
      while (capture.next() > 0) seen.push(capture.view.getUint32(14 + 16));
      assert.deepEqual(seen, destinations);
      assert.throws(
        () => SocketSender.openIp({ ...SHAPE, interfaceName: "nosuch0" }),
        isErrno("ENODEV"),
      );
    },
  },
);

namespaceTest(
  import.meta,
  "SocketSender.send() and PcapCapture work without Ethernet headers",
  {
    run: async () => {
      using tun = openTun("tun0");
      if (tun === null) return;
      await run("ip", "addr", "add", "192.0.2.1/24", "dev", "tun0");
      await run("ip", "link", "set", "tun0", "up");
      using capture = PcapCapture.open({
        interfaceName: "tun0",
        filter: `ip and dst host 192.0.2.1 and ip proto ${EXPERIMENT}`,
        snapLengthBytes: 64,
        bufferBytes: 1 << 20,
      });
      assert.equal(capture.linkType, 12, "DLT_RAW");
      using sender = SocketSender.openIp({ ...SHAPE, interfaceName: "tun0" });
      writePacket(sender, 0, 0xc0000263);
      assert.equal(sender.send(0, 1), 1);
      const packet = readTun(tun, EXPERIMENT);
      assert.equal(new DataView(packet.buffer).getUint32(16), 0xc0000263);
      assert.equal(capture.next(), 0, "what this host sends is left out");
      packet.copyWithin(16, 12, 16); // addressed to a host
      new DataView(packet.buffer).setUint32(16, 0xc0000201);
      tun.write(packet);
      capture.wait(1000);
      assert.equal(capture.next(), 24);
      assert.equal(capture.view.getUint32(16), 0xc0000201);
    },
  },
);

/** Writes an IPv6 packet of 44 bytes whose last four are the slot. */
function writePacket6(
  sender: SocketSender,
  slot: number,
  { destination, source }: Ipv6Pair,
): void {
  const at = sender.frameAt(slot);
  const payloadAt = writeIpv6Header(sender.view, at, {
    trafficClass: 0,
    flowLabel: 0,
    payloadBytes: 4,
    nextHeader: EXPERIMENT,
    hopLimit: 64,
    source,
    destination,
  });
  sender.view.setUint32(payloadAt, slot);
  sender.setFrame(slot, 44, 0);
}

function ipv6(text: string): Uint32Array {
  const words = new Uint32Array(4);
  storeIpv6(parseIpv6(text)!, words, 0);
  return words;
}

namespaceTest(
  import.meta,
  "SocketSender.send() brings IPv6 packets to the address in each of them through lo",
  {
    setup: "ip addr add 2001:db8::1/128 dev lo",
    run(): void {
      using capture = PcapCapture.open({
        interfaceName: "lo",
        filter: `ip6 and ip6[6] = ${EXPERIMENT}`,
        snapLengthBytes: 64,
        bufferBytes: 1 << 20,
      });
      using sender = SocketSender.openIp({
        ...SHAPE,
        interfaceName: "lo",
        version: 6,
      });
      const destinations = ["::1", "2001:db8::1", "::1"].map(ipv6);
      destinations.forEach((destination, slot) =>
        writePacket6(sender, slot, { source: ipv6("::1"), destination })
      );
      assert.equal(sender.send(0, 3), 3);
      const seen: Uint32Array[] = [];
      capture.wait(1000);
      while (capture.next() > 0) {
        seen.push(readIpv6Address(capture.view, 14 + 24));
        assert.equal(capture.view.getUint32(14 + 40), seen.length - 1);
      }
      assert.deepEqual(seen, destinations);
    },
  },
);

namespaceTest(
  import.meta,
  "SocketSender.send() hears that the neighbour table is full",
  {
    setup: `${VETH_SETUP}
ip addr add 10.0.0.1/8 dev up0`,
    async run(): Promise<void> {
      using sender = SocketSender.openIp({ ...SHAPE, interfaceName: "up0" });
      // The limit is the kernel's, and all network namespaces share it: it is reached for a moment only.
      const most = 200_000;
      let next = 0x0a000002;
      let result = 1;
      while (result === 1 && next < 0x0a000002 + most) {
        writePacket(sender, 0, next++);
        result = sender.send(0, 1);
      }
      await run("ip", "link", "del", "up0");
      assert.equal(result, -ENOBUFS);
    },
  },
);

namespaceTest(
  import.meta,
  "SocketSender.send() sends IPv6 packets to a link-local address through its interface",
  {
    setup: [
      "ip link add one0 type veth peer name two0",
      "ip link add other0 type veth peer name other1",
      ...["one0", "two0", "other0", "other1"].map((name) =>
        `ip link set ${name} up`
      ),
      // Without a wait for the detection of duplicates.
      "ip addr add fe80::1/64 dev one0 nodad",
      "ip neigh add fe80::1234 lladdr 02:00:00:00:12:34 dev one0 nud permanent",
    ].join(" && "),
    run(): void {
      using capture = PcapCapture.open({
        interfaceName: "two0",
        filter: `ip6 and ip6[6] = ${EXPERIMENT}`,
        snapLengthBytes: 64,
        bufferBytes: 1 << 20,
      });
      using sender = SocketSender.openIp({
        ...SHAPE,
        interfaceName: "one0",
        interfaceIndex: indexOf("one0"),
        version: 6,
      });
      const destination = ipv6("fe80::1234");
      writePacket6(sender, 0, { source: ipv6("fe80::1"), destination });
      assert.equal(sender.send(0, 1), 1);
      capture.wait(1000);
      assert.equal(capture.next(), 14 + 44);
      assert.equal(capture.view.getUint32(2), 0x00001234);
      assert.deepEqual(readIpv6Address(capture.view, 14 + 24), destination);
    },
  },
);

namespaceTest(
  import.meta,
  "SocketSender.send() does not take an earlier target's missing neighbour for a refusal",
  {
    setup: `${VETH_SETUP}
ip addr add 192.0.2.1/24 dev up0; ip neigh add 192.0.2.99 lladdr 02:00:00:00:00:99 dev up0
sysctl -qw net.ipv4.neigh.up0.retrans_time_ms=10 net.ipv4.neigh.up0.mcast_solicit=1`,
    async run(): Promise<void> {
      using sender = SocketSender.openIp({ ...SHAPE, interfaceName: "up0" });
      for (let slot = 0; slot < 8; slot++) {
        writePacket(sender, slot, 0xc0000202 + slot);
      }
      assert.equal(sender.send(0, 8), 8);
      // The kernel has given them up, and says so to whoever listens.
      while ((await run("ip", "neigh", "show", "nud", "failed")) === "");
      for (let slot = 0; slot < 8; slot++) {
        writePacket(sender, slot, 0xc0000263);
        assert.equal(sender.send(slot, 1), 1);
      }
    },
  },
);

namespaceTest(
  import.meta,
  "SocketSender.waitWritable() is not disturbed by packets that were too long",
  {
    setup: `${VETH_SETUP}
ip link set up0 mtu 100; ip addr add 192.0.2.1/24 dev up0`,
    run(): void {
      using sender = SocketSender.openIp({
        ...SHAPE,
        maxFrameBytes: 200,
        interfaceName: "up0",
      });
      for (let i = 0; i < 100; i++) {
        writePacket(sender, 0, 0xc0000202);
        sender.setFrame(0, 150, 0xc0000202);
        assert.equal(sender.send(0, 1), -EMSGSIZE);
      }
      writePacket(sender, 0, 0xc0000202);
      assert.equal(sender.send(0, 1), 1);
    },
  },
);
