// deno-lint-ignore-file no-console
/**
 * Runs on the target as `tunnel_end.ts INTERFACE_NAME INTERFACE_INDEX`: unpacks IPv4 in IPv4 from anybody, and sends
 * what was inside back to where the packet came from, as a router does with a packet for somebody else. Says when
 * it listens.
 */
import { SocketSender } from "../../ffi/packet_sender.ts";
import { PcapCapture } from "../../ffi/pcap_capture.ts";

const MAC_BYTES = 6;
const ETHERNET_BYTES = 14;
const IP_BYTES = 20;

const [interfaceName, interfaceIndex] = Deno.args;
using capture = PcapCapture.open({
  interfaceName: interfaceName!,
  filter: "ip proto 4",
  snapLengthBytes: 2048,
  bufferBytes: 1 << 20,
});
using sender = SocketSender.openLink({
  interfaceIndex: Number(interfaceIndex),
  capacity: 1,
  maxFrameBytes: 2048,
  sendBufferBytes: 1 << 20,
});
console.log("ready");

for (;;) {
  const captured = capture.next();
  if (captured <= 0) {
    capture.wait(100);
    continue;
  }
  const frame = new Uint8Array(capture.view.buffer.slice(0)).subarray(
    0,
    captured,
  );
  const back = Uint8Array.of(
    ...frame.subarray(MAC_BYTES, 2 * MAC_BYTES),
    ...frame.subarray(0, MAC_BYTES),
    ...frame.subarray(2 * MAC_BYTES, ETHERNET_BYTES),
    ...frame.subarray(ETHERNET_BYTES + IP_BYTES),
  );
  new Uint8Array(sender.view.buffer).set(back, sender.frameAt(0));
  sender.setFrame(0, back.length, 0);
  sender.send(0, 1);
}
