import { type Response, statedLengthOf } from "../../probe/mod.ts";
import { ByteBuffer } from "../byte_buffer.ts";
import type { OutputModule } from "../output_module.ts";
import type { Chunk, RowEncoder } from "../row_encoder.ts";

/** Magic of files whose times are seconds and microseconds (pcap-savefile(5)). */
const MAGIC = 0xa1b2c3d4;
const VERSION_MAJOR = 2;
const VERSION_MINOR = 4;
const SNAP_LENGTH = 65535;
/** Packets begin with their IP header: LINKTYPE_RAW. */
const LINK_TYPE_RAW = 101;
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

/** Packets of the answers. */
export const pcap: OutputModule = {
  name: "pcap",
  summary: "packets of the answers, for Wireshark and tcpdump",
  help:
    `Writes the packet of each answer to a capture file that Wireshark, tshark and tcpdump open, without its
Ethernet header, and as much of it as the kind of probe looks at. Everything valid is written, unless
--output-filter says otherwise. Takes no arguments.`,
  selection: "all",
  canNest: true,
  rowBytes: RECORD_HEADER_BYTES + 60,
  fields: () => [],
  open: ({ keptBytes }) => new PcapEncoder(keptBytes === 0),
};

/** The header of a capture file whose packets begin with their IP header. */
export function pcapFileHeader(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FILE_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, VERSION_MAJOR, true);
  view.setUint16(6, VERSION_MINOR, true);
  view.setUint32(16, SNAP_LENGTH, true);
  view.setUint32(20, LINK_TYPE_RAW, true);
  return bytes;
}

class PcapEncoder implements RowEncoder<Response> {
  readonly #buffer = new ByteBuffer();
  readonly #head = new Uint8Array(RECORD_HEADER_BYTES);
  readonly #headView = new DataView(this.#head.buffer);
  #rows = 0;

  constructor(hasHeader: boolean) {
    if (hasHeader) this.#buffer.writeBytes(pcapFileHeader());
  }

  get lengthBytes(): number {
    return this.#buffer.length;
  }

  append(response: Response): void {
    const { at, end, microseconds, seconds, view } = response;
    const captured = end - at;
    const head = this.#headView;
    head.setUint32(0, seconds, true);
    head.setUint32(4, microseconds, true);
    head.setUint32(8, captured, true);
    head.setUint32(12, Math.max(captured, statedLengthOf(response)), true);
    this.#buffer.writeBytes(this.#head);
    this.#buffer.writeBytes(
      new Uint8Array(view.buffer, view.byteOffset + at, captured),
    );
    this.#rows++;
  }

  take(): Chunk {
    const rows = this.#rows;
    this.#rows = 0;
    return { bytes: this.#buffer.take(), rows, isCuttable: false };
  }

  finish(): Chunk {
    return this.take();
  }
}
