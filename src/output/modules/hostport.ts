import type { Response } from "../../probe/mod.ts";
import { ByteBuffer } from "../byte_buffer.ts";
import type { OutputModule } from "../output_module.ts";
import type { Chunk, RowEncoder } from "../row_encoder.ts";
import { takeLines } from "../row_writer.ts";
import { writeHost, writeTarget } from "./_target.ts";

const COLON = 0x3a;
const LINE_FEED = 0x0a;

/** Addresses with ports. */
export const hostport: OutputModule = {
  name: "hostport",
  summary: "address:port lines, for httpx, nuclei and naabu",
  help:
    `Writes each new success as a line such as 192.0.2.9:443 or [2001:db8::1]:443, which httpx, nuclei and
naabu read; the address alone where probes have no ports. Takes no arguments.`,
  selection: "new-successes",
  canNest: false,
  rowBytes: "198.51.100.100:8443\n".length,
  fields: () => ["target"],
  open: ({ ports }) => new HostPortEncoder(ports.length > 0),
};

class HostPortEncoder implements RowEncoder<Response> {
  readonly #buffer = new ByteBuffer();
  readonly #hasPorts: boolean;
  #rows = 0;

  constructor(hasPorts: boolean) {
    this.#hasPorts = hasPorts;
  }

  get lengthBytes(): number {
    return this.#buffer.length;
  }

  append(response: Response): void {
    const buffer = this.#buffer;
    if (this.#hasPorts) {
      writeHost(buffer, response);
      buffer.writeByte(COLON);
      buffer.writeNumber(response.targetPort);
    } else writeTarget(buffer, response);
    buffer.writeByte(LINE_FEED);
    this.#rows++;
  }

  take(): Chunk {
    const rows = this.#rows;
    this.#rows = 0;
    return takeLines(this.#buffer, rows);
  }

  finish(): Chunk {
    return this.take();
  }
}
