import assert from "node:assert/strict";
import { LinkSocket } from "../../ffi/link_socket.ts";
import { NetlinkSocket } from "../../ffi/netlink.ts";
import { SocketSender } from "../../ffi/packet_sender.ts";
import { PacketCapture } from "../../ffi/packet_capture.ts";
import { PcapCapture } from "../../ffi/pcap_capture.ts";
import { hasNetRaw } from "../../ffi/privileges.ts";
import { RingSender } from "../../ffi/ring_sender.ts";
import { XdpSender } from "../../ffi/xdp_sender.ts";
import { namespaceTest } from "../e2e/namespace.ts";
import { countOpenFds } from "./open_fds.ts";

const LOOPBACK_INDEX = 1;
const SENDER = { capacity: 4, maxFrameBytes: 64, sendBufferBytes: 4096 };
const CAPTURE = { filter: "tcp", snapLengthBytes: 64, bufferBytes: 1 << 20 };

const XDP = { ...SENDER, queue: 0, wantsZeroCopy: true };
/** Passes all packets: BPF_RET | BPF_K, 64. */
const ALL = Uint8Array.of(6, 0, 0, 0, 64, 0, 0, 0);
const NO_FILTER = (): Uint8Array<ArrayBuffer> => new Uint8Array(8).fill(0xff);
const RING = {
  filter: (): Uint8Array<ArrayBuffer> => ALL,
  snapLengthBytes: 64,
  bufferBytes: 1 << 20,
};

/** What opens a handle, and what fails to. */
const OPENERS: readonly (() => Disposable)[] = [
  () => SocketSender.openLink({ ...SENDER, interfaceIndex: LOOPBACK_INDEX }),
  () => SocketSender.openLink({ ...SENDER, interfaceIndex: 9999 }),
  () => SocketSender.openIp({ ...SENDER, interfaceName: "lo" }),
  () => SocketSender.openIp({ ...SENDER, interfaceName: "nosuch0" }),
  () => RingSender.open({ ...SENDER, interfaceIndex: LOOPBACK_INDEX }),
  () => RingSender.open({ ...SENDER, interfaceIndex: 9999 }),
  () => XdpSender.open({ ...XDP, interfaceIndex: LOOPBACK_INDEX }),
  () => XdpSender.open({ ...XDP, interfaceIndex: 9999 }),
  () => PacketCapture.open({ ...RING, interfaceName: "lo" }),
  () => PacketCapture.open({ ...RING, interfaceName: "nosuch0" }),
  () => PacketCapture.open({ ...RING, interfaceName: "lo", filter: NO_FILTER }),
  () => PcapCapture.open({ ...CAPTURE, interfaceName: "lo" }),
  () => PcapCapture.open({ ...CAPTURE, interfaceName: "lo", filter: "(" }),
  () => PcapCapture.open({ ...CAPTURE, interfaceName: "nosuch0" }),
  () => LinkSocket.openArp(LOOPBACK_INDEX),
  () => LinkSocket.openArp(9999),
  () => LinkSocket.openIp(LOOPBACK_INDEX, 4),
  () => LinkSocket.openIp(9999, 6),
  () => NetlinkSocket.open(),
];

function openAndClose(): number {
  let failures = 0;
  for (const open of OPENERS) {
    try {
      const handle = open();
      handle[Symbol.dispose]();
      handle[Symbol.dispose]();
    } catch {
      failures++;
    }
  }
  hasNetRaw();
  return failures;
}

namespaceTest(
  import.meta,
  "Handles close their file descriptors, and failed opens leave none",
  {
    run(): void {
      assert.equal(openAndClose(), 10);
      const before = countOpenFds();
      for (let i = 0; i < 10; i++) openAndClose();
      assert.equal(countOpenFds(), before);
      using _socket = NetlinkSocket.open();
      assert.equal(countOpenFds(), before + 1, "the count sees open ones");
    },
  },
);
