import type { IpVersion } from "../probe/mod.ts";
import {
  ICMP_ECHO_REPLY,
  ICMPV6_ECHO_REPLY,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_ICMPV6,
  IPV4_HEADER_BYTES,
  IPV6_HEADER_BYTES,
  parseIpv4Header,
  parseIpv6Header,
  pseudoHeaderSum,
  pseudoHeaderSum6,
  writeIpv4Header,
  writeIpv6Header,
} from "../wire/mod.ts";

const TTL = 64;

/** The IP header of a probe, and how an answer to it begins. */
export interface ProbeHeader {
  readonly protocol: number;
  /** Writes the header of an answer with so many bytes behind it, from the target to the scanner. */
  writeAnswer(view: DataView, payloadBytes: number): void;
  /** The sum of the answer's pseudo header, for the checksum of such a protocol. */
  pseudoSum(protocol: number, payloadBytes: number): number;
}

/** What differs between IPv4 and IPv6 for who answers probes. */
export interface AnswerFamily {
  /** Length of an IP header without options or extensions. */
  readonly headerBytes: number;
  readonly icmp: {
    readonly protocol: number;
    readonly echoReply: number;
    /** The checksum covers the addresses, too. */
    readonly hasPseudoHeader: boolean;
  };
  /** Reads the header of a probe; null when it is none of this family. */
  parse(view: DataView, end: number): ProbeHeader | null;
}

const IPV4_ANSWERS: AnswerFamily = {
  headerBytes: IPV4_HEADER_BYTES,
  icmp: {
    protocol: IP_PROTOCOL_ICMP,
    echoReply: ICMP_ECHO_REPLY,
    hasPseudoHeader: false,
  },
  parse(view, end): ProbeHeader | null {
    const header = parseIpv4Header(view, 0, end);
    if (header === null) return null;
    const { destination: source, protocol, source: destination } = header;
    return {
      protocol,
      writeAnswer: (answer, payloadBytes) =>
        void writeIpv4Header(answer, 0, {
          typeOfService: 0,
          totalBytes: IPV4_HEADER_BYTES + payloadBytes,
          id: 0,
          mayFragment: false,
          hasMoreFragments: false,
          fragmentBytes: 0,
          ttl: TTL,
          protocol,
          source,
          destination,
        }),
      pseudoSum: (protocol, lengthBytes) =>
        pseudoHeaderSum(source, destination, protocol, lengthBytes),
    };
  },
};

const IPV6_ANSWERS: AnswerFamily = {
  headerBytes: IPV6_HEADER_BYTES,
  icmp: {
    protocol: IP_PROTOCOL_ICMPV6,
    echoReply: ICMPV6_ECHO_REPLY,
    hasPseudoHeader: true,
  },
  parse(view, end): ProbeHeader | null {
    const header = parseIpv6Header(view, 0, end);
    if (header === null) return null;
    const { destination: source, nextHeader, source: destination } = header;
    return {
      protocol: nextHeader,
      writeAnswer: (answer, payloadBytes) =>
        void writeIpv6Header(answer, 0, {
          trafficClass: 0,
          flowLabel: 0,
          payloadBytes,
          nextHeader,
          hopLimit: TTL,
          source,
          destination,
        }),
      pseudoSum: (protocol, lengthBytes) =>
        pseudoHeaderSum6(source, destination, protocol, lengthBytes),
    };
  },
};

/** What an answer over this version of IP is made with. */
export function answerFamily(version: IpVersion): AnswerFamily {
  return version === 6 ? IPV6_ANSWERS : IPV4_ANSWERS;
}
