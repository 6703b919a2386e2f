import { type Response, statedLengthOf } from "../../probe/mod.ts";
import {
  LINK_TYPE_RAW,
  PCAP_RECORD_HEADER_BYTES,
  pcapFileHeader,
  writePcapRecordHeader,
} from "../../wire/mod.ts";
import { ByteBuffer } from "../byte_buffer.ts";
import type { OutputModule } from "../output_module.ts";
import type { Chunk, RowEncoder } from "../row_encoder.ts";

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
  rowBytes: PCAP_RECORD_HEADER_BYTES + 60,
  fields: () => [],
  open: ({ keptBytes }) => new PcapEncoder(keptBytes === 0),
};

class PcapEncoder implements RowEncoder<Response> {
  readonly #buffer = new ByteBuffer();
  readonly #head = new Uint8Array(PCAP_RECORD_HEADER_BYTES);
  readonly #headView = new DataView(this.#head.buffer);
  #rows = 0;

  constructor(hasHeader: boolean) {
    if (hasHeader) this.#buffer.writeBytes(pcapFileHeader(LINK_TYPE_RAW));
  }

  get lengthBytes(): number {
    return this.#buffer.length;
  }

  append(response: Response): void {
    const { at, end, microseconds, seconds, view } = response;
    const captured = end - at;
    writePcapRecordHeader(
      this.#headView,
      0,
      seconds,
      microseconds,
      captured,
      Math.max(captured, statedLengthOf(response)),
    );
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
