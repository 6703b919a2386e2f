// HOT PATH: complete() runs per packet.

/**
 * Payloads with fields that differ from target to target. A template is cut into steps once; for each packet
 * the steps before the first field are there already, and the others are written one behind the other, since
 * what is written as text differs in length. Random fields come from a generator that starts from the tag:
 * so they differ from target to target and from probe to probe, and yet the same scan sends the same bytes
 * again.
 */
import { decodeHex } from "./_arguments.ts";
import {
  ADDRESS_WRITERS4,
  ADDRESS_WRITERS6,
  type AddressWriters,
  writeDecimal,
} from "./_template_addresses.ts";
import type { UdpPayload } from "./_udp.ts";
import {
  type IpVersion,
  TARGET_MICROSECONDS,
  TARGET_PORT,
  TARGET_PROBE,
  TARGET_SECONDS,
} from "./probe.ts";

/** Seconds from 1900, where NTP's time starts, to 1970 (RFC 5905 section 6). */
const NTP_EPOCH_SECONDS = 2_208_988_800;
/** 2^32 fractions of a second in a microsecond's share. */
const NTP_FRACTIONS_PER_MICROSECOND = 2 ** 32 / 1e6;

const DIGITS = "0123456789";
const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** What a step writes. */
const Step = {
  literal: 0,
  source: 1,
  destination: 2,
  sourceText: 3,
  destinationText: 4,
  sourcePort: 5,
  destinationPort: 6,
  sourcePortText: 7,
  destinationPortText: 8,
  seconds: 9,
  microseconds: 10,
  ntpTime: 11,
  randomByte: 12,
  randomOf: 13,
  sourceMapped: 14,
  sourceHost: 15,
  destinationHost: 16,
} as const;

interface TemplateStep {
  readonly kind: number;
  /** The bytes of a literal; the characters to choose from. */
  readonly bytes: Uint8Array;
  /** Most bytes that it writes. */
  readonly maxBytes: number;
}

/** A name that may stand in a template. */
interface Field {
  readonly name: string;
  readonly description: string;
  /** Most bytes, over IPv4; 0 where the argument says it. */
  readonly maxBytes: number;
  readonly kind: number;
  /** Characters to choose from. */
  readonly alphabet?: string;
}

const FIELDS: readonly Field[] = [
  field("SADDR_N", "Source address, network byte order", 4, Step.source),
  field("SADDR", "Source address, text", 15, Step.sourceText),
  field(
    "SADDR_IPV6_N",
    "Source address as IPv6, ::ffff:0:0/96 for IPv4",
    16,
    Step.sourceMapped,
  ),
  field(
    "SADDR_HOST",
    "Source address as in a URI: IPv6 in brackets",
    15,
    Step.sourceHost,
  ),
  field("DADDR_N", "Target address, network byte order", 4, Step.destination),
  field("DADDR", "Target address, text", 15, Step.destinationText),
  field(
    "DADDR_HOST",
    "Target address as in a URI: IPv6 in brackets",
    15,
    Step.destinationHost,
  ),
  field("SPORT_N", "UDP source port, network byte order", 2, Step.sourcePort),
  field("SPORT", "UDP source port, decimal text", 5, Step.sourcePortText),
  field(
    "DPORT_N",
    "UDP target port, network byte order",
    2,
    Step.destinationPort,
  ),
  field("DPORT", "UDP target port, decimal text", 5, Step.destinationPortText),
  field("RAND_BYTE", "LENGTH random bytes", 0, Step.randomByte),
  field("RAND_DIGIT", "LENGTH random digits", 0, Step.randomOf, DIGITS),
  field("RAND_ALPHA", "LENGTH random letters", 0, Step.randomOf, LETTERS),
  field(
    "RAND_ALPHANUM",
    "LENGTH random letters and digits",
    0,
    Step.randomOf,
    LETTERS + DIGITS,
  ),
  field("HEX", "Bytes written as hexadecimal DIGITS", 0, Step.literal),
  field("UNIXTIME_SEC", "Time of sending, Unix seconds", 4, Step.seconds),
  field(
    "UNIXTIME_USEC",
    "Microseconds within that second",
    4,
    Step.microseconds,
  ),
  field("NTP_TIMESTAMP", "Time of sending, NTP format", 8, Step.ntpTime),
];

/** The text of `--probe-args template-fields`. */
export const TEMPLATE_FIELDS_HELP: string = [
  "Fields of a UDP template are written ${NAME}, those with a length or digits ${NAME=LENGTH}:",
  ...FIELDS.map(({ name, description, maxBytes }) =>
    `  ${name.padEnd(14)} ${
      maxBytes > 0 ? String(maxBytes).padStart(3) : "  -"
    } ${maxBytes === 1 ? "byte " : "bytes"}  ${description}`
  ),
  "Numbers are big-endian. Texts take as many bytes as they need, at most those given. Addresses of IPv6 take 16",
  "bytes, as text at most 39, in brackets 41.",
  "",
].join("\n");

/**
 * Makes a payload from a template. `${NAME}` and `${NAME=ARGUMENT}` stand for fields; everything else,
 * unknown names included, stands for itself.
 *
 * @param maxBytes the payload has to stay below
 * @param version the family whose addresses it carries
 * @throws {SyntaxError} when an argument does not parse, or the payload is empty or too long
 */
export function templatePayload(
  template: Uint8Array,
  maxBytes: number,
  version: IpVersion,
): UdpPayload {
  const writers = version === 4 ? ADDRESS_WRITERS4 : ADDRESS_WRITERS6;
  const { destinationSlot, sourceSlot } = writers;
  const steps = parseTemplate(template, writers);
  const longest = steps.reduce((sum, step) => sum + step.maxBytes, 0);
  if (longest < 1 || longest >= maxBytes) {
    throw new SyntaxError(
      `Cannot use a template of up to ${longest} bytes: it needs 1 to ${
        maxBytes - 1
      }`,
    );
  }
  const start = steps[0]!.kind === Step.literal
    ? steps[0]!.bytes
    : new Uint8Array(0);
  const firstStep = start.length > 0 ? 1 : 0;
  const random = new Uint32Array(4);

  function prepare(view: DataView, at: number): void {
    for (let i = 0; i < start.length; i++) view.setUint8(at + i, start[i]!);
  }

  function complete(
    view: DataView,
    at: number,
    target: Uint32Array,
    tag: Uint32Array,
    sourcePort: number,
  ): number {
    seedRandom(random, tag, target[TARGET_PROBE]!);
    let to = at + start.length;
    for (let i = firstStep; i < steps.length; i++) {
      const step = steps[i]!;
      switch (step.kind) {
        case Step.source:
          to = writers.bytes(view, to, target, sourceSlot);
          break;
        case Step.sourceMapped:
          to = writers.mapped(view, to, target, sourceSlot);
          break;
        case Step.destination:
          to = writers.bytes(view, to, target, destinationSlot);
          break;
        case Step.sourceText:
          to = writers.text(view, to, target, sourceSlot);
          break;
        case Step.sourceHost:
          to = writers.host(view, to, target, sourceSlot);
          break;
        case Step.destinationText:
          to = writers.text(view, to, target, destinationSlot);
          break;
        case Step.destinationHost:
          to = writers.host(view, to, target, destinationSlot);
          break;
        case Step.sourcePort:
          view.setUint16(to, sourcePort);
          to += 2;
          break;
        case Step.destinationPort:
          view.setUint16(to, target[TARGET_PORT]!);
          to += 2;
          break;
        case Step.sourcePortText:
          to = writeDecimal(view, to, sourcePort);
          break;
        case Step.destinationPortText:
          to = writeDecimal(view, to, target[TARGET_PORT]!);
          break;
        case Step.seconds:
          view.setUint32(to, target[TARGET_SECONDS]!);
          to += 4;
          break;
        case Step.microseconds:
          view.setUint32(to, target[TARGET_MICROSECONDS]!);
          to += 4;
          break;
        case Step.ntpTime:
          view.setUint32(to, target[TARGET_SECONDS]! + NTP_EPOCH_SECONDS);
          view.setUint32(
            to + 4,
            target[TARGET_MICROSECONDS]! * NTP_FRACTIONS_PER_MICROSECOND,
          );
          to += 8;
          break;
        case Step.randomByte:
          for (let n = step.maxBytes; n > 0; n--) {
            view.setUint8(to++, nextRandom(random) >>> 24);
          }
          break;
        case Step.randomOf:
          for (let n = step.maxBytes; n > 0; n--) {
            const index = nextRandom(random) % step.bytes.length;
            view.setUint8(to++, step.bytes[index]!);
          }
          break;
        default:
          for (let n = 0; n < step.bytes.length; n++) {
            view.setUint8(to++, step.bytes[n]!);
          }
      }
    }
    return to - at;
  }

  return { maxBytes: longest, prepare, complete };
}

function field(
  name: string,
  description: string,
  maxBytes: number,
  kind: number,
  alphabet = "",
): Field {
  return { name, description, maxBytes, kind, alphabet };
}

/** Cuts a template into steps; neighbouring literals are one. */
function parseTemplate(
  template: Uint8Array,
  writers: AddressWriters,
): TemplateStep[] {
  // One character for each byte, so that any bytes survive.
  const text = Array.from(template, (byte) => String.fromCharCode(byte))
    .join("");
  const steps: TemplateStep[] = [];
  let literal: number[] = [];
  const flush = (): void => {
    if (literal.length > 0) steps.push(literalStep(Uint8Array.from(literal)));
    literal = [];
  };
  let at = 0;
  for (const match of text.matchAll(/\$\{([^{}=]*)(?:=([^}]*))?\}/g)) {
    const known = FIELDS.find(({ name }) => name === match[1]);
    if (known === undefined) continue;
    literal.push(...template.subarray(at, match.index));
    at = match.index + match[0].length;
    const size = addressBytes(known.kind, writers) ?? known.maxBytes;
    const sized = { ...known, maxBytes: size };
    const step = makeStep(sized, match[2] ?? "", match[0]);
    if (step.kind === Step.literal) literal.push(...step.bytes);
    else if (step.maxBytes > 0) {
      flush();
      steps.push(step);
    }
  }
  literal.push(...template.subarray(at));
  flush();
  return steps;
}

/** Most bytes of an address; undefined for other fields. */
function addressBytes(
  kind: number,
  { byteCount, maxHost, maxText }: AddressWriters,
): number | undefined {
  switch (kind) {
    case Step.source:
    case Step.destination:
      return byteCount;
    case Step.sourceText:
    case Step.destinationText:
      return maxText;
    case Step.sourceHost:
    case Step.destinationHost:
      return maxHost;
    default:
      return undefined;
  }
}

function makeStep(known: Field, argument: string, text: string): TemplateStep {
  const { alphabet = "", kind, maxBytes } = known;
  if (kind === Step.literal) return literalStep(decodeHex(argument, text));
  const bytes = Uint8Array.from(alphabet, (letter) => letter.charCodeAt(0));
  if (maxBytes > 0 || argument === "") return { kind, bytes, maxBytes };
  if (!/^[0-9]{1,5}$/.test(argument)) {
    throw new SyntaxError(
      `Cannot parse template field "${text}": expected a length behind "="`,
    );
  }
  return { kind, bytes, maxBytes: Number(argument) };
}

function literalStep(bytes: Uint8Array): TemplateStep {
  return { kind: Step.literal, bytes, maxBytes: bytes.length };
}

function seedRandom(
  state: Uint32Array,
  tag: Uint32Array,
  probe: number,
): void {
  state[0] = tag[0]!;
  state[1] = tag[1]! ^ Math.imul(probe, 0x9e37_79b9);
  state[2] = tag[2]!;
  state[3] = tag[3]! | 1;
}

/** xoshiro128** (Blackman and Vigna, 2018); `SeededRandom` with a state that costs nothing to set. */
function nextRandom(s: Uint32Array): number {
  const product = Math.imul(s[1]!, 5);
  const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
  const shifted = s[1]! << 9;
  s[2]! ^= s[0]!;
  s[3]! ^= s[1]!;
  s[1]! ^= s[2]!;
  s[0]! ^= s[3]!;
  s[2]! ^= shifted;
  s[3] = (s[3]! << 11) | (s[3]! >>> 21);
  return result;
}
