import type { Column } from "../base/mod.ts";
import { ICMP_HEADER_BYTES, ICMP_TYPE } from "../wire/mod.ts";
import { rejectArgs } from "./_arguments.ts";
import { familyAt, icmpOf } from "./_families.ts";
import { ECHO_COLUMNS } from "./_icmp_columns.ts";
import {
  createEcho,
  TIMED_ADDRESS,
  TIMED_BYTES,
  TIMED_MICROSECONDS,
  TIMED_SECONDS,
} from "./_icmp_echo.ts";
import { ECHO_CLASSES } from "./_ip_family.ts";
import { classificationColumn } from "./_outcome_columns.ts";
import type { Probe, ProbeModule, ProbeOptions, Response } from "./probe.ts";

const NAME = "icmp_echo_time";
const MICROSECONDS_PER_SECOND = 1_000_000;
const HELP =
  `Sends an ICMP echo request that carries the time of sending, and reports how long the reply took. An
echo reply is a success; ICMP errors are reported as failures, without times. Takes no arguments.`;

const TIME_COLUMNS: readonly Column<Response>[] = [
  {
    name: "sent_timestamp_ts",
    type: "int",
    description: "Time of sending, Unix seconds",
    read: (r) => readTimed(r, TIMED_SECONDS),
  },
  {
    name: "sent_timestamp_us",
    type: "int",
    description: "Microseconds within that second",
    read: (r) => readTimed(r, TIMED_MICROSECONDS),
  },
  {
    name: "recv_timestamp_ts",
    type: "int",
    description: "Time of arrival, Unix seconds",
    read: (r) => r.seconds,
  },
  {
    name: "recv_timestamp_us",
    type: "int",
    description: "Microseconds within that second",
    read: (r) => r.microseconds,
  },
  {
    name: "rtt_us",
    type: "int",
    description: "Round-trip time in microseconds",
    read: (r) => {
      const seconds = readTimed(r, TIMED_SECONDS);
      const microseconds = readTimed(r, TIMED_MICROSECONDS);
      if (seconds === null || microseconds === null) return null;
      return (r.seconds - seconds) * MICROSECONDS_PER_SECOND +
        (r.microseconds - microseconds);
    },
  },
  {
    name: "dst_raw",
    type: "int",
    description:
      "Probed address, network bytes read as little-endian; empty for IPv6",
    read: readTarget,
  },
];

const SUCCESS_NUMBER_COLUMN: Column<Response> = {
  name: "success",
  type: "int",
  description: "1 where the response counts as a success, 0 otherwise",
  read: (r) => r.isSuccess ? 1 : 0,
};

/** Measures the round-trip times of hosts that answer echo requests. */
export const icmpEchoTime: ProbeModule = {
  name: NAME,
  usesPorts: false,
  hasNestedOutput: false,
  help: HELP,
  exampleArgs: "",
  takesArgs: false,
  create,
};

function create(options: ProbeOptions): Probe {
  rejectArgs(NAME, options.args);
  return createEcho(options, {
    name: NAME,
    payload: new Uint8Array(TIMED_BYTES),
    isTimed: true,
    columns: [
      ...ECHO_COLUMNS,
      ...TIME_COLUMNS,
      classificationColumn(ECHO_CLASSES),
      SUCCESS_NUMBER_COLUMN,
    ],
  });
}

/** As an echo reply returned it, and of an ICMP error the destination of the probe that it quotes. */
function readTarget(response: Response): number | null {
  const { at, end, view } = response;
  if (end <= at || familyAt(view, at).version !== 4) return null;
  const icmp = icmpOf(response);
  const family = familyAt(view, at);
  if (
    icmp >= 0 && icmp + ICMP_HEADER_BYTES <= end &&
    view.getUint8(icmp + ICMP_TYPE) !== family.icmp.echoReply
  ) return littleEndian(family.targetWord(response));
  return readTimed(response, TIMED_ADDRESS);
}

/** A word whose bytes are in the other order. */
function littleEndian(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) |
    (word >>> 24)) >>> 0;
}

/**
 * A field of the payload that an echo reply returned; null for other messages, and where what returned is not
 * what was sent, which the address in it tells.
 */
function readTimed(response: Response, field: number): number | null {
  const { view, at, end } = response;
  const icmp = icmpOf(response);
  const payload = icmp + ICMP_HEADER_BYTES;
  if (icmp < 0 || payload + TIMED_BYTES > end) return null;
  const family = familyAt(view, at);
  if (view.getUint8(icmp + ICMP_TYPE) !== family.icmp.echoReply) return null;
  const address = view.getUint32(payload + TIMED_ADDRESS);
  if (address !== family.targetWord(response)) return null;
  return view.getUint32(payload + field, true);
}
