import { type Ipv6WindowRule, parsePorts } from "../../targets/mod.ts";
import {
  type MaxTargets,
  parseMaxTargets,
  parsePath,
  parseWholeNumber,
  parseWindowRule,
} from "../option_parsers.ts";
import {
  flag,
  type OptionTable,
  PATH_REMEDY,
  setting,
} from "../option_spec.ts";
import { parseCount } from "../units.ts";

/** Values of `TARGET_OPTIONS`. */
export interface TargetValues {
  readonly targetPorts: Uint16Array | null;
  readonly topPorts: number | null;
  readonly portsFile: string | null;
  readonly allowlistFile: string | null;
  readonly blocklistFile: string | null;
  readonly ignoreBlocklistErrors: boolean;
  readonly listOfIpsFile: string | null;
  readonly stream: boolean;
  readonly maxTargets: MaxTargets | null;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  readonly v6Window: number | null;
  readonly v6Rule: Ipv6WindowRule;
}

/** Which addresses and ports are probed. */
export const TARGET_OPTIONS: OptionTable<TargetValues> = {
  targetPorts: setting({
    long: "target-ports",
    short: "p",
    argument: "PORTS",
    group: "targets",
    help:
      "Ports to probe: a comma list of ports, their names and ranges, or * for all; " +
      "without it those of the pairs in --list-of-ips-file",
    remedy:
      "Give ports from 0 to 65535, for example 443, 80,https,8000-8100, or * for all",
    fallback: null,
    parse: parsePorts,
  }),
  topPorts: setting({
    long: "top-ports",
    argument: "COUNT",
    group: "targets",
    help:
      "Probe so many of the ports that are open most often, by the list of an installed nmap, or by --ports-file",
    remedy: "Give a whole number from 1 to 65536",
    fallback: null,
    parse: (text) =>
      parseCount(text, { what: "Number of ports", min: 1, max: 65_536 }),
  }),
  portsFile: setting({
    long: "ports-file",
    argument: "FILE",
    group: "targets",
    help:
      "Ports to probe, as --target-ports has them, one entry or list per line; or of the form of nmap-services; - for standard input",
    remedy: PATH_REMEDY,
    fallback: null,
    parse: parsePath,
  }),
  allowlistFile: setting({
    long: "allowlist-file",
    short: "w",
    argument: "FILE",
    group: "targets",
    help:
      "Addresses, prefixes, ranges and hosts to scan, one per line, besides those on the command line; - for standard input",
    remedy: PATH_REMEDY,
    fallback: null,
    parse: parsePath,
  }),
  blocklistFile: setting({
    long: "blocklist-file",
    short: "b",
    argument: "FILE",
    group: "targets",
    help:
      "Addresses, prefixes, ranges and hosts never to scan, one per line, in place of the " +
      "built-in list of special-purpose addresses; - for standard input",
    remedy: PATH_REMEDY,
    fallback: null,
    parse: parsePath,
  }),
  ignoreBlocklistErrors: flag({
    long: "ignore-blocklist-errors",
    group: "targets",
    help:
      "Skip targets and entries of the lists that do not parse or have no address, with a warning; not a prefix length above 32, or 128 for IPv6",
  }),
  listOfIpsFile: setting({
    long: "list-of-ips-file",
    short: "I",
    argument: "FILE",
    group: "targets",
    help:
      "Addresses, prefixes and ranges to scan, one per line, or results of a scan as JSON or CSV; of these, only what the " +
      "other lists allow. Without --target-ports each has its port, as 192.0.2.1:443. - for standard input",
    remedy: PATH_REMEDY,
    fallback: null,
    parse: parsePath,
  }),
  // A flag of its own: a pipe alone tells nothing, as most lists that come through one are meant as a whole, with exact
  // counts and one order over all of them.
  stream: flag({
    long: "stream",
    group: "targets",
    help:
      "Probe the addresses, ranges and small prefixes of --list-of-ips-file as they come, while the scan runs, until that " +
      "input ends: for a program that learns from the results",
  }),
  maxTargets: setting({
    long: "max-targets",
    short: "n",
    argument: "COUNT",
    group: "targets",
    help:
      "Stop after this many targets, or after N% of all IPv4 addresses, or of those chosen where some are IPv6, " +
      "times the ports; 0 for no limit",
    remedy:
      "Give a number of targets or a percentage, for example 1000, 50k, 1e6 or 0.1%",
    fallback: null,
    parse: parseMaxTargets,
  }),
  ipv4: flag({
    long: "ipv4",
    short: "4",
    group: "targets",
    help: "Scan IPv4 addresses only; with -6, or without both, those of both",
  }),
  ipv6: flag({
    long: "ipv6",
    short: "6",
    group: "targets",
    help: "Scan IPv6 addresses only; with -4, or without both, those of both",
  }),
  v6Window: setting({
    long: "v6-window",
    argument: "LENGTH",
    group: "targets",
    help:
      "Cut IPv6 prefixes and ranges into sub-prefixes of this length, and probe one address of each",
    remedy: "Give a length from 1 to 128, for example 48, 56 or 64",
    fallback: null,
    choices: ["48", "56", "64"],
    parse: (text) =>
      parseWholeNumber(text, { what: "Window length", min: 1, max: 128 }),
  }),
  v6Rule: setting({
    long: "v6-rule",
    argument: "RULE",
    group: "targets",
    help:
      "The bits behind those of the window: low for ::1; random for bits that the seed fixes; fixed:ID for these",
    remedy: "Give low, random or an interface identifier as in fixed:0:0:0:53",
    fallback: { kind: "low" },
    fallbackText: "low",
    choices: ["low", "random", "fixed:"],
    parse: parseWindowRule,
  }),
};
