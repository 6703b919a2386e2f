import {
  type IcmpFacts,
  icmpFactsOf,
  isFromTarget,
  type ProbeProtocol,
  type Response,
  tcpFlagsOf,
} from "../../probe/mod.ts";

/** Flags of a TCP header (RFC 9293 section 3.1), by their bits. */
const TCP_FLAG_NAMES = [
  "fin",
  "syn",
  "rst",
  "psh",
  "ack",
  "urg",
  "ece",
  "cwr",
] as const;
const RST = 4;
const SYN_ACK = 0x12;
const PORT_UNREACHABLE = "port unreachable";

/** What an answer says of its target, in the words of nmap. */
export interface AnswerState {
  readonly port: "open" | "closed" | "filtered" | "unfiltered";
  readonly reason: string;
  /** Whether the target itself is known to be there. */
  readonly isUp: boolean;
}

const OPEN = { port: "open", isUp: true } as const;

/** What nmap would say of a port after this answer. */
export function answerState(
  response: Response,
  protocol: ProbeProtocol,
): AnswerState {
  const flags = tcpFlagsOf(response);
  if (flags >= 0) {
    if ((flags & RST) !== 0) {
      // What a SYN-ACK gets says nothing of the port: it is no connection.
      const port = response.isSuccess ? "unfiltered" : "closed";
      return { port, reason: "reset", isUp: true };
    }
    return { ...OPEN, reason: flags === SYN_ACK ? "syn-ack" : "tcp-response" };
  }
  const icmp = icmpFactsOf(response);
  if (icmp === null) return { ...OPEN, reason: `${protocol}-response` };
  if (response.isSuccess) return { ...OPEN, reason: "echo-reply" };
  if (icmp.unreachable === PORT_UNREACHABLE) {
    const isUp = isFromTarget(response);
    return { port: "closed", reason: "port-unreach", isUp };
  }
  return { port: "filtered", reason: errorReason(icmp), isUp: false };
}

/** What masscan would say of a port after this answer. */
export function masscanStatus(
  response: Response,
): "open" | "closed" | "unknown" {
  const flags = tcpFlagsOf(response);
  if (flags >= 0) return (flags & RST) === 0 ? "open" : "closed";
  if (response.isSuccess) return "open";
  return icmpFactsOf(response)?.unreachable === PORT_UNREACHABLE
    ? "closed"
    : "unknown";
}

const FLAG_TEXTS: readonly string[] = Array.from(
  { length: 256 },
  (_, flags) => {
    const set = TCP_FLAG_NAMES.filter((_, bit) => (flags >>> bit & 1) === 1);
    return set.length === 0 ? "none" : set.join("-");
  },
);

/** The flags of a TCP answer as masscan writes them, lowest first; "none" for all else. */
export function flagsText(response: Response): string {
  const flags = tcpFlagsOf(response);
  return flags < 0 ? "none" : FLAG_TEXTS[flags]!;
}

/** Words of nmap for what stands in `icmp_unreach_str`, by the beginning of that. */
const UNREACHABLE_REASONS: readonly (readonly [string, string])[] = [
  ["network unreachable", "net-unreach"],
  ["no route", "net-unreach"],
  ["reject route", "net-unreach"],
  ["host unreachable", "host-unreach"],
  ["address unreachable", "host-unreach"],
  ["protocol unreachable", "proto-unreach"],
  ["network admin", "net-prohibited"],
  ["host admin", "host-prohibited"],
  ["communication admin", "admin-prohibited"],
];

function errorReason({ unreachable }: IcmpFacts): string {
  if (unreachable === null) return "time-exceeded";
  return UNREACHABLE_REASONS.find(([text]) => unreachable.startsWith(text))
    ?.[1] ?? "dest-unreach";
}
