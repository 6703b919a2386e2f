import { RECEIVE_BACKENDS, type ReceiveBackend } from "../receive/mod.ts";
import { SEND_BACKENDS, type SendBackend } from "../send/mod.ts";
import { PROBE_MODULES } from "../probe/mod.ts";
import { parsePorts } from "../targets/mod.ts";
import {
  type MaxTargets,
  parseBandwidth,
  parseChoice,
  parseDecimalNumber,
  parseMac,
  parseMaxTargets,
  parseNames,
  parseNothing,
  parsePath,
  parsePositiveRate,
  parseRate,
  parseSeed,
  parseSize,
  parseSourceAddresses,
  parseSourcePorts,
  parseUserMetadata,
  parseWholeNumber,
  type PortRange,
  type UserMetadata,
} from "./option_parsers.ts";
import { flag, type OptionSpec, setting } from "./option_spec.ts";

/** What may be done about loss. */
export const LOSS_ACTIONS = ["warn", "slow", "abort"] as const;

/** Row formats, as `--list-output-modules` names them. */
export const OUTPUT_MODULES = ["csv", "json"] as const;
/** Row formats with fields of their own, for the programs that they are named after. */
export const OUTPUT_PRESETS = ["zgrab2", "lzr"] as const;
/** What `--output-module` takes. */
export type OutputModule =
  | (typeof OUTPUT_MODULES)[number]
  | (typeof OUTPUT_PRESETS)[number];

const DEFAULT_RATE_PPS = 10_000;
/** Stands for the default, as in ZMap. */
const DEFAULT_RATE = "-1";

/** What `--dedup-method` takes. */
export const DEDUP_METHODS = ["default", "none", "full", "window"] as const;
/** Responses of 26 to 34 bytes each: 3.4 GB at most. */
const MAX_DEDUP_WINDOW = 100_000_000;
/** Two thousand million seconds are 63 years. */
const MAX_RUNTIME_SECONDS = 2e9;

const PATH_REMEDY = "Give the path of a file";
const MAC_REMEDY = "Give it as 00:11:22:aa:bb:cc";
/** `setTimeout` takes at most 2^31-1 milliseconds. */
const MAX_COOLDOWN_SECONDS = 2_000_000;

/** Every option's value, as its parser returns it or its fallback gives it. */
export interface OptionValues {
  readonly allowlistFile: string | null;
  readonly blocklistFile: string | null;
  readonly ignoreBlocklistErrors: boolean;
  readonly listOfIpsFile: string | null;
  readonly targetPorts: Uint16Array | null;
  readonly maxTargets: MaxTargets | null;
  readonly rate: number | "auto";
  readonly minRate: number;
  readonly maxRate: number | null;
  readonly onLoss: (typeof LOSS_ACTIONS)[number];
  readonly lossTarget: number;
  readonly lossSample: number;
  readonly maxPasses: number;
  readonly bandwidth: number | null;
  readonly maxRuntime: number | null;
  readonly maxResults: number | null;
  readonly minHitrate: number;
  readonly maxSendtoFailures: number | null;
  readonly dryrun: boolean;
  readonly fastDryrun: boolean;
  readonly cooldownTime: number;
  readonly probes: number;
  readonly batch: number;
  readonly senderThreads: number | null;
  readonly sendBackend: SendBackend;
  readonly receiveBackend: ReceiveBackend;
  readonly retries: number;
  readonly captureBuffer: number;
  readonly seed: bigint | null;
  readonly shards: number;
  readonly shard: number;
  readonly interface: string | null;
  readonly sourceIp: readonly number[] | null;
  readonly sourcePort: PortRange;
  readonly validateSourcePort: boolean | null;
  readonly gatewayMac: Uint8Array | null;
  readonly sourceMac: Uint8Array | null;
  readonly iplayer: boolean;
  readonly probeModule: string;
  readonly probeArgs: string;
  readonly probeTtl: number;
  readonly listProbeModules: boolean;
  readonly outputModule: readonly OutputModule[];
  readonly outputFile: readonly string[];
  readonly outputFields: readonly string[] | null;
  readonly outputFilter: string;
  readonly outputArgs: string;
  readonly dedupMethod: (typeof DEDUP_METHODS)[number];
  readonly dedupWindowSize: number;
  readonly noHeaderRow: boolean;
  readonly listOutputFields: boolean;
  readonly listOutputModules: boolean;
  readonly quiet: boolean;
  readonly verbosity: number;
  readonly logFile: string | null;
  readonly logDirectory: string | null;
  readonly disableSyslog: boolean;
  readonly metadataFile: string | null;
  readonly statusUpdatesFile: string | null;
  readonly noPreflight: boolean;
  readonly notes: string | null;
  readonly userMetadata: UserMetadata | null;
  readonly config: string | null;
  readonly help: boolean;
  readonly version: boolean;
}

/** Name of an option in `OptionValues`. */
export type OptionKey = keyof OptionValues;

/** The whole command line: parser, help and list of names are made from this. */
export const OPTIONS: {
  readonly [K in OptionKey]: OptionSpec<OptionValues[K]>;
} = {
  targetPorts: setting<Uint16Array | null>({
    long: "target-ports",
    short: "p",
    argument: "PORTS",
    group: "targets",
    help: "Ports to probe: a comma list of ports and ranges, or * for all",
    remedy:
      "Give ports from 0 to 65535, for example 443 or 80,8000-8100, or * for all",
    fallback: null,
    parse: parsePorts,
  }),
  allowlistFile: setting<string | null>({
    long: "allowlist-file",
    short: "w",
    argument: "FILE",
    group: "targets",
    help: "Prefixes to scan, one per line, besides those on the command line",
    remedy: PATH_REMEDY,
    fallback: null,
    parse: parsePath,
  }),
  blocklistFile: setting<string | null>({
    long: "blocklist-file",
    short: "b",
    argument: "FILE",
    group: "targets",
    help:
      "Prefixes never to scan, one per line, in place of the built-in list of " +
      "special-purpose addresses",
    remedy: PATH_REMEDY,
    fallback: null,
    parse: parsePath,
  }),
  ignoreBlocklistErrors: flag({
    long: "ignore-blocklist-errors",
    group: "targets",
    help:
      "Skip targets and entries of the lists that do not parse or have no address, with a warning",
  }),
  listOfIpsFile: setting<string | null>({
    long: "list-of-ips-file",
    short: "I",
    argument: "FILE",
    group: "targets",
    help:
      "Addresses to scan, one per line; of these, only what the other lists allow",
    remedy: PATH_REMEDY,
    fallback: null,
    parse: parsePath,
  }),
  maxTargets: setting<MaxTargets | null>({
    long: "max-targets",
    short: "n",
    argument: "COUNT",
    group: "targets",
    help:
      "Stop after this many targets, or after N% of all IPv4 addresses times the ports; " +
      "0 for no limit",
    remedy: "Give a number of targets or a percentage from 0% to 100%",
    fallback: null,
    parse: parseMaxTargets,
  }),
  rate: setting<number | "auto">({
    long: "rate",
    short: "r",
    argument: "PPS",
    group: "sending",
    help:
      "Packets per second; 0 for as fast as possible; auto for as fast as nothing is lost",
    remedy:
      "Give packets per second, for example 10000 or 0.1, 0 for as fast as possible, or auto",
    fallback: DEFAULT_RATE_PPS,
    fallbackText: String(DEFAULT_RATE_PPS),
    parse: (text) =>
      text === "auto"
        ? "auto"
        : text === DEFAULT_RATE
        ? DEFAULT_RATE_PPS
        : parseRate(text),
  }),
  minRate: setting({
    long: "min-rate",
    argument: "PPS",
    group: "sending",
    help: "Lowest rate that --rate auto and --on-loss slow may choose",
    remedy: "Give packets per second",
    fallback: 100,
    fallbackText: "100",
    parse: parsePositiveRate,
  }),
  maxRate: setting<number | null>({
    long: "max-rate",
    argument: "PPS",
    group: "sending",
    help: "Highest rate, whatever else is asked for",
    remedy: "Give packets per second",
    fallback: null,
    parse: parsePositiveRate,
  }),
  onLoss: setting<(typeof LOSS_ACTIONS)[number]>({
    long: "on-loss",
    argument: "ACTION",
    group: "loss",
    help:
      "warn; slow: lower the rate and send again what was lost; abort (--rate auto implies slow)",
    remedy: "Give warn, slow or abort",
    fallback: "warn",
    fallbackText: "warn",
    choices: LOSS_ACTIONS,
    parse: (text) => parseChoice(text, LOSS_ACTIONS),
  }),
  lossTarget: setting({
    long: "loss-target",
    argument: "PERCENT",
    group: "loss",
    help: "Share of lost packets that is accepted",
    remedy: "Give a percentage from 0.01 to 50",
    fallback: 0.5,
    fallbackText: "0.5",
    parse: (text) =>
      parseDecimalNumber(text, { what: "Loss target", min: 0.01, max: 50 }),
  }),
  lossSample: setting({
    long: "loss-sample",
    argument: "PERCENT",
    group: "loss",
    help:
      "Share of the packets that ask hosts again to measure loss; 0 turns it off",
    remedy: "Give a percentage from 0 to 1",
    fallback: 1,
    fallbackText: "1",
    parse: (text) =>
      parseDecimalNumber(text, { what: "Loss sample", min: 0, max: 1 }),
  }),
  maxPasses: setting({
    long: "max-passes",
    argument: "COUNT",
    group: "loss",
    help:
      "How often a target is probed at most when what was lost is sent again",
    remedy: "Give a whole number from 1 to 10",
    fallback: 3,
    fallbackText: "3",
    parse: (text) =>
      parseWholeNumber(text, { what: "Number of passes", min: 1, max: 10 }),
  }),
  bandwidth: setting<number | null>({
    long: "bandwidth",
    short: "B",
    argument: "BPS",
    group: "sending",
    help:
      "Bits per second on the wire, with suffix K, M or G, in place of --rate",
    remedy: "Give bits per second, for example 800K, 1.5M or 1G",
    fallback: null,
    parse: parseBandwidth,
  }),
  maxRuntime: setting<number | null>({
    long: "max-runtime",
    short: "t",
    argument: "SECONDS",
    group: "sending",
    help: "Send for so long at most; 0 for no limit",
    remedy: "Give seconds, for example 60 or 0.5",
    fallback: null,
    parse: (text) =>
      parseDecimalNumber(text, {
        what: "Time for sending",
        min: 0,
        max: MAX_RUNTIME_SECONDS,
      }) || null,
  }),
  maxResults: setting<number | null>({
    long: "max-results",
    short: "N",
    argument: "COUNT",
    group: "sending",
    help: "Stop at once after this many results; 0 for no limit",
    remedy: "Give a whole number from 0",
    fallback: null,
    parse: (text) =>
      parseWholeNumber(text, {
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
    parse: (text) =>
      parseDecimalNumber(text, { what: "Hit rate", min: 0, max: 100 }),
  }),
  maxSendtoFailures: setting<number | null>({
    long: "max-sendto-failures",
    argument: "COUNT",
    group: "sending",
    help: "Give up when more packets than this could not be sent; -1 for never",
    remedy: "Give a whole number from 0, or -1",
    fallback: null,
    fallbackText: "-1",
    parse: (text) => {
      const count = parseWholeNumber(text, {
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
      "Print address and port of each packet as 6 bytes instead of sending it",
  }),
  cooldownTime: setting({
    long: "cooldown-time",
    short: "c",
    argument: "SECONDS",
    group: "sending",
    help: "How long to receive after the last probe was sent",
    remedy: "Give seconds, for example 8 or 0.5",
    fallback: 8,
    fallbackText: "8",
    parse: (text) =>
      parseDecimalNumber(text, {
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
      parseWholeNumber(text, { what: "Number of probes", min: 1, max: 65536 }),
  }),
  sendBackend: setting<SendBackend>({
    long: "send-backend",
    argument: "WAY",
    group: "sending",
    help:
      "How frames are handed to the kernel: sendmmsg; ring or xdp, which are faster and go past the interface's queue; auto for the fastest that works",
    remedy: `Give one of ${SEND_BACKENDS.join(", ")}`,
    fallback: "sendmmsg",
    fallbackText: "sendmmsg",
    parse: (text) => parseChoice(text, SEND_BACKENDS),
  }),
  receiveBackend: setting<ReceiveBackend>({
    long: "receive-backend",
    argument: "WAY",
    group: "network",
    help:
      "How answers are captured: pcap; packet, which needs no libpcap; auto for pcap where libpcap is",
    remedy: `Give one of ${RECEIVE_BACKENDS.join(", ")}`,
    fallback: "pcap",
    fallbackText: "pcap",
    parse: (text) => parseChoice(text, RECEIVE_BACKENDS),
  }),
  senderThreads: setting<number | null>({
    long: "sender-threads",
    short: "T",
    argument: "COUNT",
    group: "sending",
    help:
      "Sending threads; one, or for more than 500,000 packets/s one less than there are processors",
    remedy: "Give a whole number from 1 to 64",
    fallback: null,
    parse: (text) =>
      parseWholeNumber(text, { what: "Number of senders", min: 1, max: 64 }),
  }),
  batch: setting({
    long: "batch",
    argument: "COUNT",
    group: "sending",
    help: "Most packets handed to the kernel in one call",
    remedy: "Give a whole number from 1 to 65535",
    fallback: 64,
    fallbackText: "64",
    parse: (text) =>
      parseWholeNumber(text, { what: "Batch", min: 1, max: 65535 }),
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
      parseWholeNumber(text, { what: "Number of retries", min: 0, max: 1e6 }),
  }),
  captureBuffer: setting({
    long: "capture-buffer",
    argument: "SIZE",
    group: "network",
    help:
      "Kernel memory for packets that wait for the receiver, in bytes, with suffix K, M or G",
    remedy: "Give a size from 64K to 1G, for example 64M",
    fallback: 32 * 2 ** 20,
    fallbackText: "32M",
    parse: (text) =>
      parseSize(text, {
        what: "Capture buffer",
        min: 64 * 2 ** 10,
        max: 2 ** 30,
      }),
  }),
  seed: setting<bigint | null>({
    long: "seed",
    short: "e",
    argument: "NUMBER",
    group: "sharding",
    help: "Fixes the order of targets",
    remedy: "Give a whole number of at most 64 bits",
    fallback: null,
    fallbackText: "random",
    parse: parseSeed,
  }),
  shards: setting({
    long: "shards",
    argument: "COUNT",
    group: "sharding",
    help: "Number of parts that the scan is cut into; needs --shard and --seed",
    remedy: "Give a whole number from 1 to 65535",
    fallback: 1,
    fallbackText: "1",
    parse: (text) =>
      parseWholeNumber(text, { what: "Number of shards", min: 1, max: 65535 }),
  }),
  shard: setting({
    long: "shard",
    argument: "INDEX",
    group: "sharding",
    help: "Which part to scan, counted from 0",
    remedy: "Give a whole number from 0 to the number of shards less one",
    fallback: 0,
    fallbackText: "0",
    parse: (text) =>
      parseWholeNumber(text, { what: "Shard", min: 0, max: 65534 }),
  }),
  interface: setting<string | null>({
    long: "interface",
    short: "i",
    argument: "NAME",
    group: "network",
    help: "Network interface to use",
    remedy: "Give the name of an interface, for example eth0",
    fallback: null,
    fallbackText: "from the route to the targets",
    parse: parsePath,
  }),
  sourceIp: setting<readonly number[] | null>({
    long: "source-ip",
    short: "S",
    argument: "ADDRESSES",
    group: "network",
    help:
      "Source addresses: a comma list of addresses and ranges, at most 256 in all",
    remedy:
      "Give addresses of this machine, for example 192.0.2.5 or 192.0.2.5-192.0.2.9",
    fallback: null,
    fallbackText: "the interface's",
    parse: parseSourceAddresses,
  }),
  sourcePort: setting<PortRange>({
    long: "source-port",
    short: "s",
    argument: "PORTS",
    group: "network",
    help: "Source port, or range of source ports",
    remedy: "Give a port or a range, for example 40000 or 40000-40999",
    fallback: { first: 32768, last: 61000 },
    fallbackText: "32768-61000",
    parse: parseSourcePorts,
  }),
  validateSourcePort: setting<boolean | null>({
    long: "validate-source-port",
    argument: "CHOICE",
    group: "network",
    help:
      "Whether answers have to come from a port that is probed: enable or disable",
    remedy: "Give enable or disable",
    fallback: null,
    fallbackText: "enable",
    choices: ["enable", "disable"],
    parse: (text) => parseChoice(text, ["enable", "disable"]) === "enable",
  }),
  gatewayMac: setting<Uint8Array | null>({
    long: "gateway-mac",
    short: "G",
    argument: "MAC",
    group: "network",
    help: "Ethernet address that packets are sent to",
    remedy: MAC_REMEDY,
    fallback: null,
    fallbackText: "the gateway's, found by ARP",
    parse: parseMac,
  }),
  sourceMac: setting<Uint8Array | null>({
    long: "source-mac",
    argument: "MAC",
    group: "network",
    help: "Ethernet address that packets come from",
    remedy: MAC_REMEDY,
    fallback: null,
    fallbackText: "the interface's",
    parse: parseMac,
  }),
  iplayer: flag({
    long: "iplayer",
    short: "X",
    group: "network",
    help: "Send IP packets and leave the way to the target to the kernel",
  }),
  probeModule: setting({
    long: "probe-module",
    short: "M",
    argument: "NAME",
    group: "probes",
    help: "Kind of probe; with --help, explains it",
    fallback: "tcp_synscan",
    fallbackText: "tcp_synscan",
    choices: PROBE_MODULES.map(({ name }) => name),
    parse: (text) => text,
  }),
  probeArgs: setting({
    long: "probe-args",
    argument: "ARGS",
    group: "probes",
    help: "Arguments of the kind of probe",
    fallback: "",
    parse: (text) => text,
  }),
  probeTtl: setting({
    long: "probe-ttl",
    argument: "HOPS",
    group: "probes",
    help: "Time to live of the probes",
    remedy: "Give a whole number from 1 to 255",
    fallback: 64,
    fallbackText: "64",
    parse: (text) =>
      parseWholeNumber(text, { what: "Time to live", min: 1, max: 255 }),
  }),
  listProbeModules: flag({
    long: "list-probe-modules",
    group: "probes",
    help: "List the kinds of probes",
  }),
  outputModule: setting<readonly OutputModule[]>({
    long: "output-module",
    short: "O",
    argument: "NAME",
    group: "output",
    help:
      "Format of results: csv or json; zgrab2 and lzr for the programs of " +
      "these names. Several, each with its -o, write several files",
    remedy: `Give one of ${[...OUTPUT_MODULES, ...OUTPUT_PRESETS].join(", ")}`,
    fallback: [],
    fallbackText: "csv",
    isRepeatable: true,
    choices: [...OUTPUT_MODULES, ...OUTPUT_PRESETS],
    parse: (
      text,
    ) => [parseChoice(text, [...OUTPUT_MODULES, ...OUTPUT_PRESETS])],
  }),
  outputFile: setting<readonly string[]>({
    long: "output-file",
    short: "o",
    argument: "FILE",
    group: "output",
    help: "File for results, replaced if it exists; - for standard output",
    remedy: PATH_REMEDY,
    fallback: [],
    fallbackText: "-",
    isRepeatable: true,
    parse: (text) => [parsePath(text)],
  }),
  outputFields: setting<readonly string[] | null>({
    long: "output-fields",
    short: "f",
    argument: "FIELDS",
    group: "output",
    help: "Fields of each result, separated by commas or spaces; * for all",
    remedy: "Give names that --list-output-fields shows",
    fallback: null,
    fallbackText: "saddr, or saddr,sport with several ports",
    parse: parseNames,
  }),
  outputFilter: setting({
    long: "output-filter",
    argument: "FILTER",
    group: "output",
    help: "Write only such results, for example 'success = 1 && repeat = 0'; " +
      "an empty one takes all",
    remedy:
      "Compare fields with = != < > <= >=, and combine with &&, || and parentheses",
    fallback: "",
    parse: (text) => text,
  }),
  outputArgs: setting({
    long: "output-args",
    argument: "ARGS",
    group: "output",
    help: "Arguments of the format; none of the formats has any",
    remedy: "Leave the option out",
    fallback: "",
    parse: parseNothing,
  }),
  dedupMethod: setting<(typeof DEDUP_METHODS)[number]>({
    long: "dedup-method",
    argument: "METHOD",
    group: "output",
    help:
      "Which answers are repeats: none; full: all but the first of a target; " +
      "window: the same among the last targets; default: full, or window with several ports",
    remedy: `Give one of ${DEDUP_METHODS.join(", ")}`,
    fallback: "default",
    fallbackText: "default",
    choices: DEDUP_METHODS,
    parse: (text) => parseChoice(text, DEDUP_METHODS),
  }),
  dedupWindowSize: setting({
    long: "dedup-window-size",
    argument: "COUNT",
    group: "output",
    help: "Number of targets that --dedup-method window remembers",
    remedy: `Give a whole number from 1 to ${MAX_DEDUP_WINDOW}`,
    fallback: 1_000_000,
    fallbackText: "1000000",
    parse: (text) =>
      parseWholeNumber(text, {
        what: "Window",
        min: 1,
        max: MAX_DEDUP_WINDOW,
      }),
  }),
  noHeaderRow: flag({
    long: "no-header-row",
    group: "output",
    help: "Leave out the first CSV line, which names the fields",
  }),
  listOutputFields: flag({
    long: "list-output-fields",
    group: "output",
    help: "List the fields that the kind of probe has",
  }),
  listOutputModules: flag({
    long: "list-output-modules",
    group: "output",
    help: "List the formats of results",
  }),
  quiet: flag({
    long: "quiet",
    short: "q",
    group: "logging",
    help: "Show no status line",
  }),
  verbosity: setting({
    long: "verbosity",
    short: "v",
    argument: "LEVEL",
    group: "logging",
    help:
      "What is logged: 0 fatal, 1 error, 2 warning, 3 information, 4 debug, 5 trace",
    remedy: "Give a whole number from 0 to 5",
    fallback: 3,
    fallbackText: "3",
    parse: (text) =>
      parseWholeNumber(text, { what: "Verbosity", min: 0, max: 5 }),
  }),
  logFile: setting<string | null>({
    long: "log-file",
    short: "l",
    argument: "FILE",
    group: "logging",
    help: "File for the log, replaced if it exists",
    remedy: PATH_REMEDY,
    fallback: null,
    fallbackText: "standard error",
    parse: parsePath,
  }),
  logDirectory: setting<string | null>({
    long: "log-directory",
    short: "L",
    argument: "DIRECTORY",
    group: "logging",
    help:
      "Directory for the log, in a file that is named after the time of the start",
    remedy: "Give the path of a directory",
    fallback: null,
    parse: parsePath,
  }),
  disableSyslog: flag({
    long: "disable-syslog",
    group: "logging",
    help: "Does nothing, as pacemap does not write to syslog",
  }),
  statusUpdatesFile: setting<string | null>({
    long: "status-updates-file",
    short: "u",
    argument: "FILE",
    group: "logging",
    help:
      "Write a row a second about the scan: JSON lines when FILE ends in .json or .jsonl, else CSV",
    remedy: PATH_REMEDY,
    fallback: null,
    parse: parsePath,
  }),
  metadataFile: setting<string | null>({
    long: "metadata-file",
    short: "m",
    argument: "FILE",
    group: "logging",
    help: "File for facts about the scan, as JSON; - for standard output",
    remedy: PATH_REMEDY,
    fallback: null,
    parse: parsePath,
  }),
  noPreflight: flag({
    long: "no-preflight",
    group: "other",
    help:
      "Do not check the machine before the first packet; pacemap doctor checks all",
  }),
  notes: setting<string | null>({
    long: "notes",
    argument: "TEXT",
    group: "logging",
    help: "Text to be copied into the metadata",
    fallback: null,
    parse: (text) => text,
  }),
  userMetadata: setting<UserMetadata | null>({
    long: "user-metadata",
    argument: "JSON",
    group: "logging",
    help: "JSON to be copied into the metadata",
    remedy: "Give JSON, for example '{\"run\": 7}'",
    fallback: null,
    parse: parseUserMetadata,
  }),
  config: setting<string | null>({
    long: "config",
    short: "C",
    argument: "FILE",
    group: "other",
    help: "File with further options, a line each: NAME = VALUE, or NAME",
    remedy: PATH_REMEDY,
    fallback: null,
    fallbackText: "/etc/pacemap/pacemap.conf, if it exists",
    parse: parsePath,
  }),
  help: flag({
    long: "help",
    short: "h",
    group: "other",
    help: "Show this help",
  }),
  version: flag({
    long: "version",
    short: "V",
    group: "other",
    help: "Show the version",
  }),
};

/** Keys of the options in the order of the help. */
export const OPTION_KEYS = Object.keys(OPTIONS) as readonly OptionKey[];
