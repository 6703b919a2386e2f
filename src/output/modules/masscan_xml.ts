import { type Response, tcpFlagsOf } from "../../probe/mod.ts";
import type { ByteBuffer } from "../byte_buffer.ts";
import type { OutputContext, OutputModule } from "../output_module.ts";
import { masscanStatus } from "./_answer_state.ts";
import { FramedText, type TextFormat } from "./_framed_text.ts";
import {
  ascii,
  MASSCAN,
  MASSCAN_ROWS,
  pieces,
  recordWriter,
} from "./_masscan.ts";
import { plainTime, unixSeconds } from "./_run_times.ts";

const RECORD =
  '<host endtime="{seconds}"><address addr="{address}" addrtype="{family}"/><ports>' +
  '<port protocol="{protocol}" portid="{port}"><state state="{status}" reason="{reason}" reason_ttl="{ttl}"/>' +
  "</port></ports></host>\r\n";

/** The XML of `masscan -oX`. */
export const masscanXml: OutputModule = {
  ...MASSCAN,
  name: "masscan-xml",
  summary: "masscan's -oX: XML, a host a line",
  help:
    `Writes the XML that masscan -oX writes: a host element for each result. Other than there, IPv6
addresses are of type "ipv6". nmap-xml says more, and is what most importers read.

${MASSCAN_ROWS}

The document is closed however the scan ends, unless the program is killed: then pacemap resume completes
it. Takes no arguments.`,
  rowBytes: RECORD.length,
  open: (context) => new FramedText(new MasscanXml(context), context, true),
};

class MasscanXml implements TextFormat {
  readonly #write: (buffer: ByteBuffer, response: Response) => void;
  readonly #startSeconds: number;
  #up: number;
  #down: number;

  constructor({ memory, protocol }: OutputContext) {
    this.#write = recordWriter(protocol, pieces(RECORD));
    const [, startSeconds = unixSeconds(new Date()), up = 0, down = 0] = memory;
    this.#startSeconds = startSeconds;
    this.#up = up;
    this.#down = down;
  }

  header(buffer: ByteBuffer): void {
    buffer.writeBytes(ascii(
      '<?xml version="1.0"?>\r\n<!-- masscan v1.0 scan -->\r\n' +
        `<nmaprun scanner="masscan" start="${this.#startSeconds}" version="1.0-BETA"  xmloutputversion="1.03">\r\n` +
        '<scaninfo type="syn" protocol="tcp" />\r\n',
    ));
  }

  row(buffer: ByteBuffer, response: Response): void {
    this.#write(buffer, response);
    if (tcpFlagsOf(response) < 0) return;
    if (masscanStatus(response) === "open") this.#up++;
    else this.#down++;
  }

  footer(buffer: ByteBuffer): void {
    const now = new Date();
    const seconds = unixSeconds(now);
    const elapsed = Math.max(0, seconds - this.#startSeconds);
    const [up, down] = [this.#up, this.#down];
    buffer.writeBytes(ascii(
      `<runstats>\r\n<finished time="${seconds}" timestr="${
        plainTime(now)
      }" elapsed="${elapsed}" />\r\n<hosts up="${up}" down="${down}" total="${
        up + down
      }" />\r\n</runstats>\r\n</nmaprun>\r\n`,
    ));
  }

  memory(): readonly number[] {
    return [this.#startSeconds, this.#up, this.#down];
  }
}
