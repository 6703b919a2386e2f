// HOT PATH: classifyReply() runs per packet.

import type { Column } from "../base/mod.ts";
import { readText, UDP_HEADER_BYTES } from "../wire/mod.ts";
import { rejectArgs } from "./_arguments.ts";
import { requireFamily } from "./_families.ts";
import { ICMP_ERROR_COLUMNS } from "./_icmp_error.ts";
import { LastParsed } from "./_last_parsed.ts";
import { classificationColumn, SUCCESS_COLUMN } from "./_outcome_columns.ts";
import { constantPayload, createUdp, udpDataEnd, udpReplyAt } from "./_udp.ts";
import { UDP_DATA_COLUMN, UDP_PORT_COLUMNS } from "./_udp_columns.ts";
import type { Probe, ProbeModule, ProbeOptions, Response } from "./probe.ts";

const NAME = "upnp";
const CLASSES = [
  { name: "upnp", isSuccess: true },
  { name: "no-http-header", isSuccess: false },
  { name: "none", isSuccess: false },
  { name: "icmp", isSuccess: false },
] as const;
const CLASS_UPNP = 0;
const CLASS_NO_HEADER = 1;
const CLASS_NONE = 2;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const HELP =
  `Sends an SSDP search for UPnP root devices to each target, usually port 1900. A datagram whose first line is
"HTTP/1.1 200 OK" is a success, and its header fields are reported; other datagrams and ICMP errors are
reported as failures. Takes no arguments. Needs --output-module json.`;

/** A search with unicast (UPnP Device Architecture 2.0, section 1.3.2). */
const SEARCH = new TextEncoder().encode(
  [
    "M-SEARCH * HTTP/1.1",
    "Host:239.255.255.250:1900",
    "ST:upnp:rootdevice",
    'Man:"ssdp:discover"',
    "MX:3",
    "",
    "",
  ].join("\r\n"),
);
const STATUS_LINE = new TextEncoder().encode("HTTP/1.1 200 OK");
/** An answer to a search (UPnP Device Architecture 2.0, section 1.3.3). */
const FOUND = new TextEncoder().encode(
  [
    "HTTP/1.1 200 OK",
    "CACHE-CONTROL:max-age=1800",
    "EXT:",
    "LOCATION:http://192.0.2.1/device.xml",
    "SERVER:OS/1.0 UPnP/2.0 product/1.0",
    "ST:upnp:rootdevice",
    "USN:uuid:00000000-0000-0000-0000-000000000000::upnp:rootdevice",
    "",
    "",
  ].join("\r\n"),
);

/** Header fields that have columns. */
const FIELD_NAMES = [
  "server",
  "location",
  "usn",
  "st",
  "ext",
  "cache-control",
  "x-user-agent",
  "agent",
  "date",
] as const;

/** Finds UPnP devices. */
export const upnp: ProbeModule = {
  name: NAME,
  usesPorts: true,
  families: [4],
  hasNestedOutput: true,
  help: HELP,
  exampleArgs: "",
  takesArgs: false,
  create,
};

function create(options: ProbeOptions): Probe {
  requireFamily(NAME, 4, options);
  rejectArgs(NAME, options.args);
  return createUdp(options, {
    name: NAME,
    payload: constantPayload(SEARCH),
    classes: CLASSES,
    classify: classifyReply,
    answerData: () => FOUND,
    columns: [
      classificationColumn(CLASSES),
      SUCCESS_COLUMN,
      ...fieldColumns(),
      ...UDP_PORT_COLUMNS,
      ...ICMP_ERROR_COLUMNS,
      UDP_DATA_COLUMN,
    ],
  });
}

/** Judges the first line that is not empty. */
function classifyReply(view: DataView, udp: number, end: number): number {
  const dataEnd = udpDataEnd(view, udp, end);
  let at = udp + UDP_HEADER_BYTES;
  while (at < dataEnd && isLineEnd(view.getUint8(at))) at++;
  if (at >= dataEnd) return CLASS_NONE;
  const statusEnd = at + STATUS_LINE.length;
  if (statusEnd > dataEnd) return CLASS_NO_HEADER;
  for (let i = 0; i < STATUS_LINE.length; i++) {
    if (view.getUint8(at + i) !== STATUS_LINE[i]!) return CLASS_NO_HEADER;
  }
  return statusEnd === dataEnd || isLineEnd(view.getUint8(statusEnd))
    ? CLASS_UPNP
    : CLASS_NO_HEADER;
}

function isLineEnd(byte: number): boolean {
  return byte === CARRIAGE_RETURN || byte === LINE_FEED;
}

/** Header fields by name in lowercase: the first of each. */
type Fields = ReadonlyMap<string, string>;

/** The columns of header fields; null where there is none, or the response is no success. */
function fieldColumns(): Column<Response>[] {
  const messages = new LastParsed(parseFields);
  return FIELD_NAMES.map((name) => ({
    name: name.replaceAll("-", "_"),
    type: "string",
    description: `Header field "${name}"`,
    read: ({ at, classIndex, end, view }) => {
      const udp = udpReplyAt(view, at, end);
      if (udp < 0 || classIndex !== CLASS_UPNP) return null;
      const dataEnd = udpDataEnd(view, udp, end);
      return messages.read(view, udp + UDP_HEADER_BYTES, dataEnd).get(name) ??
        null;
    },
  }));
}

function parseFields(view: DataView, at: number, end: number): Fields {
  const fields = new Map<string, string>();
  for (const line of readText(view, at, end).split(/[\r\n]+/)) {
    const colon = line.indexOf(":");
    if (colon < 0) continue;
    const name = line.slice(0, colon).toLowerCase();
    if (!fields.has(name)) {
      fields.set(name, line.slice(colon + 1).replace(/^ /, ""));
    }
  }
  return fields;
}
