import { PcapCapture } from "../../ffi/pcap_capture.ts";
import { openLibc } from "../../ffi/libc.ts";

/**
 * Both ends of an Ethernet link in one namespace. It is silent but for the test's packets: the kernel's own
 * messages about IPv6, which it sends when an interface comes up, are off.
 */
export const VETH_SETUP = `ipv6=/proc/sys/net/ipv6/conf/default/disable_ipv6
if [ -e $ipv6 ]; then echo 1 > $ipv6; fi
ip link add up0 type veth peer name up1
ip link set up0 up; ip link set up1 up`;

/** Source of all frames that `writeFrame` makes: an address that nothing else has. */
export const FRAME_SOURCE = "02:00:00:00:00:77";
const LOCAL_EXPERIMENT = 0x88b5; // IEEE 802 local experimental EtherType

/** What all senders are, as far as frames are written. */
export interface FrameWriter {
  readonly view: DataView;
  frameAt(slot: number): number;
  setFrame(slot: number, lengthBytes: number, destination: number): void;
}

/** What all captures are, as far as they are read. */
export interface FrameReader {
  readonly view: DataView;
  next(): number;
  wait(timeoutMs: number): void;
}

/** Writes a frame to no one, of an EtherType that the kernel leaves alone, filled with its number. */
export function writeFrame(
  sender: FrameWriter,
  slot: number,
  frame: { number: number; lengthBytes: number },
): void {
  const { view } = sender;
  const at = sender.frameAt(slot);
  for (let i = 0; i < frame.lengthBytes; i++) {
    view.setUint8(at + i, frame.number);
  }
  view.setUint32(at, 0x02000000);
  view.setUint32(at + 4, 0x00780200);
  view.setUint32(at + 8, 0x00000077);
  view.setUint16(at + 12, LOCAL_EXPERIMENT);
  sender.setFrame(slot, frame.lengthBytes, 0);
}

/** Captures what `writeFrame` made. */
export function openCapture(
  interfaceName: string,
  bufferBytes: number = 1 << 22,
): PcapCapture {
  return PcapCapture.open({
    interfaceName,
    filter: `ether src ${FRAME_SOURCE}`,
    snapLengthBytes: 128,
    bufferBytes,
  });
}

/**
 * Fetches packets until none has come for a while, or `enough` have come and none waits: number of each, by its
 * last captured byte.
 */
export function drain(
  capture: FrameReader,
  quietMs = 100,
  enough: number = Infinity,
): number[] {
  const numbers: number[] = [];
  for (;;) {
    let captured = capture.next();
    if (captured === 0) {
      capture.wait(numbers.length < enough ? quietMs : 0);
      captured = capture.next();
    }
    if (captured <= 0) return numbers;
    numbers.push(capture.view.getUint8(captured - 1));
  }
}

/** Index of an interface that exists. */
export function indexOf(interfaceName: string): number {
  return openLibc().if_nametoindex(
    new TextEncoder().encode(`${interfaceName}\0`),
  );
}
