import { type Column, encodeHex, type Value } from "../base/mod.ts";
import {
  DNS_COUNTS,
  DNS_FLAGS,
  DNS_HEADER_BYTES,
  DNS_ID,
  type DnsAskedQuestion,
  type DnsMessage,
  type DnsRecord,
  dnsTypeName,
  parseDnsMessage,
  readBytes,
  UDP_HEADER_BYTES,
} from "../wire/mod.ts";
import { LastParsed } from "./_last_parsed.ts";
import { udpDataEnd, udpReplyAt } from "./_udp.ts";
import { udpSizeColumn } from "./_udp_columns.ts";
import type { Response } from "./probe.ts";

/** The columns of a DNS header; null for responses that are no answer to the query. */
export const DNS_COLUMNS: readonly Column<Response>[] = [
  udpSizeColumn("udp_len"),
  headerColumn("dns_id", "Identifier", DNS_ID, 16, 0),
  headerColumn("dns_rd", "Recursion desired", DNS_FLAGS, 1, 8),
  headerColumn("dns_tc", "Truncated", DNS_FLAGS, 1, 9),
  headerColumn("dns_aa", "Authoritative answer", DNS_FLAGS, 1, 10),
  headerColumn("dns_opcode", "Kind of query", DNS_FLAGS, 4, 11),
  headerColumn("dns_qr", "1 for responses, 0 for queries", DNS_FLAGS, 1, 15),
  headerColumn("dns_rcode", "Response code: 0 is no error", DNS_FLAGS, 4, 0),
  headerColumn("dns_cd", "Checking disabled", DNS_FLAGS, 1, 4),
  headerColumn("dns_ad", "Authenticated data", DNS_FLAGS, 1, 5),
  headerColumn("dns_z", "Reserved bit", DNS_FLAGS, 1, 6),
  headerColumn("dns_ra", "Recursion available", DNS_FLAGS, 1, 7),
  headerColumn("dns_qdcount", "Number of questions", DNS_COUNTS, 16, 0),
  headerColumn("dns_ancount", "Number of answers", DNS_COUNTS + 2, 16, 0),
  headerColumn("dns_nscount", "Number of authorities", DNS_COUNTS + 4, 16, 0),
  headerColumn(
    "dns_arcount",
    "Number of additional records",
    DNS_COUNTS + 6,
    16,
    0,
  ),
];

/** Data of the datagram of a response; the whole packet of others. */
const RAW_DATA_COLUMN: Column<Response> = {
  name: "raw_data",
  type: "binary",
  description: "Data of the UDP datagram; for ICMP errors the whole packet",
  read: ({ at, end, view }) => {
    const udp = udpReplyAt(view, at, end);
    return udp < 0
      ? readBytes(view, at, end)
      : readBytes(view, udp + UDP_HEADER_BYTES, udpDataEnd(view, udp, end));
  },
};

/** Reads the message of a response; null for responses that are no answer to the query. */
type ReadMessage = (response: Response) => DnsMessage | null;

/** The columns of what a DNS message holds; empty for responses that are no answer to the query. */
export function dnsContentColumns(): readonly Column<Response>[] {
  const messages = new LastParsed(parseDnsMessage);
  const read = (response: Response): DnsMessage | null => {
    const message = answerAt(response);
    if (message < 0) return null;
    const { end, view } = response;
    const udp = message - UDP_HEADER_BYTES;
    return messages.read(view, message, udpDataEnd(view, udp, end));
  };
  return [
    {
      name: "dns_questions",
      type: "repeated",
      description: "Questions: name, qtype, qtype_str, qclass",
      read: (r) => read(r)?.questions.map(questionValue) ?? [],
    },
    recordsColumn("dns_answers", "Answers", 0, read),
    recordsColumn("dns_authorities", "Authorities", 1, read),
    recordsColumn("dns_additionals", "Additional records", 2, read),
    {
      name: "dns_parse_err",
      type: "int",
      description:
        "1 where the message could not be read to its end, or its names would take too much text",
      read: (r) => {
        const message = read(r);
        return message?.isWhole && message.unconsumedBytes === 0 ? 0 : 1;
      },
    },
    {
      name: "dns_unconsumed_bytes",
      type: "int",
      description: "Bytes behind what could be read of the message",
      read: (r) => read(r)?.unconsumedBytes ?? 0,
    },
    RAW_DATA_COLUMN,
  ];
}

/** Some bits of a 16-bit field of the header. */
function headerColumn(
  name: string,
  description: string,
  field: number,
  bits: number,
  shift: number,
): Column<Response> {
  return {
    name,
    type: "int",
    description,
    read: (response) => {
      const at = answerAt(response);
      if (at < 0) return null;
      const word = response.view.getUint16(at + field);
      return (word >>> shift) & ((1 << bits) - 1);
    },
  };
}

function recordsColumn(
  name: string,
  title: string,
  section: 0 | 1 | 2,
  read: ReadMessage,
): Column<Response> {
  return {
    name,
    type: "repeated",
    description:
      `${title}: name, type, type_str, class, ttl, rdlength, rdata_is_parsed, rdata`,
    read: (r) => read(r)?.records[section].map(recordValue) ?? [],
  };
}

function questionValue(question: DnsAskedQuestion): Value {
  return {
    name: question.name,
    qtype: question.type,
    qtype_str: dnsTypeName(question.type),
    qclass: question.class,
  };
}

function recordValue(record: DnsRecord): Value {
  const isText = typeof record.data === "string";
  return {
    name: record.name,
    type: record.type,
    type_str: dnsTypeName(record.type),
    class: record.class,
    ttl: record.ttl,
    rdlength: record.dataBytes,
    rdata_is_parsed: isText ? 1 : 0,
    rdata: isText ? record.data : encodeHex(record.data),
  };
}

/** The offset of the message of a response that answers the query, its header whole; -1 for any other. */
function answerAt({ at, end, isSuccess, view }: Response): number {
  if (!isSuccess) return -1;
  const udp = udpReplyAt(view, at, end);
  if (udp < 0) return -1;
  const message = udp + UDP_HEADER_BYTES;
  return udpDataEnd(view, udp, end) - message < DNS_HEADER_BYTES ? -1 : message;
}
