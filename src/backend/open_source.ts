import { PacketCapture } from "../../ffi/packet_capture.ts";
import { PcapCapture } from "../../ffi/pcap_capture.ts";
import { captureProgram } from "./capture_program.ts";
import type { ReceiveBackend } from "./names.ts";
import type { PacketSource } from "./packet_source.ts";

/** What a receiver needs. */
export interface SourceRequest {
  /** Which one is asked for. */
  readonly backend: ReceiveBackend;
  /** Name of the interface that packets arrive at. */
  readonly interfaceName: string;
  /** Filter expression of the kind that `parseCaptureFilter` knows. */
  readonly filter: string;
  /** Bytes to keep of each packet. */
  readonly snapLengthBytes: number;
  /** Kernel buffer for captured packets. */
  readonly bufferBytes: number;
}

/** An open source, and how it came to be this one. */
export interface OpenedSource {
  /** Has to be closed. */
  readonly source: PacketSource & Disposable;
  /** Which one it is. */
  readonly name: "pcap" | "packet";
  /** Why so, as a sentence for the log without a final period. */
  readonly reason: string;
}

/**
 * Opens the source that is asked for; with `auto` libpcap where it is installed, else our own.
 *
 * @throws {Deno.errors.NotFound} when `pcap` is asked for and libpcap is not installed
 * @throws {ErrnoError} EPERM without CAP_NET_RAW, ENODEV without such an interface, ENETDOWN when it is down
 */
export function openSource(request: SourceRequest): OpenedSource {
  switch (request.backend) {
    case "pcap":
      return openPcap(request, "as asked for");
    case "packet":
      return openPacket(request, "as asked for");
    case "auto":
      try {
        return openPcap(request, "libpcap is installed");
      } catch (error) {
        if (
          !(error instanceof Deno.errors.NotFound ||
            error instanceof Deno.errors.NotCapable)
        ) throw error;
        return openPacket(request, "there is no libpcap here that may be used");
      }
  }
}

function openPcap(request: SourceRequest, reason: string): OpenedSource {
  return { source: PcapCapture.open(request), name: "pcap", reason };
}

function openPacket(request: SourceRequest, reason: string): OpenedSource {
  const { bufferBytes, interfaceName, snapLengthBytes } = request;
  const source = PacketCapture.open({
    bufferBytes,
    interfaceName,
    snapLengthBytes,
    filter: (linkType) =>
      captureProgram(request.filter, { linkType, snapLengthBytes }),
  });
  return { source, name: "packet", reason };
}
