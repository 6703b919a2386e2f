import { getLogger } from "@logtape/logtape";
import {
  checkSharding,
  checkWindow,
  chooseFamilies,
  EXIT_CODE,
  OPTIONS,
  type OptionValues,
  planScanTargets,
  readTargets,
  resolveHost,
} from "../cli/mod.ts";
import { TargetLines } from "./_target_lines.ts";
import { writeFully } from "./byte_lines.ts";
import {
  ALLOWLIST_OPTION,
  BLOCKLIST_OPTION,
  COMMON_OPTIONS,
  type CommonValues,
  type Companion,
  type CompanionArguments,
  IGNORE_ERRORS_OPTION,
  LOGGING_OPTIONS,
  type LoggingValues,
} from "./companion.ts";

/** Options of `pacemap iterate`. */
export interface Values extends
  CommonValues,
  LoggingValues,
  Pick<
    OptionValues,
    | "targetPorts"
    | "allowlistFile"
    | "blocklistFile"
    | "ignoreBlocklistErrors"
    | "ipv4"
    | "ipv6"
    | "v6Window"
    | "v6Rule"
    | "maxTargets"
    | "seed"
    | "shards"
    | "shard"
  > {}

/** `pacemap iterate`, which prints targets in the order of a scan. */
export const ITERATE: Companion<Values> = {
  command: {
    name: "pacemap iterate",
    usage: "[OPTION]... [TARGET]...",
    options: {
      targetPorts: {
        ...OPTIONS.targetPorts,
        help: "Ports to print with each address: a list, ranges, or * for all",
      },
      allowlistFile: ALLOWLIST_OPTION,
      blocklistFile: BLOCKLIST_OPTION,
      ignoreBlocklistErrors: IGNORE_ERRORS_OPTION,
      ipv4: {
        ...OPTIONS.ipv4,
        help: "Print IPv4 addresses only; with -6, or without both, both",
      },
      ipv6: {
        ...OPTIONS.ipv6,
        help: "Print IPv6 addresses only; with -4, or without both, both",
      },
      v6Window: OPTIONS.v6Window,
      v6Rule: OPTIONS.v6Rule,
      maxTargets: OPTIONS.maxTargets,
      seed: OPTIONS.seed,
      shards: OPTIONS.shards,
      shard: {
        ...OPTIONS.shard,
        help: "Which part to print, counted from 0",
        remedy: "Give a whole number from 0 to the number of shards less one",
      },
      ...LOGGING_OPTIONS,
      ...COMMON_OPTIONS,
    },
  },
  endsByItself: false,
  introduction:
    `Prints the targets that a scan would probe, in its order: an address a line, or
address,port with --target-ports. Nothing is blocked but by --blocklist-file.`,
  examples: [
    "pacemap iterate 192.0.2.0/28",
    "pacemap iterate -p 80,443 -w networks.txt -b blocked.txt",
    "pacemap iterate -p 443 -e 7 --shards 3 --shard 0 192.0.2.0/24",
  ],
  run,
};

async function run(
  { given, operands, values }: CompanionArguments<Values>,
): Promise<number> {
  checkSharding(given, values);
  checkWindow(given, values);
  const { allowlistFile, blocklistFile, targetPorts } = values;
  const logger = getLogger(["pacemap", "iterate"]);
  const seed = values.seed ??
    crypto.getRandomValues(new BigUint64Array(1))[0]!;
  const selection = await readTargets({
    targets: operands,
    allowlist: allowlistFile === null
      ? null
      : { option: "--allowlist-file", path: allowlistFile },
    blocklist: blocklistFile === null
      ? null
      : { option: "--blocklist-file", path: blocklistFile },
    addressList: null,
    lookup: {
      resolve: resolveHost,
      onSilence: (line) => logger.warn("{line}", { line }),
    },
    isLenient: values.ignoreBlocklistErrors,
    ...chooseFamilies({ ...values, stream: false }),
    window: values.v6Window === null
      ? null
      : { length: values.v6Window, rule: values.v6Rule, seed },
  });
  for (const warning of selection.warnings) {
    logger.warn("{warning}", { warning });
  }
  const { targets } = planScanTargets(values, {
    selection,
    ports: targetPorts ?? Uint16Array.of(0),
    seed,
  });
  const lines = new TargetLines(targets, targetPorts !== null);
  const { endPosition, firstPosition } = targets;
  for (let at = firstPosition; at < endPosition;) {
    at = lines.fill(at, endPosition);
    if (!await writeFully(Deno.stdout, lines.take())) {
      return EXIT_CODE.endedEarly;
    }
  }
  return EXIT_CODE.done;
}
