import assert from "node:assert/strict";
import { ArpSocket } from "../../ffi/link_socket.ts";
import { NetlinkSocket } from "../../ffi/netlink.ts";
import { IpSender, LinkSender } from "../../ffi/packet_sender.ts";
import { PcapCapture } from "../../ffi/pcap_capture.ts";
import { hasNetRaw } from "../../ffi/privileges.ts";
import { namespaceTest } from "../e2e/namespace.ts";
import { countOpenFds } from "./open_fds.ts";

const LOOPBACK_INDEX = 1;
const SENDER = { capacity: 4, maxFrameBytes: 64, sendBufferBytes: 4096 };
const CAPTURE = { filter: "tcp", snapLengthBytes: 64, bufferBytes: 1 << 20 };

/** What opens a handle, and what fails to. */
const OPENERS: readonly (() => Disposable)[] = [
  () => LinkSender.open({ ...SENDER, interfaceIndex: LOOPBACK_INDEX }),
  () => LinkSender.open({ ...SENDER, interfaceIndex: 9999 }),
  () => IpSender.open({ ...SENDER, interfaceName: "lo" }),
  () => IpSender.open({ ...SENDER, interfaceName: "nosuch0" }),
  () => PcapCapture.open({ ...CAPTURE, interfaceName: "lo" }),
  () => PcapCapture.open({ ...CAPTURE, interfaceName: "lo", filter: "(" }),
  () => PcapCapture.open({ ...CAPTURE, interfaceName: "nosuch0" }),
  () => ArpSocket.open(LOOPBACK_INDEX),
  () => ArpSocket.open(9999),
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
      assert.equal(openAndClose(), 5);
      const before = countOpenFds();
      for (let i = 0; i < 10; i++) openAndClose();
      assert.equal(countOpenFds(), before);
      using _socket = NetlinkSocket.open();
      assert.equal(countOpenFds(), before + 1, "the count sees open ones");
    },
  },
);
