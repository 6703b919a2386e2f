/**
 * The bindings of libpcap and of the kernel's packet sockets, for programs of their own: Linux, by Deno's FFI. Handles
 * are classes with `close` and `Symbol.dispose`, for `using`; system calls that fail throw `ErrnoError`. Times are Unix
 * seconds and parts of a second, lengths bytes. Nothing is opened on import. Needs `--allow-ffi`, and CAP_NET_RAW.
 *
 * @example
 * ```ts ignore
 * using capture = PcapCapture.open({
 *   interfaceName: "eth0",
 *   filter: "icmp",
 *   snapLengthBytes: 256,
 *   bufferBytes: 2 ** 21,
 * });
 * for (;;) {
 *   const length = capture.next();
 *   if (length < 0) throw new Error(capture.lastError());
 *   if (length === 0) capture.wait(100);
 *   else console.log(capture.seconds, capture.wireBytes, capture.view.getUint8(0));
 * }
 * ```
 *
 * @module
 */
export { PcapCapture, type PcapCaptureOptions } from "./pcap_capture.ts";
export { PacketCapture, type PacketCaptureOptions } from "./packet_capture.ts";
export type { CaptureSocketOptions } from "./_capture_socket.ts";
export {
  type IpSenderOptions,
  type LinkSenderOptions,
  type SenderOptions,
  SocketSender,
} from "./packet_sender.ts";
export { ErrnoError, errnoText } from "./errno.ts";
