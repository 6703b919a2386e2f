import type { Column } from "../base/mod.ts";
import { ICMP_CODE, ICMP_HEADER_BYTES, ICMP_TYPE } from "../wire/mod.ts";
import { familyAt, icmpOf } from "./_families.ts";
import type { Response } from "./probe.ts";

/** Name of the column with the address of the sender of an ICMP error. */
export const RESPONDER_COLUMN = "icmp_responder";

/** The columns that describe ICMP errors; null for every other response. */
export const ICMP_ERROR_COLUMNS: readonly Column<Response>[] = [
  {
    name: RESPONDER_COLUMN,
    type: "string",
    description: "Address of the sender of the ICMP error",
    read: (r) =>
      errorAt(r) < 0 ? null : familyAt(r.view, r.at).sourceText(r.view, r.at),
  },
  {
    name: "icmp_type",
    type: "int",
    description: "ICMP error type",
    read: (r) => readError(r, ICMP_TYPE),
  },
  {
    name: "icmp_code",
    type: "int",
    description: "ICMP error code",
    read: (r) => readError(r, ICMP_CODE),
  },
  {
    name: "icmp_unreach_str",
    type: "string",
    description: "Meaning of the ICMP error code for destination unreachable",
    read: (r) => {
      const icmpAt = errorAt(r);
      if (icmpAt < 0) return null;
      return familyAt(r.view, r.at).icmp.unreachableText(
        r.view.getUint8(icmpAt + ICMP_TYPE),
        r.view.getUint8(icmpAt + ICMP_CODE),
      );
    },
  },
];

/** The offset of the ICMP header of a response that is ICMP, or -1. */
function errorAt(response: Response): number {
  const icmpAt = icmpOf(response);
  return icmpAt + ICMP_HEADER_BYTES > response.end ? -1 : icmpAt;
}

function readError(response: Response, field: number): number | null {
  const icmpAt = errorAt(response);
  return icmpAt < 0 ? null : response.view.getUint8(icmpAt + field);
}
