import { ConfigError } from "../../base/mod.ts";
import { parsePorts } from "../../targets/mod.ts";

/** Kinds of ports, by the letter before the colon. */
const KINDS: Readonly<Record<string, "tcp" | "udp" | null>> = {
  T: "tcp",
  U: "udp",
  S: null,
  O: null,
  I: null,
};

/** Ports of masscan, by protocol, each as a list that pacemap takes; empty: none. */
export interface MasscanPorts {
  readonly tcp: string;
  readonly udp: string;
}

/**
 * Reads ports as masscan writes them, `80,U:53,T:8000-8100`: a letter counts up to the next one.
 *
 * @throws {ConfigError} when they do not parse, or are of a protocol for which there is no kind of probe
 */
export function readMasscanPorts(
  texts: readonly string[],
  excluded: readonly string[],
): MasscanPorts {
  const all = split("--ports", texts);
  const without = split("--exclude-ports", excluded);
  return {
    tcp: listOf(all.tcp, without.tcp),
    udp: listOf(all.udp, without.udp),
  };
}

function split(
  option: string,
  texts: readonly string[],
): { tcp: Set<number>; udp: Set<number> } {
  const found = { tcp: new Set<number>(), udp: new Set<number>() };
  for (const text of texts) {
    let kind: "tcp" | "udp" = "tcp";
    for (const entry of text.split(",")) {
      const [, letter, rest = entry] = /^([A-Z]):(.*)$/i.exec(entry.trim()) ??
        [];
      if (letter !== undefined) kind = kindOf(option, letter);
      for (const port of portsOf(option, rest.trim())) found[kind].add(port);
    }
  }
  return found;
}

function kindOf(option: string, letter: string): "tcp" | "udp" {
  const kind = KINDS[letter.toUpperCase()];
  if (kind === "tcp" || kind === "udp") return kind;
  throw new ConfigError(
    option,
    `Cannot probe ports "${letter}:": there is no kind of probe for them`,
    "Give TCP ports, or UDP ports with U: before them",
  );
}

function portsOf(option: string, text: string): Iterable<number> {
  try {
    return parsePorts(text.replace(/^-/, "0-").replace(/-$/, "-65535"));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) {
      throw error;
    }
    const remedy = "Give ports, for example 80,443,8000-8100,U:53";
    throw new ConfigError(option, error.message, remedy, error);
  }
}

/** Ports as few entries, in order. */
function listOf(
  ports: ReadonlySet<number>,
  without: ReadonlySet<number>,
): string {
  const left = [...ports].filter((port) => !without.has(port))
    .sort((a, b) => a - b);
  const entries: string[] = [];
  for (let at = 0; at < left.length;) {
    let end = at;
    while (left[end + 1] === left[end]! + 1) end++;
    entries.push(end === at ? `${left[at]}` : `${left[at]}-${left[end]}`);
    at = end + 1;
  }
  return entries.join(",");
}
