import { UDP_HEADER_BYTES, writeBytes } from "../wire/mod.ts";
import { rejectArgs } from "./_arguments.ts";
import { ICMP_ERROR_COLUMNS } from "./_icmp_error.ts";
import { classificationColumn, SUCCESS_COLUMN } from "./_outcome_columns.ts";
import { createUdp, udpDataEnd } from "./_udp.ts";
import { UDP_PORT_COLUMNS, udpDataColumn } from "./_udp_columns.ts";
import type { Probe, ProbeModule, ProbeOptions } from "./probe.ts";

const NAME = "bacnet";
const CLASSES = [
  { name: "bacnet", isSuccess: true },
  { name: "bacnet", isSuccess: false },
  { name: "icmp", isSuccess: false },
] as const;
const CLASS_BACNET = 0;
const CLASS_OTHER = 1;
const HELP =
  `Asks the BACnet device behind each target, usually port 47808, for its object identifier. A datagram that
starts like BACnet/IP is a success; other datagrams and ICMP errors are reported as failures. Takes no
arguments.`;

/** First byte of all BACnet/IP messages (ASHRAE 135 annex J.2). */
const BVLC_TYPE = 0x81;
/** Where the request has its number, which the answer repeats. */
const INVOKE_ID = 8;
/** A confirmed request to read one property (ASHRAE 135 clauses 6, 15.5 and 20). */
const READ_PROPERTY = Uint8Array.of(
  // BACnet/IP, unicast, 17 bytes in all.
  ...[BVLC_TYPE, 0x0a, 0x00, 0x11],
  // Network layer version 1, a reply is expected.
  ...[0x01, 0x04],
  // Confirmed request, answers up to 1476 bytes in one segment; its number; service "read property".
  ...[0x00, 0x05, 0x00, 0x0c],
  // Object identifier: the device, whatever its number.
  ...[0x0c, 0x02, 0x3f, 0xff, 0xff],
  // Property 75: the object identifier.
  ...[0x19, 0x4b],
);

/** Finds BACnet devices (ASHRAE 135). */
export const bacnet: ProbeModule = {
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
  return createUdp(options, {
    name: NAME,
    payload: {
      maxBytes: READ_PROPERTY.length,
      prepare: (view, at) => writeBytes(view, at, READ_PROPERTY),
      complete: (view, at, _target, tag) => {
        view.setUint8(at + INVOKE_ID, tag[1]! & 0xff);
        return READ_PROPERTY.length;
      },
    },
    classes: CLASSES,
    classify: (view, udp, end) => {
      const at = udp + UDP_HEADER_BYTES;
      return udpDataEnd(view, udp, end) > at && view.getUint8(at) === BVLC_TYPE
        ? CLASS_BACNET
        : CLASS_OTHER;
    },
    columns: [
      ...UDP_PORT_COLUMNS,
      classificationColumn(CLASSES),
      SUCCESS_COLUMN,
      udpDataColumn("udp_payload"),
      ...ICMP_ERROR_COLUMNS,
    ],
  });
}
