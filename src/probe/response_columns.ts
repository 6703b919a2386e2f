import { type Column, localTime } from "../base/mod.ts";
import { IPV4_DESTINATION, IPV4_ID, IPV4_SOURCE } from "../wire/mod.ts";
import { familyAt } from "./_families.ts";
import { RESPONDER_COLUMN } from "./_icmp_error.ts";
import type { Probe, Response } from "./probe.ts";

/** Where another column has the address that an ICMP error came from. */
const TARGET_COLUMN: Column<Response> = {
  name: "saddr",
  type: "string",
  description: "Source address; for ICMP errors the target of the probe",
  read: (r) => familyAt(r.view, r.at).targetText(r),
};

/** Where no other column has it. */
const SENDER_COLUMN: Column<Response> = {
  name: "saddr",
  type: "string",
  description: "Source address; for ICMP errors that of their sender",
  read: (r) => familyAt(r.view, r.at).sourceText(r.view, r.at),
};

const IP_COLUMNS: readonly Column<Response>[] = [
  {
    name: "saddr_raw",
    type: "int",
    description:
      "Source address of the packet, network bytes read as little-endian; empty for IPv6",
    read: ofIpv4((view, at) => view.getUint32(at + IPV4_SOURCE, true)),
  },
  {
    name: "daddr",
    type: "string",
    description: "Destination address: the scanner's",
    read: (r) => familyAt(r.view, r.at).destinationText(r.view, r.at),
  },
  {
    name: "daddr_raw",
    type: "int",
    description:
      "Destination address of the packet, network bytes read as little-endian; empty for IPv6",
    read: ofIpv4((view, at) => view.getUint32(at + IPV4_DESTINATION, true)),
  },
  {
    name: "ipid",
    type: "int",
    description: "IP identification number; empty for IPv6",
    read: ofIpv4((view, at) => view.getUint16(at + IPV4_ID)),
  },
  {
    name: "ttl",
    type: "int",
    description: "Time to live or hop limit of the response on arrival",
    read: (r) => familyAt(r.view, r.at).hopLimit(r.view, r.at),
  },
];

/** The column that says whether a target is one of a prefix that answers as a whole. */
export const ALIASED_COLUMN = "aliased";

/** The column without values: it keeps a place free in CSV, and is left out in JSON. */
export const BLANK_COLUMN = "blank";

const SYSTEM_COLUMNS: readonly Column<Response>[] = [
  {
    name: "repeat",
    type: "bool",
    description: "Whether an earlier response of this target was recorded",
    read: (r) => r.isRepeat,
  },
  {
    name: "cooldown",
    type: "bool",
    description: "Whether the response came after sending had ended",
    read: (r) => r.isCooldown,
  },
  {
    name: "timestamp_str",
    type: "string",
    description: "Time of arrival, local time, ISO 8601",
    read: (r) => timeWithMillis(r.seconds, r.microseconds),
  },
  {
    name: "timestamp_ts",
    type: "int",
    description: "Time of arrival, Unix seconds",
    read: (r) => r.seconds,
  },
  {
    name: "timestamp_us",
    type: "int",
    description: "Microseconds within that second",
    read: (r) => r.microseconds,
  },
  {
    name: "target",
    type: "string",
    description:
      "Address that was probed, also where a router on the way answers",
    read: (r) => familyAt(r.view, r.at).targetText(r),
  },
  {
    name: ALIASED_COLUMN,
    type: "bool",
    description:
      "Whether every address of the target's IPv6 prefix answers; empty where that was not tested, see --aliased",
    read: (r) => r.isAliased ?? null,
  },
  {
    name: BLANK_COLUMN,
    type: "string",
    description: "Nothing: an empty column for programs that expect one",
    read: () => null,
  },
];

/**
 * All columns of the responses to a probe, in the order of `--list-output-fields`. As in ZMap, `saddr` is the target
 * of the probe if the probe's own columns name the sender of an ICMP error, and that sender otherwise.
 */
export function responseColumns(probe: Probe): readonly Column<Response>[] {
  const isSenderNamed = probe.columns.some(({ name }) =>
    name === RESPONDER_COLUMN
  );
  return [
    isSenderNamed ? TARGET_COLUMN : SENDER_COLUMN,
    ...IP_COLUMNS,
    ...probe.columns,
    ...SYSTEM_COLUMNS,
  ];
}

/** Reads a field of an IPv4 header at `at`; null for packets of IPv6. */
function ofIpv4(
  read: (view: DataView, at: number) => number,
): (response: Response) => number | null {
  return ({ at, view }) =>
    familyAt(view, at).version === 4 ? read(view, at) : null;
}

/** The last time that was written: most answers of a fast scan share its millisecond. */
const lastTime = { seconds: -1, millis: -1, start: "", zone: "", text: "" };

/** Local time as `2024-01-31T23:59:59.123+0100`. */
function timeWithMillis(seconds: number, microseconds: number): string {
  const millis = Math.floor(microseconds / 1000);
  if (seconds !== lastTime.seconds) {
    const { clock, date, zone } = localTime(new Date(seconds * 1000));
    lastTime.start = `${date}T${clock}.`;
    lastTime.zone = zone;
    lastTime.seconds = seconds;
    lastTime.millis = -1;
  }
  if (millis !== lastTime.millis) {
    const text = String(millis).padStart(3, "0");
    lastTime.text = `${lastTime.start}${text}${lastTime.zone}`;
    lastTime.millis = millis;
  }
  return lastTime.text;
}
