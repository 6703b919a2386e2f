import {
  TCP_OPTION_PROFILES,
  TCP_SYN,
  type TcpOptionProfile,
} from "../wire/mod.ts";
import { ICMP_ERROR_COLUMNS } from "./_icmp_error.ts";
import { classificationColumn, SUCCESS_COLUMN } from "./_outcome_columns.ts";
import { createTcp } from "./_tcp.ts";
import { TCP_COLUMNS, TCP_OPTION_COLUMNS } from "./_tcp_columns.ts";
import type { Probe, ProbeModule, ProbeOptions } from "./probe.ts";

const NAME = "tcp_synscan";
const DEFAULT_ARGS = "windows";
const CLASSES = [
  { name: "synack", isSuccess: true },
  { name: "rst", isSuccess: false },
  { name: "icmp", isSuccess: false },
] as const;
const HELP =
  `Sends a TCP SYN segment to each target. A port that answers SYN-ACK is a success; RST segments
and ICMP errors are reported as failures.

Arguments name the TCP options to send:
  windows          MSS, window scale, SACK (default)
  linux            MSS, SACK, timestamps, window scale
  bsd              MSS, window scale, timestamps, SACK
  smallest-probes  MSS only`;

/** Finds open TCP ports by the first step of the handshake (RFC 9293 section 3.5). */
export const tcpSynscan: ProbeModule = {
  name: NAME,
  usesPorts: true,
  hasNestedOutput: false,
  help: HELP,
  exampleArgs: "",
  defaultArgs: DEFAULT_ARGS,
  create,
};

function create(options: ProbeOptions): Probe {
  return createTcp(options, {
    name: NAME,
    flags: TCP_SYN,
    options: findProfile(options.args),
    classes: CLASSES,
    columns: [
      ...TCP_COLUMNS,
      ...TCP_OPTION_COLUMNS,
      classificationColumn(CLASSES),
      SUCCESS_COLUMN,
      ...ICMP_ERROR_COLUMNS,
    ],
  });
}

function findProfile(args: string): TcpOptionProfile {
  const name = args || DEFAULT_ARGS;
  const profile = TCP_OPTION_PROFILES.find((candidate) =>
    candidate.name === name
  );
  if (profile === undefined) {
    const names = TCP_OPTION_PROFILES.map((candidate) => candidate.name).join(
      ", ",
    );
    throw new SyntaxError(
      `Cannot parse probe arguments "${args}": expected one of ${names}`,
    );
  }
  return profile;
}
