import { TCP_ACK, TCP_OPTION_PROFILES, TCP_SYN } from "../wire/mod.ts";
import { rejectArgs } from "./_arguments.ts";
import { ICMP_ERROR_COLUMNS } from "./_icmp_error.ts";
import { classificationColumn, SUCCESS_COLUMN } from "./_outcome_columns.ts";
import { createTcp } from "./_tcp.ts";
import { TCP_COLUMNS } from "./_tcp_columns.ts";
import type { Probe, ProbeModule, ProbeOptions } from "./probe.ts";

const NAME = "tcp_synackscan";
const CLASSES = [
  { name: "synack", isSuccess: true },
  { name: "rst", isSuccess: true },
  { name: "icmp", isSuccess: false },
] as const;
const MSS_ONLY = TCP_OPTION_PROFILES.find(({ name }) =>
  name === "smallest-probes"
)!;
const HELP =
  `Sends a TCP SYN-ACK segment to each target, as if it had asked for a connection. A host that nothing
filters answers RST; RST and SYN-ACK segments are both successes, ICMP errors are reported as failures.
Takes no arguments.`;

/** Finds hosts by the RST with which they refuse a handshake that they did not begin (RFC 9293 section 3.5.2). */
export const tcpSynackscan: ProbeModule = {
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
  return createTcp(options, {
    name: NAME,
    flags: TCP_SYN | TCP_ACK,
    options: MSS_ONLY,
    classes: CLASSES,
    columns: [
      ...TCP_COLUMNS,
      classificationColumn(CLASSES),
      SUCCESS_COLUMN,
      ...ICMP_ERROR_COLUMNS,
    ],
  });
}
