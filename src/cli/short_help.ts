import type { OptionKey } from "./options.ts";
import { OPTIONS } from "./options.ts";
import { wrapText } from "./wrap_text.ts";

const WIDTH = 80;
/** Columns of the names of options. */
const NAMES_WIDTH = 28;

/** The options that most scans need, with what they say in one line. */
const OFTEN_USED: readonly (readonly [key: OptionKey, text: string])[] = [
  ["targetPorts", "ports, as in 80,443,8000-8100"],
  ["rate", "packets per second (10000); auto finds it"],
  ["outputFile", "file for results; else standard output"],
  ["outputModule", "format of results; --list-output-modules"],
  ["outputFields", "fields of results; --list-output-fields"],
  ["probeModule", "kind of probe; --list-probe-modules"],
  ["allowlistFile", "targets, one a line"],
  ["blocklistFile", "networks never to be scanned"],
  ["maxTargets", "stop after so many targets"],
  ["dryrun", "print the probes, and send none"],
];

/** Text of `-h`: what most scans need, on one screen of 24 lines. */
export function shortHelp(commands: readonly string[]): string {
  const options = OFTEN_USED.map(([key, text]) => {
    const { argument, long, short } = OPTIONS[key];
    const names = `  -${short}, --${long}${
      argument === "" ? "" : ` ${argument}`
    }`;
    return `${names.padEnd(NAMES_WIDTH)}  ${text}`;
  });
  return [
    "Usage: pacemap [OPTION]... [TARGET]...   TARGET: address, prefix, range or host",
    "",
    ...options,
    "",
    wrapText(`  Commands:  ${commands.join(" ")}`, WIDTH),
    "",
    "Examples:",
    "  pacemap -p 443 192.0.2.0/24",
    "  pacemap -p 80,443 -r 5000 -o results.csv -w targets.txt",
    "",
    "More: pacemap help TOPIC, pacemap --help for all options\n",
  ].join("\n");
}
