import { ConfigError } from "../../base/mod.ts";
import { MASSCAN_FORMATS, MASSCAN_OPTIONS } from "./options.ts";
import { type MasscanPorts, readMasscanPorts } from "./ports.ts";
import {
  type MasscanWord,
  readMasscanConf,
  readMasscanWords,
} from "./words.ts";

/** Packets per second of masscan without `--rate`. */
const DEFAULT_RATE = "100";
/** Seconds that masscan waits at the end without `--wait`. */
const DEFAULT_WAIT = "10";
/** Prefixes shorter than this have special-purpose addresses in them, and nobody means these. */
const WIDE_PREFIX_LENGTH = 8;

/** A command line of masscan as one of pacemap. */
export interface Translation {
  /** Options and targets of pacemap. */
  readonly words: readonly string[];
  /** What has no counterpart, and does not change the results. */
  readonly warnings: readonly string[];
  /** Whether the options are to be shown, and nothing scanned. */
  readonly isEcho: boolean;
}

/** What a translation looks up. */
export interface TranslationSources {
  /** Reads a configuration file. */
  readText(path: string): Promise<string>;
  /** The payload for a UDP port, or null. */
  payloadFor(port: number): string | null;
}

/** What the words of a command line say, by option. */
class Given {
  readonly #words: readonly MasscanWord[];

  constructor(words: readonly MasscanWord[]) {
    this.#words = words;
  }

  /** All values of options, in their order. */
  all(...names: readonly string[]): string[] {
    return this.#words.filter(({ name }) => names.includes(name ?? ""))
      .map(({ value }) => value);
  }

  /** The last value, as the later one counts; null: not given. */
  last(...names: readonly string[]): string | null {
    return this.all(...names).at(-1) ?? null;
  }

  has(...names: readonly string[]): boolean {
    return this.all(...names).length > 0;
  }

  targets(): string[] {
    const bare = this.#words.filter(({ name }) => name === null)
      .map(({ value }) => value);
    const named = this.all("range", "ranges", "target", "targets");
    return [...bare, ...named].flatMap((text) => text.split(","))
      .map((text) => text.trim()).filter((text) => text !== "");
  }
}

/**
 * Says what a command line of masscan means for pacemap.
 *
 * @throws {ConfigError} for what has no counterpart and would change the results, and for what masscan does not know
 */
export async function translateMasscan(
  args: readonly string[],
  sources: TranslationSources,
): Promise<Translation> {
  const words = await withConf(readMasscanWords(args), sources);
  const warnings: string[] = [];
  const simple = words.flatMap((word) => simpleWords(word, warnings));
  const given = new Given(words);
  const targets = given.targets();
  const isAnswer = ["--help", "--version"].some((one) => simple.includes(one));
  const own = [
    ...isAnswer ? [] : probeWords(given, sources, warnings),
    ...blocklistWords(given, targets, warnings),
    `--rate=${given.last("rate", "maxrate") ?? DEFAULT_RATE}`,
    `--cooldown-time=${waitText(given.last("wait"))}`,
    ...retryWords(given.last("retries", "maxretries")),
    ...shardWords(given.last("shard", "shards")),
    ...seedWords(given.last("seed")),
    ...outputWords(given),
  ];
  return {
    words: [...own, ...simple, "--", ...targets],
    warnings,
    isEcho: given.has("echo"),
  };
}

/** Files of options stand before what the command line says. */
async function withConf(
  words: readonly MasscanWord[],
  { readText }: TranslationSources,
): Promise<MasscanWord[]> {
  const files = words.filter(({ name }) => name === "conf");
  const inFiles = await Promise.all(
    files.map(async ({ value }) =>
      readMasscanConf(value, await readText(value))
    ),
  );
  return [...inFiles.flat(), ...words];
}

/** Words for an option that needs no more than its rule. */
function simpleWords(
  { name, value, written }: MasscanWord,
  warnings: string[],
): string[] {
  if (name === null) return [];
  const rule = MASSCAN_OPTIONS[name]!;
  switch (rule.kind) {
    case "same":
      return [`--${rule.option}=${value}`];
    case "flag":
      return [...rule.words];
    case "ignored":
      warnings.push(`${written} has no effect: ${rule.reason}`);
      return [];
    case "refused":
      throw new ConfigError(written, rule.reason, rule.remedy);
    default:
      return [];
  }
}

function probeWords(
  given: Given,
  sources: TranslationSources,
  warnings: string[],
): string[] {
  const ports = readMasscanPorts(
    given.all("ports", "port"),
    given.all("excludeports"),
  );
  const isPing = given.has("ping");
  const kinds = [
    ...(isPing ? [["ICMP", "--ping"]] : []),
    ...(ports.tcp === "" ? [] : [["TCP", `-p ${ports.tcp}`]]),
    ...(ports.udp === "" ? [] : [["UDP", `-p U:${ports.udp}`]]),
  ];
  if (kinds.length > 1) {
    throw new ConfigError(
      isPing ? "--ping" : "--ports",
      `A scan has one kind of probe, and these are ${kinds.length}: ${
        kinds.map(([kind]) => kind).join(", ")
      }`,
      `Scan in turn: ${
        kinds.map(([, option]) => `pacemap masscan ${option} …`).join("; ")
      }`,
    );
  }
  if (isPing) return ["--probe-module=icmp_echoscan"];
  if (ports.udp !== "") return udpWords(ports, sources, warnings);
  if (ports.tcp !== "") return [`--target-ports=${ports.tcp}`];
  if (given.has("topports")) return [];
  throw new ConfigError(
    "--ports",
    "No port is given",
    "Give ports, for example -p80,443, or --ping",
  );
}

/** One datagram goes to all targets, where masscan has another one for each port. */
function udpWords(
  { udp }: MasscanPorts,
  { payloadFor }: TranslationSources,
  warnings: string[],
): string[] {
  if (!/^\d+$/.test(udp)) {
    throw new ConfigError(
      "--ports",
      "A scan sends the same UDP payload to all ports",
      "Scan one UDP port at a time, or choose a payload: pacemap -M udp --probe-args payload:NAME -p PORTS",
    );
  }
  const words = ["--probe-module=udp", `--target-ports=${udp}`];
  const payload = payloadFor(Number(udp));
  if (payload !== null) return [...words, `--probe-args=payload:${payload}`];
  warnings.push(
    `No payload is known for UDP port ${udp}; pacemap -M udp --probe-args chooses one`,
  );
  return words;
}

/** Masscan blocks nothing by itself. */
function blocklistWords(
  given: Given,
  targets: readonly string[],
  warnings: string[],
): string[] {
  const files = given.all("excludefile");
  const words = given.all("exclude").map((text) => `--exclude=${text}`);
  if (files.length > 1) {
    throw new ConfigError(
      "--excludefile",
      "More than one file of exclusions",
      "Put them together into one",
    );
  }
  if (files.length === 1) return [`--blocklist-file=${files[0]}`, ...words];
  const isWide = targets.length === 0 && !given.has("includefile") ||
    targets.some((text) => prefixLength(text) < WIDE_PREFIX_LENGTH);
  if (!isWide) return ["--blocklist-file=/dev/null", ...words];
  warnings.push(
    "Private and special-purpose addresses are left out of so wide a scan; --excludefile replaces that list",
  );
  return words;
}

function prefixLength(target: string): number {
  const [, length] = /^[\d.]+\/(\d+)$/.exec(target) ?? [];
  return length === undefined ? Infinity : Number(length);
}

function waitText(value: string | null): string {
  if (value !== "forever") return value ?? DEFAULT_WAIT;
  throw new ConfigError(
    "--wait",
    "A scan ends",
    "Give seconds, for example --wait 60",
  );
}

/** Further probes to each target, whether or not it has answered. */
function retryWords(value: string | null): string[] {
  if (value === null || value === "0") return [];
  const retries = wholeNumber("--retries", value);
  return [`--probes=${retries + 1}`];
}

/** Masscan counts shards from 1. */
function shardWords(value: string | null): string[] {
  if (value === null) return [];
  const [, first = "", last = ""] = /^(\d+)\/(\d+)$/.exec(value) ?? [];
  const shard = Number(first);
  const shards = Number(last);
  if (first !== "" && shard >= 1 && shard <= shards) {
    return [`--shards=${shards}`, `--shard=${shard - 1}`];
  }
  throw new ConfigError(
    "--shard",
    `Cannot parse shard "${value}"`,
    "Give a number from 1 and how many there are, for example 1/3",
  );
}

function seedWords(value: string | null): string[] {
  return value === null || value === "time" ? [] : [`--seed=${value}`];
}

/** The output: in the form of `-oL` on standard output where none is named. */
function outputWords(given: Given): string[] {
  const short = Object.keys(MASSCAN_FORMATS)
    .filter((format) => given.has(`output${format}`));
  const named = given.last("outputformat");
  if (short.length > 1) {
    throw new ConfigError(
      "-o",
      "More than one output",
      "Give one, or write pacemap -O masscan-json -o FILE -O masscan-list -o FILE",
    );
  }
  const format = short[0] ?? named ?? "list";
  if (!Object.hasOwn(MASSCAN_FORMATS, format)) {
    throw new ConfigError(
      "--output-format",
      `Cannot write format "${format}"`,
      `Give one of ${Object.keys(MASSCAN_FORMATS).join(", ")}`,
    );
  }
  const file = short.length === 1
    ? given.last(`output${short[0]}`)
    : given.last("outputfilename");
  return [
    `--output-module=${MASSCAN_FORMATS[format]}`,
    ...(file === null ? [] : [`--output-file=${file}`]),
  ];
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new ConfigError(
    option,
    `Cannot parse "${text}" as a whole number`,
    "Give a whole number, for example 1",
  );
}
