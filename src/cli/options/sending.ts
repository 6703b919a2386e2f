import { SEND_BACKENDS, type SendBackend } from "../../backend/names.ts";
import {
  parseChoice,
  parsePercent,
  parseProcessors,
} from "../option_parsers.ts";
import { flag, type OptionTable, setting } from "../option_spec.ts";
import {
  parseBandwidth,
  parseCount,
  parsePositiveRate,
  parseRate,
  parseSeconds,
} from "../units.ts";

const DEFAULT_RATE_PPS = 10_000;
/** Two thousand million seconds are 63 years. */
const MAX_RUNTIME_SECONDS = 2e9;
/** `setTimeout` takes at most 2^31-1 milliseconds. */
const MAX_COOLDOWN_SECONDS = 2_000_000;

/** Values of `SENDING_OPTIONS`. */
export interface SendingValues {
  readonly rate: number | "auto";
  readonly minRate: number;
  readonly maxRate: number | null;
  readonly bandwidth: number | null;
  readonly maxRuntime: number | null;
  readonly maxResults: number | null;
  readonly minHitrate: number;
  readonly maxSendtoFailures: number | null;
  readonly dryrun: boolean;
  readonly fastDryrun: boolean;
  readonly cooldownTime: number;
  readonly probes: number;
  readonly sendBackend: SendBackend;
  readonly senderThreads: number | null;
  readonly cores: readonly number[];
  readonly batch: number;
  readonly retries: number;
}

/** How fast, how often and until when probes are sent. */
export const SENDING_OPTIONS: OptionTable<SendingValues> = {
  rate: setting({
    long: "rate",
    short: "r",
    argument: "PPS",
    group: "sending",
    help:
      "Packets per second, with suffix k or M where they are many; 0 for as fast as possible; auto for as fast as nothing is lost",
    remedy:
      "Give packets per second, for example 10000, 50k, 1.2M or 0.1, 0 for as fast as possible, or auto",
    fallback: DEFAULT_RATE_PPS,
    fallbackText: String(DEFAULT_RATE_PPS),
    absentText: "-1",
    parse: (text) => text === "auto" ? "auto" : parseRate(text),
  }),
  minRate: setting({
    long: "min-rate",
    argument: "PPS",
    group: "sending",
    help:
      "Lowest rate that --rate auto and --on-loss slow may choose, as --rate",
    remedy: "Give packets per second, for example 100 or 1k",
    fallback: 100,
    fallbackText: "100",
    parse: parsePositiveRate,
  }),
  maxRate: setting({
    long: "max-rate",
    argument: "PPS",
    group: "sending",
    help: "Highest rate, whatever else is asked for, as --rate",
    remedy: "Give packets per second, for example 100k or 1.2M",
    fallback: null,
    parse: parsePositiveRate,
  }),
  bandwidth: setting({
    long: "bandwidth",
    short: "B",
    argument: "BPS",
    group: "sending",
    help:
      "Bits per second on the wire, with suffix k, M or G, in place of --rate",
    remedy: "Give bits per second, for example 800k, 1.5M or 1G",
    fallback: null,
    parse: parseBandwidth,
  }),
  maxRuntime: setting({
    long: "max-runtime",
    short: "t",
    argument: "TIME",
    group: "sending",
    help:
      "Send for so long at most, in seconds or with units as in 2h30m; 0 for no limit",
    remedy: "Give a time, for example 60, 0.5, 90m or 2h30m",
    fallback: null,
    parse: (text) =>
      parseSeconds(text, {
        what: "Time for sending",
        min: 0,
        max: MAX_RUNTIME_SECONDS,
      }) || null,
  }),
  maxResults: setting({
    long: "max-results",
    short: "N",
    argument: "COUNT",
    group: "sending",
    help:
      "Stop at once after this many results, as 1000 or 50k; 0 for no limit",
    remedy: "Give a whole number from 0, for example 1000, 50k or 1M",
    fallback: null,
    parse: (text) =>
      parseCount(text, {
        what: "Number of results",
        min: 0,
        max: Number.MAX_SAFE_INTEGER,
      }) || null,
  }),
  minHitrate: setting({
    long: "min-hitrate",
    argument: "PERCENT",
    group: "sending",
    help:
      "Give up when for 5 seconds fewer targets than this have answered with success",
    remedy: "Give a percentage from 0 to 100",
    fallback: 0,
    fallbackText: "0",
    parse: (text) => parsePercent(text, { what: "Hit rate", min: 0, max: 100 }),
  }),
  maxSendtoFailures: setting({
    long: "max-sendto-failures",
    argument: "COUNT",
    group: "sending",
    help: "Give up when more packets than this could not be sent; -1 for never",
    remedy: "Give a whole number from 0, or -1",
    fallback: null,
    fallbackText: "-1",
    parse: (text) => {
      const count = parseCount(text, {
        what: "Number of failures",
        min: -1,
        max: Number.MAX_SAFE_INTEGER,
      });
      return count < 0 ? null : count;
    },
  }),
  dryrun: flag({
    long: "dryrun",
    short: "d",
    group: "sending",
    help: "Print the packets instead of sending them",
  }),
  fastDryrun: flag({
    long: "fast-dryrun",
    group: "sending",
    help:
      "Print address and port of each packet as 6 bytes, or 18 where there is IPv6, instead of sending it",
  }),
  cooldownTime: setting({
    long: "cooldown-time",
    short: "c",
    argument: "TIME",
    group: "sending",
    help:
      "How long to receive after the last probe was sent, in seconds or with units as in 500ms or 1m",
    remedy: "Give a time, for example 8, 0.5, 500ms or 1m",
    fallback: 8,
    fallbackText: "8",
    parse: (text) =>
      parseSeconds(text, {
        what: "Cooldown",
        min: 0,
        max: MAX_COOLDOWN_SECONDS,
      }),
  }),
  probes: setting({
    long: "probes",
    short: "P",
    argument: "COUNT",
    group: "sending",
    help: "Probes sent to each target",
    remedy: "Give a whole number from 1",
    fallback: 1,
    fallbackText: "1",
    parse: (text) =>
      parseCount(text, { what: "Number of probes", min: 1, max: 65536 }),
  }),
  sendBackend: setting({
    long: "send-backend",
    argument: "WAY",
    group: "sending",
    help:
      "How frames are handed to the kernel: sendmmsg; ring or xdp, which are faster and go past the interface's queue; auto for the fastest that works",
    remedy: `Give one of ${SEND_BACKENDS.join(", ")}`,
    fallback: "auto",
    fallbackText: "auto",
    parse: (text) => parseChoice(text, SEND_BACKENDS),
  }),
  senderThreads: setting({
    long: "sender-threads",
    short: "T",
    argument: "COUNT",
    group: "sending",
    help:
      "Sending threads; by default one for each 500,000 packets/s, but one processor is left to the receiver",
    remedy: "Give a whole number from 1 to 64",
    fallback: null,
    parse: (text) =>
      parseCount(text, { what: "Number of senders", min: 1, max: 64 }),
  }),
  cores: setting({
    long: "cores",
    argument: "LIST",
    group: "sending",
    help:
      "Processors to pin threads to, separated by commas: the receiver takes first, then the senders, then the monitor",
    remedy: "Give numbers of processors, for example 0,1,2",
    fallback: [],
    fallbackText: "the kernel's choice",
    parse: parseProcessors,
  }),
  batch: setting({
    long: "batch",
    argument: "COUNT",
    group: "sending",
    help: "Most packets handed to the kernel in one call",
    remedy: "Give a whole number from 1 to 65535",
    fallback: 64,
    fallbackText: "64",
    parse: (text) => parseCount(text, { what: "Batch", min: 1, max: 65535 }),
  }),
  retries: setting({
    long: "retries",
    argument: "COUNT",
    group: "sending",
    help: "Further tries for a packet that the kernel refused",
    remedy: "Give a whole number from 0",
    fallback: 10,
    fallbackText: "10",
    parse: (text) =>
      parseCount(text, { what: "Number of retries", min: 0, max: 1e6 }),
  }),
};
