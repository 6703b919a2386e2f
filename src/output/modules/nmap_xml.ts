import {
  hopLimitOf,
  isIpv6Response,
  type ProbeProtocol,
  type Response,
} from "../../probe/mod.ts";
import type { ByteBuffer } from "../byte_buffer.ts";
import type { OutputContext, OutputModule } from "../output_module.ts";
import { type AnswerState, answerState } from "./_answer_state.ts";
import { FramedText, type TextFormat } from "./_framed_text.ts";
import { ascii, MASSCAN } from "./_masscan.ts";
import { rangesText } from "./_port_ranges.ts";
import { cTime, unixSeconds } from "./_run_times.ts";
import { writeTarget } from "./_target.ts";

const USUAL_ROW =
  '<host endtime="1700000000"><status state="up" reason="syn-ack" reason_ttl="64"/>' +
  '<address addr="198.51.100.100" addrtype="ipv4"/><hostnames/><ports><port protocol="tcp" portid="443">' +
  '<state state="open" reason="syn-ack" reason_ttl="64"/></port></ports></host>\n';

/** The XML of `nmap -oX`. */
export const nmapXml: OutputModule = {
  ...MASSCAN,
  name: "nmap-xml",
  summary: "nmap's -oX: XML that Metasploit and others import",
  help:
    `Writes XML as nmap -oX writes it, a host element for each result, for Metasploit, python-libnmap and all
that imports nmap's results. An address with several results has several elements. States and reasons are
nmap's: syn-ack is open, a reset closed, an ICMP error filtered, but for a port that is unreachable.
Metasploit takes hosts that are up and have ports: not those of a scan by ICMP.

Without --output-filter new successes are written; with one, what it takes.

The document is closed however the scan ends, unless the program is killed: then pacemap resume completes
it. Takes no arguments.`,
  rowBytes: USUAL_ROW.length,
  open: (context) => new FramedText(new NmapXml(context), context, true),
};

const IPV4_END = ascii('" addrtype="ipv4"/><hostnames/>');
const IPV6_END = ascii('" addrtype="ipv6"/><hostnames/>');
const PORT_END = ascii('"/></port></ports>');
const HOST_END = ascii("</host>\n");

/** Bytes in front of the values of a row that its state decides. */
interface Pieces {
  readonly host: Uint8Array;
  readonly status: Uint8Array;
  readonly address: Uint8Array;
  readonly port: Uint8Array;
  readonly state: Uint8Array;
}

class NmapXml implements TextFormat {
  readonly #context: OutputContext;
  readonly #startSeconds: number;
  readonly #pieces = new Map<string, Pieces>();
  #up: number;
  #down: number;

  constructor(context: OutputContext) {
    this.#context = context;
    const { memory } = context;
    const [, startSeconds = unixSeconds(new Date()), up = 0, down = 0] = memory;
    this.#startSeconds = startSeconds;
    this.#up = up;
    this.#down = down;
  }

  header(buffer: ByteBuffer): void {
    const { ports, program, protocol } = this.#context;
    const [name, version] = program.split(" ");
    const start = this.#startSeconds;
    const scan = scanInfo(protocol);
    const scanInfoText = scan === null || ports.length === 0
      ? ""
      : `<scaninfo type="${scan}" protocol="${protocol}" numservices="${ports.length}" services="${
        rangesText(ports)
      }"/>\n`;
    buffer.writeBytes(ascii(
      '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE nmaprun>\n' +
        // No other scanner is valid by nmap's document type; the arguments say which program it was.
        `<nmaprun scanner="nmap" args="${name}" start="${start}" startstr="${
          cTime(new Date(start * 1000))
        }" version="${version ?? ""}" xmloutputversion="1.05">\n` +
        `${scanInfoText}<verbose level="0"/>\n<debugging level="0"/>\n`,
    ));
  }

  row(buffer: ByteBuffer, response: Response): void {
    const { ports, protocol } = this.#context;
    const answer = answerState(response, protocol);
    const { address, host, port, state, status } = this.#piecesOf(answer);
    const ttl = hopLimitOf(response);
    buffer.writeBytes(host);
    buffer.writeNumber(response.seconds);
    buffer.writeBytes(status);
    buffer.writeNumber(ttl);
    buffer.writeBytes(address);
    writeTarget(buffer, response);
    buffer.writeBytes(isIpv6Response(response) ? IPV6_END : IPV4_END);
    if (ports.length > 0) {
      buffer.writeBytes(port);
      buffer.writeNumber(response.targetPort);
      buffer.writeBytes(state);
      buffer.writeNumber(ttl);
      buffer.writeBytes(PORT_END);
    }
    buffer.writeBytes(HOST_END);
    if (answer.isUp) this.#up++;
    else this.#down++;
  }

  /** What stands around the values of a row; made once for each state. */
  #piecesOf({ isUp, port, reason }: AnswerState): Pieces {
    const key = `${port} ${reason} ${isUp}`;
    let pieces = this.#pieces.get(key);
    if (pieces === undefined) {
      pieces = {
        host: ascii('<host endtime="'),
        status: ascii(
          `"><status state="${
            isUp ? "up" : "down"
          }" reason="${reason}" reason_ttl="`,
        ),
        address: ascii('"/><address addr="'),
        port: ascii(
          `<ports><port protocol="${this.#context.protocol}" portid="`,
        ),
        state: ascii(
          `"><state state="${port}" reason="${reason}" reason_ttl="`,
        ),
      };
      this.#pieces.set(key, pieces);
    }
    return pieces;
  }

  footer(buffer: ByteBuffer): void {
    const now = new Date();
    const seconds = unixSeconds(now);
    const elapsed = Math.max(0, seconds - this.#startSeconds);
    const total = this.#up + this.#down;
    const { program } = this.#context;
    const summary = `${program} done at ${
      cTime(now)
    }; ${total} answers in ${elapsed} seconds`;
    buffer.writeBytes(ascii(
      `<runstats><finished time="${seconds}" timestr="${
        cTime(now)
      }" summary="${summary}" elapsed="${elapsed}" exit="success"/><hosts up="${this.#up}" down="${this.#down}" total="${total}"/>\n</runstats>\n</nmaprun>\n`,
    ));
  }

  memory(): readonly number[] {
    return [this.#startSeconds, this.#up, this.#down];
  }
}

/** nmap's name of such a scan; null where its document has no list of ports. */
function scanInfo(protocol: ProbeProtocol): string | null {
  if (protocol === "tcp") return "syn";
  if (protocol === "udp") return "udp";
  return null;
}
