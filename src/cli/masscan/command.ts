import { UDP_PAYLOADS } from "../../probe/mod.ts";
import { readInput } from "../files.ts";
import { EXIT_CODE, printable, printError, printOut } from "../terminal.ts";
import { translateMasscan, type TranslationSources } from "./translate.ts";

/** Text of `pacemap masscan --help`. */
export const MASSCAN_HELP: string =
  `Usage: pacemap masscan [OPTION OF MASSCAN]... [TARGET]...

Scans with the options of masscan: -p80,443 or -pU:53, --ping, --rate, -iL,
--exclude, --excludefile, -oX, -oJ, -oD, -oL, -oG, --shard 1/3, --seed, --wait,
--retries, -e, --adapter-ip, --source-port, --router-mac, --ttl, -c FILE. Dashes
within names may be left out. What would change the results and has no counterpart
is an error; what would not is a warning. TCP ports, UDP ports and --ping are one
scan each.

  --echo  print the options of pacemap that stand for those of masscan

Examples:
  pacemap masscan -p80,8000-8100 192.0.2.0/24 --rate 10000
  pacemap masscan -p443 -iL networks.txt --excludefile blocked.txt -oJ found.json
  pacemap masscan -pU:53 192.0.2.0/24 --echo

The differences: docs/masscan-differences.md; pacemap's own options: pacemap -h
`;

/** What the translation reads. */
export const MASSCAN_SOURCES: TranslationSources = {
  readText: async (path) =>
    new TextDecoder().decode(await readInput({ option: "--conf", path })),
  payloadFor: (port) =>
    UDP_PAYLOADS.find(({ name }) => name.endsWith(`_${port}`))?.name ?? null,
};

/**
 * Runs `pacemap masscan`. Returns the exit code.
 *
 * @param run runs a command line of pacemap
 * @throws {ConfigError} for what has no counterpart and would change the results
 */
export async function runMasscanCommand(
  args: readonly string[],
  run: (words: readonly string[]) => Promise<number>,
): Promise<number> {
  if (args.includes("--help") || args.includes("-h") || args.length === 0) {
    printOut(MASSCAN_HELP);
    return EXIT_CODE.done;
  }
  const { isEcho, warnings, words } = await translateMasscan(
    args,
    MASSCAN_SOURCES,
  );
  for (const warning of warnings) {
    printError(`pacemap masscan: ${printable(warning)}\n`);
  }
  return await run(isEcho ? ["config", ...words] : words);
}
