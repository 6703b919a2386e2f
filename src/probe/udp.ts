import {
  IPV4_HEADER_BYTES,
  IPV6_HEADER_BYTES,
  UDP_HEADER_BYTES,
} from "../wire/mod.ts";
import { decodeHex, decodePayload, splitPayloadArgs } from "./_arguments.ts";
import { familyOf } from "./_families.ts";
import { ICMP_ERROR_COLUMNS } from "./_icmp_error.ts";
import { type IpFamily, MTU_BYTES } from "./_ip_family.ts";
import { classificationColumn, SUCCESS_COLUMN } from "./_outcome_columns.ts";
import { constantPayload, createUdp, type UdpPayload } from "./_udp.ts";
import {
  UDP_DATA_COLUMN,
  UDP_PORT_COLUMNS,
  UDP_SIZE_COLUMN,
} from "./_udp_columns.ts";
import { TEMPLATE_FIELDS_HELP, templatePayload } from "./_udp_template.ts";
import { findUdpPayload, UDP_PAYLOADS } from "./payloads/mod.ts";
import type { Probe, ProbeModule, ProbeOptions } from "./probe.ts";

const NAME = "udp";
/** What fits a packet of 1500 bytes over IPv4. */
const MAX_PAYLOAD_BYTES = MTU_BYTES - IPV4_HEADER_BYTES - UDP_HEADER_BYTES;
const MAX_PAYLOAD_BYTES6 = MTU_BYTES - IPV6_HEADER_BYTES - UDP_HEADER_BYTES;
const CLASSES = [
  { name: "udp", isSuccess: true },
  { name: "icmp", isSuccess: false },
] as const;
const EXPECTED =
  "text:TEXT, hex:DIGITS, file:PATH, template:PATH, payload:NAME or template-fields";
const NAME_WIDTH = Math.max(...UDP_PAYLOADS.map(({ name }) => name.length));
const HELP =
  `Sends a UDP datagram to each target. Any datagram that comes back is a success; ICMP errors are
reported as failures.

Arguments set the payload, at most ${MAX_PAYLOAD_BYTES} bytes, over IPv6 ${MAX_PAYLOAD_BYTES6}; what is longer is cut:
  text:TEXT        the text in UTF-8
  hex:DIGITS       two hexadecimal digits for each byte
  file:PATH        the contents of a file
  template:PATH    the contents of a file, with fields such as \${DADDR} filled in for each target
  payload:NAME     one of the payloads below, or only the first part of its name if that is enough
  template-fields  prints the fields of templates instead of scanning

Payloads, named after the service and the port to probe:
${
    UDP_PAYLOADS.map(({ name, description }) =>
      `  ${name.padEnd(NAME_WIDTH)}  ${description}`
    ).join("\n")
  }`;

/** Finds UDP services by what they answer to a given payload. */
export const udp: ProbeModule = {
  name: NAME,
  usesPorts: true,
  hasNestedOutput: false,
  help: HELP,
  exampleArgs: "text:hello",
  explanations: { "template-fields": TEMPLATE_FIELDS_HELP },
  create,
};

function create(options: ProbeOptions): Probe {
  const warnings: string[] = [];
  return createUdp(options, {
    name: NAME,
    payload: parsePayload(options, warnings),
    classes: CLASSES,
    warnings,
    columns: [
      classificationColumn(CLASSES),
      SUCCESS_COLUMN,
      ...UDP_PORT_COLUMNS,
      UDP_SIZE_COLUMN,
      UDP_DATA_COLUMN,
      ...ICMP_ERROR_COLUMNS,
    ],
  });
}

function parsePayload(options: ProbeOptions, warnings: string[]): UdpPayload {
  const { args } = options;
  const family = familyOf(options);
  const maxBytes = maxPayloadBytes(family);
  const cut = (bytes: Uint8Array): Uint8Array => {
    if (bytes.length > maxBytes) {
      warnings.push(
        `Only the first ${maxBytes} of the payload's ${bytes.length} bytes are used`,
      );
    }
    return bytes.slice(0, maxBytes);
  };
  const { kind, value } = splitPayloadArgs(args) ?? { kind: null, value: "" };
  if (kind === "payload") return libraryPayload(value, family);
  if (kind === "template-hex") {
    const template = cut(decodeHex(value, args));
    return templatePayload(template, maxBytes, family.version);
  }
  if (kind !== "hex") {
    return constantPayload(cut(decodePayload(args, EXPECTED)));
  }
  const isOdd = value.length % 2 === 1;
  if (isOdd) warnings.push("The last of an odd number of digits is not used");
  const digits = isOdd ? value.slice(0, -1) : value;
  return constantPayload(cut(decodeHex(digits, args)));
}

function maxPayloadBytes({ version }: IpFamily): number {
  return version === 4 ? MAX_PAYLOAD_BYTES : MAX_PAYLOAD_BYTES6;
}

function libraryPayload(name: string, family: IpFamily): UdpPayload {
  const payload = findUdpPayload(name);
  if (payload !== null) {
    return payload.isTemplate
      ? templatePayload(
        payload.bytes,
        maxPayloadBytes(family),
        family.version,
      )
      : constantPayload(payload.bytes);
  }
  throw new SyntaxError(
    `Cannot find payload "${name}": see the list in the help of probe module ${NAME}`,
  );
}
