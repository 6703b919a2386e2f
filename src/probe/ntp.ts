import type { Column, Value } from "../base/mod.ts";
import {
  NTP_BYTES,
  NTP_ORIGINATE_TIME,
  NTP_POLL,
  NTP_PRECISION,
  NTP_RECEIVE_TIME,
  NTP_REFERENCE_ID,
  NTP_REFERENCE_TIME,
  NTP_ROOT_DELAY,
  NTP_ROOT_DISPERSION,
  NTP_STRATUM,
  NTP_TRANSMIT_TIME,
  UDP_HEADER_BYTES,
  writeNtpRequest,
} from "../wire/mod.ts";
import { rejectArgs } from "./_arguments.ts";
import { ICMP_ERROR_COLUMNS } from "./_icmp_error.ts";
import { classificationColumn, SUCCESS_COLUMN } from "./_outcome_columns.ts";
import { constantPayload, createUdp, udpDataEnd } from "./_udp.ts";
import { ofDatagram, UDP_PORT_COLUMNS } from "./_udp_columns.ts";
import { block, describeUdp } from "./describe.ts";
import type { Probe, ProbeModule, ProbeOptions, Response } from "./probe.ts";

const NAME = "ntp";
const CLASSES = [
  { name: "ntp", isSuccess: true },
  { name: "icmp", isSuccess: false },
] as const;
const HELP =
  `Sends the request of an NTP client to each target, usually port 123. Any datagram that comes back is a
success, and its fields are reported if it has those of an NTP message; ICMP errors are reported as failures.
Takes no arguments.`;

/** The columns of an NTP message, null where the datagram is shorter than one; as numbers on the wire. */
const NTP_COLUMNS: readonly Column<Response>[] = [
  ntpColumn("LI_VN_MODE", "Leap indicator, version and mode", readByte(0)),
  ntpColumn(
    "stratum",
    "Distance from a reference clock",
    readByte(NTP_STRATUM),
  ),
  ntpColumn("poll", "Poll interval, logarithm", readByte(NTP_POLL)),
  ntpColumn("precision", "Precision, logarithm", readByte(NTP_PRECISION)),
  ntpColumn("root_delay", "Root delay", readWord(NTP_ROOT_DELAY)),
  ntpColumn(
    "root_dispersion",
    "Root dispersion",
    readWord(NTP_ROOT_DISPERSION),
  ),
  ntpColumn(
    "reference_clock_identifier",
    "Identifies the reference clock",
    readWord(NTP_REFERENCE_ID),
  ),
  timeColumn(
    "reference_timestamp",
    "When the clock was last set",
    NTP_REFERENCE_TIME,
  ),
  timeColumn(
    "originate_timestamp",
    "When the request left, as the request has it",
    NTP_ORIGINATE_TIME,
  ),
  timeColumn(
    "receive_timestamp",
    "When the request arrived",
    NTP_RECEIVE_TIME,
  ),
  timeColumn(
    "transmit_timestamp",
    "When the answer left",
    NTP_TRANSMIT_TIME,
  ),
];

/** Finds time servers (RFC 5905). */
export const ntp: ProbeModule = {
  name: NAME,
  usesPorts: true,
  hasNestedOutput: false,
  help: HELP,
  exampleArgs: "",
  takesArgs: false,
  create,
};

function create(options: ProbeOptions): Probe {
  rejectArgs(NAME, options.args);
  const request = new Uint8Array(NTP_BYTES);
  writeNtpRequest(new DataView(request.buffer), 0);
  return createUdp(options, {
    name: NAME,
    payload: constantPayload(request),
    classes: CLASSES,
    describe,
    columns: [
      classificationColumn(CLASSES),
      SUCCESS_COLUMN,
      ...UDP_PORT_COLUMNS,
      ...ICMP_ERROR_COLUMNS,
      ...NTP_COLUMNS,
    ],
  });
}

function describe(view: DataView, udp: number): string {
  const at = udp + UDP_HEADER_BYTES;
  const message = block("ntp", {
    LI_VN_MODE: view.getUint8(at),
    stratum: view.getUint8(at + NTP_STRATUM),
    poll: view.getUint8(at + NTP_POLL),
  });
  return `${message}\n${describeUdp(view, udp)}`;
}

type Reader = (view: DataView, at: number) => Value;

function ntpColumn(
  name: string,
  description: string,
  read: Reader,
): Column<Response> {
  return {
    name,
    type: "int",
    description,
    read: ofDatagram((view, udp, end) => {
      const at = udp + UDP_HEADER_BYTES;
      return udpDataEnd(view, udp, end) - at < NTP_BYTES
        ? null
        : read(view, at);
    }),
  };
}

/** 64 bits: seconds since 1900 and their fraction. */
function timeColumn(
  name: string,
  description: string,
  field: number,
): Column<Response> {
  const read: Reader = (view, at) => view.getBigUint64(at + field);
  return { ...ntpColumn(name, description, read), isUnsigned64: true };
}

function readByte(field: number): Reader {
  return (view, at) => view.getUint8(at + field);
}

function readWord(field: number): Reader {
  return (view, at) => view.getUint32(at + field);
}
