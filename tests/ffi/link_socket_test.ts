import assert from "node:assert/strict";
import { LinkSocket } from "../../ffi/link_socket.ts";
import { namespaceTest } from "../e2e/namespace.ts";
import { indexOf, VETH_SETUP } from "./frames.ts";

const FRAME_BYTES = 86;

/** A frame of IPv6 with this next header, and this byte where ICMPv6 has its type. */
function frameOf(nextHeader: number, type: number): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(FRAME_BYTES).fill(0xff, 0, 6);
  const view = new DataView(frame.buffer);
  view.setUint16(12, 0x86dd);
  view.setUint8(14, 6 << 4);
  view.setUint8(20, nextHeader);
  view.setUint8(54, type);
  return frame;
}

namespaceTest(
  import.meta,
  "LinkSocket.openNdp() receives neighbour discovery and no other packets of IPv6",
  {
    setup: `${VETH_SETUP}
until ip link show up0 | grep -q "state UP"; do :; done`,
    run(): void {
      using receiver = LinkSocket.openNdp(indexOf("up1"));
      using sender = LinkSocket.openNdp(indexOf("up0"));
      const sent = [[58, 128], [58, 135], [17, 136], [58, 134], [58, 136]];
      for (const [nextHeader, type] of sent) {
        sender.send(frameOf(nextHeader!, type!));
      }
      const buffer = new Uint8Array(FRAME_BYTES);
      const types: number[] = [];
      // The last one comes last, so that the others have come or been dropped by then.
      while (types.at(-1) !== 136) {
        if (receiver.receive(buffer, -1) > 0) types.push(buffer[54]!);
      }
      assert.deepEqual(types, [135, 136]);
    },
  },
);
