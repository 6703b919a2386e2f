import { ConfigError } from "../../base/mod.ts";
import { nearestName } from "../nearest.ts";
import { MASSCAN_OPTIONS, MASSCAN_SHORT, type MasscanRule } from "./options.ts";

/** Options of masscan that have no value. */
const FLAGS: ReadonlySet<string> = new Set([
  ...["ping", "echo", "banners", "banner", "open", "openonly", "rawudp"],
  ...["heartbleed", "appendoutput", "iflist", "infinite", "regress"],
  ...["benchmark", "arpscan", "nmap", "nobanners"],
]);

/** One option of a command line of masscan; one without a name is a target. */
export interface MasscanWord {
  /** As it was written. */
  readonly written: string;
  /** Key of `MASSCAN_OPTIONS`, or null for a target. */
  readonly name: string | null;
  readonly value: string;
}

/**
 * Takes a command line of masscan apart. Dashes within names do not count, nor does case.
 *
 * @throws {ConfigError} for an unknown option, and for a missing value
 */
export function readMasscanWords(args: readonly string[]): MasscanWord[] {
  const words: MasscanWord[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!arg.startsWith("-")) {
      words.push({ written: arg, name: null, value: arg });
      continue;
    }
    const { name, value, written } = nameOf(arg);
    if (value !== null || !takesValue(name)) {
      words.push({ written, name, value: value ?? "" });
      continue;
    }
    const next = args[++i];
    if (next === undefined) {
      throw new ConfigError(written, "Argument is missing", "Give its value");
    }
    words.push({ written, name, value: next });
  }
  return words;
}

/**
 * Reads a configuration file of masscan, such as its `--echo` prints: NAME = VALUE, comments begin with #.
 *
 * @throws {ConfigError} for a line that is none of these
 */
export function readMasscanConf(path: string, text: string): MasscanWord[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    const bare = line.replace(/[#;].*$/, "").trim();
    if (bare === "") return [];
    const [, written = "", value = ""] =
      /^([\w-]+(?:\[\d+\])?)\s*(?:=\s*(.*))?$/.exec(bare) ?? [];
    const name = normal(written.replace(/\[\d+\]$/, ""));
    if (Object.hasOwn(MASSCAN_OPTIONS, name)) return [{ written, name, value }];
    throw new ConfigError(
      `${path}:${i + 1}`,
      `Cannot read "${bare}"`,
      "Give lines NAME = VALUE with options of masscan",
    );
  });
}

function nameOf(
  arg: string,
): { written: string; name: string; value: string | null } {
  if (arg.startsWith("--")) {
    const at = arg.indexOf("=");
    const written = at < 0 ? arg : arg.slice(0, at);
    const name = normal(written);
    if (!Object.hasOwn(MASSCAN_OPTIONS, name)) throw unknown(written, name);
    return { written, name, value: at < 0 ? null : arg.slice(at + 1) };
  }
  // The longest first: -Pn is no -P.
  const letters = Object.keys(MASSCAN_SHORT).sort((a, b) =>
    b.length - a.length
  );
  const short = letters.find((one) => arg.startsWith(one, 1));
  if (short === undefined) throw unknown(arg, normal(arg));
  const rest = arg.slice(1 + short.length);
  const name = normal(MASSCAN_SHORT[short]!);
  if (rest !== "" && !takesValue(name) && !/^[vd]+$/.test(rest)) {
    throw unknown(arg, normal(arg));
  }
  return { written: `-${short}`, name, value: rest === "" ? null : rest };
}

/** A name without its dashes, in small letters. */
function normal(name: string): string {
  return name.replaceAll(/[-_]/g, "").toLowerCase();
}

function takesValue(name: string): boolean {
  const rule: MasscanRule = MASSCAN_OPTIONS[name]!;
  switch (rule.kind) {
    case "flag":
      return false;
    case "nothing":
    case "ignored":
      return rule.takesValue === true;
    default:
      return !FLAGS.has(name);
  }
}

function unknown(written: string, name: string): ConfigError {
  const nearest = nearestName(name, Object.keys(MASSCAN_OPTIONS));
  return new ConfigError(
    written,
    "Unknown option of masscan",
    nearest === null
      ? "See pacemap masscan --help"
      : `Did you mean --${nearest}?`,
  );
}
