import type { Column } from "../base/mod.ts";
import { ICMP_CODE, ICMP_ID, ICMP_SEQUENCE, ICMP_TYPE } from "../wire/mod.ts";
import { familyAt, icmpOf } from "./_families.ts";
import { echoAt } from "./_icmp_echo.ts";
import type { Response } from "./probe.ts";

/** The columns that describe ICMP messages that answer an echo request. */
export const ECHO_COLUMNS: readonly Column<Response>[] = [
  {
    name: "type",
    type: "int",
    description: "ICMP message type",
    read: (r) => readByte(r, ICMP_TYPE),
  },
  {
    name: "code",
    type: "int",
    description: "ICMP message code",
    read: (r) => readByte(r, ICMP_CODE),
  },
  {
    name: "icmp_id",
    type: "int",
    description: "ICMP identifier; for errors the probe's",
    read: (r) => readEcho(r, ICMP_ID),
  },
  {
    name: "seq",
    type: "int",
    description: "ICMP sequence number; for errors the probe's",
    read: (r) => readEcho(r, ICMP_SEQUENCE),
  },
];

function readByte(response: Response, field: number): number | null {
  const icmp = icmpOf(response);
  return icmp < 0 || icmp + field >= response.end
    ? null
    : response.view.getUint8(icmp + field);
}

function readEcho({ view, at, end }: Response, field: number): number | null {
  if (end <= at) return null;
  const echo = echoAt(familyAt(view, at), view, at, end);
  return echo < 0 ? null : view.getUint16(echo + field);
}
