import type { Column } from "../base/mod.ts";
import {
  findTcpOption,
  IP_PROTOCOL_TCP,
  TCP_ACKNOWLEDGEMENT,
  TCP_DESTINATION_PORT,
  TCP_OPTION_MSS,
  TCP_OPTION_SACK_PERMITTED,
  TCP_OPTION_TIMESTAMPS,
  TCP_OPTION_WINDOW_SCALE,
  TCP_SEQUENCE,
  TCP_SOURCE_PORT,
  TCP_WINDOW,
  tcpPayloadAt,
} from "../wire/mod.ts";
import { payloadOf } from "./_families.ts";
import type { Response } from "./probe.ts";

/** The largest window scale; larger ones count as this one (RFC 7323 section 2.3). */
const MAX_WINDOW_SHIFT = 14;
/** Position of the echoed value in the data of a timestamps option. */
const TIMESTAMP_ECHO = 4;

/** The columns that describe TCP segments; null for ICMP errors. */
export const TCP_COLUMNS: readonly Column<Response>[] = [
  headerColumn(
    "sport",
    "TCP source port: the port that was probed",
    TCP_SOURCE_PORT,
    2,
  ),
  headerColumn(
    "dport",
    "TCP destination port: the scanner's port",
    TCP_DESTINATION_PORT,
    2,
  ),
  headerColumn("seqnum", "TCP sequence number", TCP_SEQUENCE, 4),
  headerColumn("acknum", "TCP acknowledgement number", TCP_ACKNOWLEDGEMENT, 4),
  headerColumn("window", "TCP window", TCP_WINDOW, 2),
];

/** The columns that describe the options of a TCP segment; null where the option is absent. */
export const TCP_OPTION_COLUMNS: readonly Column<Response>[] = [
  optionColumn(
    "tcpopt_mss",
    "TCP maximum segment size",
    TCP_OPTION_MSS,
    (view, at) => view.getUint16(at),
  ),
  optionColumn(
    "tcpopt_wscale",
    "TCP window scale as a factor",
    TCP_OPTION_WINDOW_SCALE,
    (view, at) => 1 << Math.min(view.getUint8(at), MAX_WINDOW_SHIFT),
  ),
  optionColumn(
    "tcpopt_sack_perm",
    "1 where TCP selective acknowledgements are permitted",
    TCP_OPTION_SACK_PERMITTED,
    () => 1,
  ),
  optionColumn(
    "tcpopt_ts_val",
    "TCP timestamp value",
    TCP_OPTION_TIMESTAMPS,
    (view, at) => view.getUint32(at),
  ),
  optionColumn(
    "tcpopt_ts_ecr",
    "TCP timestamp echo reply",
    TCP_OPTION_TIMESTAMPS,
    (view, at) => view.getUint32(at + TIMESTAMP_ECHO),
  ),
];

/** The offset of a whole TCP header, or -1 when the response is something else. */
function tcpAt(response: Response): number {
  const tcp = payloadOf(response, IP_PROTOCOL_TCP);
  return tcp < 0 || tcpPayloadAt(response.view, tcp, response.end) < 0
    ? -1
    : tcp;
}

function headerColumn(
  name: string,
  description: string,
  field: number,
  bytes: 2 | 4,
): Column<Response> {
  return {
    name,
    type: "int",
    description,
    read: (response) => {
      const at = tcpAt(response);
      if (at < 0) return null;
      const { view } = response;
      return bytes === 2
        ? view.getUint16(at + field)
        : view.getUint32(at + field);
    },
  };
}

function optionColumn(
  name: string,
  description: string,
  kind: number,
  readData: (view: DataView, at: number) => number,
): Column<Response> {
  return {
    name,
    type: "int",
    description,
    read: (response) => {
      const tcp = tcpAt(response);
      const at = tcp < 0
        ? -1
        : findTcpOption(response.view, tcp, response.end, kind);
      return at < 0 ? null : readData(response.view, at);
    },
  };
}
