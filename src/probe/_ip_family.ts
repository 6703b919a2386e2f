import type {
  IpVersion,
  ProbeOptions,
  Response,
  ResponseClass,
} from "./probe.ts";

/** Bytes behind the quoted IP header that every ICMP error has to carry (RFC 792; RFC 4443 has more). */
export const QUOTED_PAYLOAD_BYTES = 8;

/** Packets on an Ethernet, and on most paths. */
export const MTU_BYTES = 1500;

/**
 * Completes the IP header of the frame at `frameAt` for `target`; returns the sum of both addresses.
 *
 * @param headerSum sum of the words of the header that stand already; where the header has no checksum, any number
 * @param id identification, where there is one
 */
export type IpCompleter = (
  view: DataView,
  frameAt: number,
  headerSum: number,
  id: number,
  target: Uint32Array,
) => number;

/** What ICMP is in one IP version. The fields of its header are at the same places in both. */
export interface IcmpFamily {
  /** As the number of a protocol. */
  readonly protocol: number;
  readonly echoRequest: number;
  readonly echoReply: number;
  /** Whether the checksum covers a pseudo header. */
  readonly hasPseudoHeader: boolean;
  /** Classes of the responses to echo requests that messages of this version get, see `ECHO_CLASSES`. */
  echoClass(type: number, code: number): number;
  /** Whether messages of this type quote the packet that caused them. */
  isError(type: number): boolean;
  /** Whether messages of this type, which is no error, may answer an echo request. */
  isEchoAnswer(type: number): boolean;
  /** What the code of an error means, or null where it is about something else than an unreachable destination. */
  unreachableText(type: number, code: number): string | null;
}

/** Capture filters, see `Probe.captureFilter`, and how much they need of each packet. */
export interface FamilyFilters {
  /** Passes TCP segments that can answer a SYN, ICMP errors, and damaged packets of both protocols. */
  tcp(): string;
  /**
   * Passes UDP datagrams that have one of the scanner's source ports where their answers have it, ICMP errors,
   * and damaged packets of both protocols.
   *
   * @param portAt offset of that port in the UDP header
   */
  udp(options: ProbeOptions, portAt: number): string;
  /** Passes ICMP messages that can answer an echo request, and damaged ICMP packets. */
  icmp(): string;
  /** Bytes to capture so that the longest ICMP error is whole up to what has to be quoted. */
  readonly errorSnapBytes: number;
  /** Bytes to capture so that so many are whole behind the longest IP header. */
  snapBytes(payloadBytes: number): number;
}

/**
 * All that kinds of probes have to know about a version of IP. Functions that run per packet read no `this`: kinds of
 * probes take them out of the object once, so that a call has one callee as long as a thread has one family.
 */
export interface IpFamily {
  readonly version: IpVersion;
  /** Length of the IP header of probes. */
  readonly headerBytes: number;
  /** Whether UDP has to have a checksum. */
  readonly hasUdpChecksum: boolean;
  /** Slot of a target's address, or of its last word. */
  readonly addressSlot: number;
  readonly icmp: IcmpFamily;
  readonly filters: FamilyFilters;

  /**
   * Writes what all frames start with: the link header, and an IP header without addresses, identification and
   * checksum. Returns the offset behind it.
   *
   * @param frame has the length of the frame
   */
  readonly writeFrameStart: (
    frame: DataView,
    options: ProbeOptions,
    protocol: number,
  ) => number;
  /** The sum of the words of the header at `at`, or 0 where the header has no checksum. */
  readonly headerSum: (view: DataView, at: number) => number;
  /** Sets the length of what follows the header at `at`; returns the number written. */
  readonly writeLength: (
    view: DataView,
    at: number,
    payloadBytes: number,
  ) => number;
  /** Makes the function that completes the header, which is at `ipAt` in a frame. */
  readonly completer: (ipAt: number) => IpCompleter;

  /**
   * The offset of what this protocol put into the packet at `at`; -1 when the packet is of another one, or its
   * headers do not lie whole between `at` and `end`.
   */
  readonly payloadAt: (
    view: DataView,
    at: number,
    end: number,
    protocol: number,
  ) => number;
  /**
   * The offset of the IP header quoted in an ICMP error message about one of our packets; -1 when the packet at
   * `at` is anything else. Sure after that: the quoted headers are whole and of this protocol, the packet was
   * sent from the address that the message is sent to, it is not a later fragment, and `QUOTED_PAYLOAD_BYTES`
   * bytes behind its headers lie both before `end` and within its stated length.
   */
  readonly quoteAt: (
    view: DataView,
    at: number,
    end: number,
    protocol: number,
  ) => number;
  /** Stores source and destination of the packet at `at` as target and scanner. */
  readonly readReply: (view: DataView, at: number, target: Uint32Array) => void;
  /** Stores destination and source of the quoted packet at `at` as target and scanner. */
  readonly readQuoted: (
    view: DataView,
    at: number,
    target: Uint32Array,
  ) => void;

  /** The source address of the packet at `at` as text. */
  readonly sourceText: (view: DataView, at: number) => string;
  /** The destination address of the packet at `at` as text. */
  readonly destinationText: (view: DataView, at: number) => string;
  /** The address of the target of a response as text. */
  readonly targetText: (response: Response) => string;
  /** The target's address, or the last word of it. */
  readonly targetWord: (response: Response) => number;
  /** Time to live or hop limit of the packet at `at`. */
  readonly hopLimit: (view: DataView, at: number) => number;
}

/** Classes of the responses to echo requests: those of ICMP, then those that only ICMPv6 has. */
export const ECHO_CLASSES: readonly ResponseClass[] = [
  { name: "echoreply", isSuccess: true },
  { name: "unreach", isSuccess: false },
  { name: "sourcequench", isSuccess: false },
  { name: "redirect", isSuccess: false },
  { name: "timxceed", isSuccess: false },
  { name: "other", isSuccess: false },
  { name: "unreach_noroute", isSuccess: false },
  { name: "unreach_admin", isSuccess: false },
  { name: "unreach_beyondscope", isSuccess: false },
  { name: "unreach_addr", isSuccess: false },
  { name: "unreach_noport", isSuccess: false },
  { name: "unreach_policy", isSuccess: false },
  { name: "unreach_rejectroute", isSuccess: false },
  { name: "unreach_err_src_route", isSuccess: false },
  { name: "toobig", isSuccess: false },
  { name: "paramprob", isSuccess: false },
];

/** Indexes into `ECHO_CLASSES`. */
export const EchoClass = {
  reply: 0,
  unreachable: 1,
  sourceQuench: 2,
  redirect: 3,
  timeExceeded: 4,
  other: 5,
  /** The first of those named after the codes of ICMPv6, 0 to 7. */
  unreachableCode: 6,
  tooBig: 14,
  parameterProblem: 15,
} as const;
