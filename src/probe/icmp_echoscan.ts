import type { Column } from "../base/mod.ts";
import { ICMP_ID, ipv4PayloadAt, readBytes } from "../wire/mod.ts";
import { decodePayload } from "./_arguments.ts";
import { ECHO_COLUMNS } from "./_icmp_columns.ts";
import { createEcho, ECHO_CLASSES } from "./_icmp_echo.ts";
import { classificationColumn, SUCCESS_COLUMN } from "./_outcome_columns.ts";
import type { Probe, ProbeModule, ProbeOptions, Response } from "./probe.ts";

const NAME = "icmp_echoscan";
const DEFAULT_PAYLOAD_BYTES = 20;
const MAX_PAYLOAD_BYTES = 1458;
const HELP =
  `Sends an ICMP echo request to each target. An echo reply is a success; ICMP errors are reported as
failures. Hosts repeat the payload of the request in the field "data".

Arguments set the payload, at most ${MAX_PAYLOAD_BYTES} bytes; without any it is ${DEFAULT_PAYLOAD_BYTES} zero bytes:
  text:TEXT   the text in UTF-8
  hex:DIGITS  two hexadecimal digits for each byte
  file:PATH   the contents of a file`;

const DATA_COLUMN: Column<Response> = {
  name: "data",
  type: "binary",
  description: "ICMP message from the identifier on, as far as captured",
  read: ({ view, at, end }) => {
    const icmp = ipv4PayloadAt(view, at, end);
    return icmp < 0 ? null : readBytes(view, icmp + ICMP_ID, end);
  },
};

/** Finds hosts that answer echo requests. `file:` arguments have to be replaced by `hex:` before. */
export const icmpEchoscan: ProbeModule = {
  name: NAME,
  usesPorts: false,
  hasNestedOutput: false,
  help: HELP,
  exampleArgs: "",
  create,
};

function create(options: ProbeOptions): Probe {
  return createEcho(options, {
    name: NAME,
    payload: parsePayload(options.args),
    isTimed: false,
    columns: [
      ...ECHO_COLUMNS,
      classificationColumn(ECHO_CLASSES),
      SUCCESS_COLUMN,
      DATA_COLUMN,
    ],
  });
}

function parsePayload(args: string): Uint8Array {
  if (args === "") return new Uint8Array(DEFAULT_PAYLOAD_BYTES);
  const payload = decodePayload(
    args,
    "text:TEXT, hex:DIGITS or file:PATH",
  );
  if (payload.length > MAX_PAYLOAD_BYTES) {
    throw new SyntaxError(
      `Cannot use a payload of ${payload.length} bytes: at most ${MAX_PAYLOAD_BYTES} fit`,
    );
  }
  return payload;
}
