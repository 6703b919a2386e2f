import type { Column } from "../base/mod.ts";
import {
  ICMP_HEADER_BYTES,
  ICMP_ID,
  IPV6_HEADER_BYTES,
  readBytes,
} from "../wire/mod.ts";
import { decodePayload } from "./_arguments.ts";
import { familyOf, icmpOf, requireFamily } from "./_families.ts";
import { ECHO_COLUMNS } from "./_icmp_columns.ts";
import { createEcho } from "./_icmp_echo.ts";
import { ECHO_CLASSES, MTU_BYTES } from "./_ip_family.ts";
import { classificationColumn, SUCCESS_COLUMN } from "./_outcome_columns.ts";
import type { Probe, ProbeModule, ProbeOptions, Response } from "./probe.ts";

const NAME = "icmp_echoscan";
const NAME6 = "icmp6_echoscan";
const DEFAULT_PAYLOAD_BYTES = 20;
/** As ZMap has it; over IPv6 what fits a packet of 1500 bytes. */
const MAX_PAYLOAD_BYTES = 1458;
const MAX_PAYLOAD_BYTES6 = MTU_BYTES - IPV6_HEADER_BYTES - ICMP_HEADER_BYTES;
const HELP =
  `Sends an ICMP echo request to each target. An echo reply is a success; ICMP errors are reported as
failures. Hosts repeat the payload of the request in the field "data".

${helpOnArguments(MAX_PAYLOAD_BYTES)}`;
const HELP6 =
  `Sends an ICMPv6 echo request to each target. An echo reply is a success; ICMPv6 errors, which tell a router on the
way, are reported as failures. Hosts repeat the payload of the request in the field "data".

${helpOnArguments(MAX_PAYLOAD_BYTES6)}`;

function helpOnArguments(maxBytes: number): string {
  return `Arguments set the payload, at most ${maxBytes} bytes; without any it is ${DEFAULT_PAYLOAD_BYTES} zero bytes:
  text:TEXT   the text in UTF-8
  hex:DIGITS  two hexadecimal digits for each byte
  file:PATH   the contents of a file`;
}

const DATA_COLUMN: Column<Response> = {
  name: "data",
  type: "binary",
  description: "ICMP message from the identifier on, as far as captured",
  read: (response) => {
    const icmp = icmpOf(response);
    return icmp < 0
      ? null
      : readBytes(response.view, icmp + ICMP_ID, response.end);
  },
};

/** Finds hosts of either family that answer echo requests. `file:` arguments have to be replaced by `hex:` before. */
export const icmpEchoscan: ProbeModule = {
  name: NAME,
  usesPorts: false,
  hasNestedOutput: false,
  help: HELP,
  exampleArgs: "",
  create: (options) => create(NAME, options),
};

/** Finds hosts that answer echo requests over IPv6; otherwise as `icmpEchoscan`. */
export const icmp6Echoscan: ProbeModule = {
  name: NAME6,
  usesPorts: false,
  families: [6],
  hasNestedOutput: false,
  help: HELP6,
  exampleArgs: "",
  create(options: ProbeOptions): Probe {
    requireFamily(NAME6, 6, options);
    return create(NAME6, { ...options, family: 6 });
  },
};

function create(name: string, options: ProbeOptions): Probe {
  const maxBytes = familyOf(options).version === 4
    ? MAX_PAYLOAD_BYTES
    : MAX_PAYLOAD_BYTES6;
  return createEcho(options, {
    name,
    payload: parsePayload(options.args, maxBytes),
    isTimed: false,
    columns: [
      ...ECHO_COLUMNS,
      classificationColumn(ECHO_CLASSES),
      SUCCESS_COLUMN,
      DATA_COLUMN,
    ],
  });
}

function parsePayload(args: string, maxBytes: number): Uint8Array {
  if (args === "") return new Uint8Array(DEFAULT_PAYLOAD_BYTES);
  const payload = decodePayload(
    args,
    "text:TEXT, hex:DIGITS or file:PATH",
  );
  if (payload.length > maxBytes) {
    throw new SyntaxError(
      `Cannot use a payload of ${payload.length} bytes: at most ${maxBytes} fit`,
    );
  }
  return payload;
}
