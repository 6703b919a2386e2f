import type { Column } from "../base/mod.ts";

/**
 * Slots of the array that names one probe: `patch` reads it, `identify` and `validate` fill it.
 * Addresses and ports are host order, seen from the probe: the destination is the target.
 */
export const TARGET_ADDRESS = 0;
/** Destination port; 0 for probes without ports. */
export const TARGET_PORT = 1;
/** The scanner's address, which is the source of the probe. */
export const TARGET_SOURCE = 2;
/** Which of several probes to the same target this is, from 0. */
export const TARGET_PROBE = 3;
/** Wall clock at the time of sending, for probes that carry it: Unix seconds. */
export const TARGET_SECONDS = 4;
/** Microseconds within that second. */
export const TARGET_MICROSECONDS = 5;
/**
 * The target's address where it is one of IPv6: four words, most significant first. `TARGET_ADDRESS` and
 * `TARGET_SOURCE` have no meaning then.
 */
export const TARGET_ADDRESS6 = 6;
/** The scanner's address where it is one of IPv6: four words. */
export const TARGET_SOURCE6 = 10;
/** Length of the array. */
export const TARGET_SLOTS = 14;

/** A version of IP: the family of a target. */
export type IpVersion = 4 | 6;

/** What a probe has to know about the scan. Plain data: survives `postMessage`. */
export interface ProbeOptions {
  /** Bytes put before each IP packet: an Ethernet header, or nothing when sending at the IP layer. */
  readonly linkHeader: Uint8Array;
  /** First and last source port of the range in use, inclusive. */
  readonly sourcePortFirst: number;
  /** Last source port of the range. */
  readonly sourcePortLast: number;
  /** Probes that each target may get, follow-ups included; a response from a higher number is not ours. */
  readonly maxProbes: number;
  /**
   * The family of the targets.
   *
   * @default {4} or the only one that the module knows
   */
  readonly family?: IpVersion;
  /** Time to live or hop limit of the probes, 1 to 255. */
  readonly ttl: number;
  /** `--probe-args`, or an empty string. Probes read no files: `file:` has to be turned into `hex:` before, and `template:` into `template-hex:`. */
  readonly args: string;
}

/** A validated response, as the field readers see it. */
export interface Response {
  /** The packet; valid until the reader returns. */
  readonly view: DataView;
  /** Offset of the IP header, of either family. */
  readonly at: number;
  /** Offset behind the last byte that is both captured and inside the IP packet's stated length. */
  readonly end: number;
  /** Capture time, Unix seconds and microseconds within the second. */
  readonly seconds: number;
  /** Microseconds within the second. */
  readonly microseconds: number;
  /**
   * The target that the probe went to; for an ICMP error that is the quoted destination. Of IPv6 it is where the
   * packet has the address: the offset of its 16 bytes from `at`.
   */
  readonly targetAddress: number;
  /** Port that the probe went to; 0 for probes without ports. */
  readonly targetPort: number;
  /** Index into the probe's `classes`. */
  readonly classIndex: number;
  /** Whether the class counts as a success. */
  readonly isSuccess: boolean;
  /** An earlier response of this target was already recorded. */
  readonly isRepeat: boolean;
  /** Received after sending had ended. */
  readonly isCooldown: boolean;
  /**
   * All addresses of the target's prefix answer; null: not known.
   *
   * @default {null}
   */
  readonly isAliased?: boolean | null;
  /**
   * An earlier answer to the same probe said something else.
   *
   * @default {false}
   */
  readonly isDiffering?: boolean;
}

/** How a response is classified, and whether that counts as a success. */
export interface ResponseClass {
  /** As the column "classification" has it. */
  readonly name: string;
  /** Whether the target counts as found. */
  readonly isSuccess: boolean;
  /**
   * The service behind the port gave what it was asked for. Kinds of probes that cannot tell leave it out in
   * all their classes.
   *
   * @default false
   */
  readonly isAppSuccess?: boolean;
}

/**
 * One kind of probe: how to build it and how to recognise and read what comes back. Made by a factory
 * from `ProbeOptions`, one per worker and family; holds no state about targets. `at` and `end` are as in `Response`;
 * whoever calls has checked that a whole header of its family lies between them, that it is not a later fragment,
 * and that `end` respects the length that IP states. No method throws for any bytes, and none allocates, but
 * for the column readers.
 */
export interface Probe {
  /** As `--probe-module` takes it. */
  readonly name: string;
  /** The family of its targets. */
  readonly family: IpVersion;
  /** The parts of `ResponseClass` in the order of their index, the same for both families. */
  readonly classes: readonly ResponseClass[];
  /** Longest frame that `patch` makes, link header included. */
  readonly maxFrameBytes: number;
  /** Bytes that have to be captured of each response, an Ethernet header included. */
  readonly snapLengthBytes: number;
  /**
   * libpcap filter expression that passes every response, damaged ones included where the kernel can
   * tell, and as little else as possible. It holds for captures with and without an Ethernet header. The
   * caller limits it to packets of the family for the source addresses, but not where they are too short to tell.
   */
  readonly captureFilter: string;
  /** Columns of this kind of probe, without those that all probes share. They read packets of either family. */
  readonly columns: readonly Column<Response>[];
  /**
   * How many different probes take turns: probe number i is of variant i modulo this. Only a multiple of it
   * as the number of probes per target asks every target the same.
   *
   * @default 1
   */
  readonly variants?: number;
  /** What is odd about the arguments without making them unusable: sentences without a final period. */
  readonly warnings?: readonly string[];

  /** Writes the bytes that are the same for every target at `frameAt`; once per buffer. */
  prepare(view: DataView, frameAt: number): void;
  /** Completes the prepared frame for `target` (`TARGET_*` slots) and its tag; once per packet. Returns the frame's length in bytes. */
  patch(
    view: DataView,
    frameAt: number,
    target: Uint32Array,
    tag: Uint32Array,
  ): number;
  /**
   * Reads which probe this packet claims to answer into `TARGET_ADDRESS`, `TARGET_PORT` and
   * `TARGET_SOURCE`, or those of IPv6: from the header quoted in an ICMP error, from the packet itself otherwise.
   * Returns false when the packet cannot be an answer or is too short to tell.
   */
  identify(
    view: DataView,
    at: number,
    end: number,
    target: Uint32Array,
  ): boolean;
  /**
   * Checks the packet against the tag of the target that `identify` read, and stores the number of the
   * probe in `TARGET_PROBE`. Returns false when it was not made by someone who saw that probe.
   */
  validate(
    view: DataView,
    at: number,
    end: number,
    target: Uint32Array,
    tag: Uint32Array,
  ): boolean;
  /** The index into `classes` of a response, with the target and the tag that it was validated with. */
  classify(
    view: DataView,
    at: number,
    end: number,
    target: Uint32Array,
    tag: Uint32Array,
  ): number;
  /**
   * A 32-bit digest of what a valid answer says, the same for all that say the same; -1 where it says nothing. Absent
   * where answers to one probe are not compared.
   */
  answerDigest?(view: DataView, at: number, end: number): number;
  /**
   * What `--dryrun` prints of the IP packet at `at`, above the line of its IP header: lines without the
   * last line feed. Absent where `describePayload` will do.
   */
  describe?(view: DataView, at: number, end: number): string;
  /**
   * The data of a datagram that answers `asked`, the data of a UDP probe, and counts as a success: for who
   * plays the target's part. Absent where the same data will do, and where probes are no datagrams.
   */
  answerData?(asked: Uint8Array): Uint8Array;
}

/** Whether a kind of probe can tell application successes from other answers. */
export function hasAppSuccess(probe: Probe): boolean {
  return probe.classes.some(({ isAppSuccess }) => isAppSuccess !== undefined);
}

/** Whether a kind of probe can send to targets of this family. */
export function sendsTo(
  { families = [4, 6] }: Pick<ProbeModule, "families">,
  family: IpVersion,
): boolean {
  return families.includes(family);
}

/** What is known of a kind of probe before one is made. */
export interface ProbeModule {
  /** As `--probe-module` takes it. */
  readonly name: string;
  /** Whether targets are (address, port) pairs. */
  readonly usesPorts: boolean;
  /**
   * The families that it can send to.
   *
   * @default {[4, 6]}
   */
  readonly families?: readonly IpVersion[];
  /** Some values are lists of records, or their names depend on the answer: only JSON can hold them. */
  readonly hasNestedOutput: boolean;
  /** Text for `--help`: what it sends, what its arguments are. */
  readonly help: string;
  /** Arguments that `create` takes, for who wants to know the columns only; empty where none are needed. */
  readonly exampleArgs: string;
  /** The arguments that none stand for, where there are such. */
  readonly defaultArgs?: string;
  /**
   * False: there are none. Those of a command line then have no effect, as in ZMap, some of whose kinds do not start
   * without any.
   *
   * @default {true}
   */
  readonly takesArgs?: boolean;
  /**
   * Texts about the arguments, by the word that takes the place of the arguments and asks for the text.
   *
   * @default {}
   */
  readonly explanations?: Readonly<Record<string, string>>;
  /**
   * Makes the probe.
   *
   * @throws {SyntaxError} when `options.args` does not parse; the message names the argument
   * @throws {RangeError} when it does not know the family that is asked for
   */
  create(options: ProbeOptions): Probe;
}
