// HOT PATH: complete(), accepts() and classify() run per packet.

import {
  DNS_FLAGS,
  DNS_HEADER_BYTES,
  DNS_ID,
  DNS_RESPONSE,
  DNS_RESPONSE_CODE,
  dnsAnswerDigest,
  makeDnsQuery,
  UDP_HEADER_BYTES,
  UDP_LENGTH,
  writeBytes,
} from "../wire/mod.ts";
import { parseDnsArgs } from "./_dns_arguments.ts";
import { DNS_COLUMNS, dnsContentColumns } from "./_dns_columns.ts";
import { ICMP_ERROR_COLUMNS } from "./_icmp_error.ts";
import { classificationColumn, SUCCESS_COLUMN } from "./_outcome_columns.ts";
import { createUdp } from "./_udp.ts";
import { UDP_PORT_COLUMNS } from "./_udp_columns.ts";
import { describeUdp, SEPARATOR } from "./describe.ts";
import {
  type Probe,
  type ProbeModule,
  type ProbeOptions,
  TARGET_PROBE,
} from "./probe.ts";

const NAME = "dns";
const CLASSES = [
  { name: "dns", isSuccess: true, isAppSuccess: true },
  { name: "dns", isSuccess: true, isAppSuccess: false },
  { name: "dns", isSuccess: false, isAppSuccess: false },
  { name: "icmp", isSuccess: false, isAppSuccess: false },
] as const;
const CLASS_ANSWERED = 0;
const CLASS_REFUSED = 1;
const CLASS_OTHER = 2;
/** Type and class behind the name of a question. */
const QUESTION_TAIL_BYTES = 4;
const HELP =
  `Sends a DNS query to each target, usually port 53. A datagram with the query's number and name is a success;
it is an application success ("app_success") if it is a response without error. ICMP errors are reported as
failures. Needs --output-module json. A further answer to the same probe that has another response code or other
records than the first is counted, and marked in the field "differs"; it is a repeat, too.

Arguments are questions, TYPE,NAME, separated by semicolons:
  A,example.com
  "A,example.com;AAAA:nr,example.org"
TYPE is one of A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, RRSIG, ALL; :nr behind it asks without desire for
recursion. With several questions each target gets each of them: --probes has to be a multiple of their number.`;

/** Finds name servers, and what they answer (RFC 1035). */
export const dns: ProbeModule = {
  name: NAME,
  usesPorts: true,
  hasNestedOutput: true,
  help: HELP,
  exampleArgs: "A,example.com",
  create,
};

function create(options: ProbeOptions): Probe {
  const { questions, warnings } = parseDnsArgs(options.args);
  const queries = questions.map(makeDnsQuery);
  const count = queries.length;
  const maxBytes = Math.max(...queries.map((query) => query.length));

  function prepare(view: DataView, at: number): void {
    writeBytes(view, at, queries[0]!);
  }

  function complete(
    view: DataView,
    at: number,
    target: Uint32Array,
    tag: Uint32Array,
  ): number {
    const query = queries[count === 1 ? 0 : target[TARGET_PROBE]! % count]!;
    if (count > 1) writeBytes(view, at, query);
    view.setUint16(at + DNS_ID, tag[2]! >>> 16);
    return query.length;
  }

  /** A whole datagram that has room for the question. */
  function accepts(
    view: DataView,
    udp: number,
    end: number,
    target: Uint32Array,
  ): boolean {
    const query = queries[target[TARGET_PROBE]! % count]!;
    const udpBytes = view.getUint16(udp + UDP_LENGTH);
    return udpBytes >= UDP_HEADER_BYTES + query.length && udp + udpBytes <= end;
  }

  function classify(
    view: DataView,
    udp: number,
    end: number,
    target: Uint32Array,
    tag: Uint32Array,
  ): number {
    if (!accepts(view, udp, end, target)) return CLASS_OTHER;
    const at = udp + UDP_HEADER_BYTES;
    if (view.getUint16(at + DNS_ID) !== tag[2]! >>> 16) return CLASS_OTHER;
    const query = queries[target[TARGET_PROBE]! % count]!;
    const nameEnd = query.length - QUESTION_TAIL_BYTES;
    for (let i = DNS_HEADER_BYTES; i < nameEnd; i++) {
      if (view.getUint8(at + i) !== query[i]!) return CLASS_OTHER;
    }
    const flags = view.getUint16(at + DNS_FLAGS);
    return (flags & (DNS_RESPONSE | DNS_RESPONSE_CODE)) === DNS_RESPONSE
      ? CLASS_ANSWERED
      : CLASS_REFUSED;
  }

  return createUdp(options, {
    name: NAME,
    payload: { maxBytes, prepare, complete },
    classes: CLASSES,
    variants: count,
    warnings,
    accepts,
    classify,
    // As ZMap has it, with a line of dashes above, too.
    answerData,
    digest: dnsAnswerDigest,
    describe: (view, udp) => `${SEPARATOR}\n${describeUdp(view, udp, NAME)}`,
    columns: [
      ...UDP_PORT_COLUMNS,
      classificationColumn(CLASSES),
      SUCCESS_COLUMN,
      {
        name: "app_success",
        type: "bool",
        description: "Whether it is a response without error",
        read: (r) => CLASSES[r.classIndex]?.isAppSuccess ?? false,
      },
      {
        name: "differs",
        type: "bool",
        description:
          "Whether an earlier answer to the same probe said something else, as where a middlebox injects answers",
        read: (r) => r.isDiffering ?? false,
      },
      ...ICMP_ERROR_COLUMNS,
      ...DNS_COLUMNS,
      ...dnsContentColumns(),
    ],
  });
}

/** A response without error and without records. */
function answerData(asked: Uint8Array): Uint8Array {
  const answer = asked.slice();
  const view = new DataView(answer.buffer);
  view.setUint16(DNS_FLAGS, view.getUint16(DNS_FLAGS) | DNS_RESPONSE);
  return answer;
}
