import { escapeUnsafe } from "../base/mod.ts";
import { type Check, type DoctorReport, runDoctor } from "../doctor/mod.ts";
import type { ProgramSignals } from "../signals/mod.ts";
import { type Arguments, readArguments, splitArguments } from "./arguments.ts";
import { isFlagSet } from "./command_line.ts";
import { resolveHost } from "./host_names.ts";
import { requireModule } from "./lists.ts";
import { readScans } from "./doctor_scans.ts";
import { addSettings } from "./settings.ts";
import { runInterruptibly } from "./signals.ts";
import { EXIT_CODE, printable, printError, printOut } from "./terminal.ts";
import { untilAborted } from "./until_aborted.ts";

/** Probed when no port is given: the doctor probes nobody, but a scan without ports is none. */
const ANY_PORT = 80;

/** Text of `pacemap doctor --help`. */
export const DOCTOR_HELP: string =
  `Usage: pacemap doctor [OPTION]... [TARGET]... [--json]

Checks whether this machine can run the scan that the same options and targets
would start, measures the rate that it can hold, and says what limits it. Sends
nothing but ARP requests and neighbour solicitations for the gateways. Takes
about a second. Without targets it checks both families of addresses, as far as
this machine has them; -4 or -6 checks one.

  --json  print one JSON object instead of lines of text

Examples:
  pacemap doctor
  pacemap doctor -p 443 -r 500k 192.0.2.0/24
  pacemap doctor -6 --json

Exit codes: 0 all in order, warnings included, 2 bad input, 3 an error was found
The options of a scan: pacemap --help
`;

/**
 * Runs `pacemap doctor`: takes the options of a scan, checks the machine for it and prints what it found.
 * Returns the exit code.
 *
 * @throws {ConfigError} for bad input
 */
export async function runDoctorCommand(
  args: readonly string[],
  { ends, status }: ProgramSignals,
): Promise<number> {
  status.release();
  return await runInterruptibly(async (signal) => {
    try {
      return await untilAborted(examine(args), signal);
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
      printError(`pacemap: Not all is checked: ${signal.reason}\n`);
      return EXIT_CODE.endedEarly;
    }
  }, ends);
}

async function examine(args: readonly string[]): Promise<number> {
  const raw = splitArguments(args);
  if (isFlagSet(raw, "help")) {
    printOut(DOCTOR_HELP);
    return EXIT_CODE.done;
  }
  const scanArgs = withPort(readArguments(await addSettings(raw)));
  const { scans, warnings } = await readScans(scanArgs, {
    resolve: resolveHost,
    onSilence: (line) => printError(`pacemap: ${printable(line)}\n`),
  });
  const report = await runDoctor(scans);
  if (scanArgs.values.json) {
    printOut(`${escapeUnsafe(JSON.stringify({ ...report, warnings }))}\n`);
  } else {
    for (const warning of warnings) {
      printError(`pacemap: ${printable(warning)}\n`);
    }
    printOut(reportText(report));
  }
  return report.status === "error" ? EXIT_CODE.environment : EXIT_CODE.done;
}

function withPort(args: Arguments): Arguments {
  const { targetPorts } = args.values;
  const module = requireModule(args.values.probeModule);
  if (targetPorts !== null || !module.usesPorts) return args;
  return {
    ...args,
    values: { ...args.values, targetPorts: Uint16Array.of(ANY_PORT) },
  };
}

/** One line for each check, with what to do about it below, and the verdict at the end. */
export function reportText({ checks, verdict }: DoctorReport): string {
  const families = new Set(checks.map(({ family }) => family ?? null));
  families.delete(null);
  const nameOf = ({ family, name }: Check): string =>
    family === undefined || families.size === 1 ? name : `${name} IPv${family}`;
  const statusWidth = widest(checks.map(({ status }) => status));
  const nameWidth = widest(checks.map(nameOf));
  const lines = checks.map((check) => {
    const start = `${check.status.padEnd(statusWidth)}  ${
      nameOf(check).padEnd(nameWidth)
    }  `;
    const line = start + printable(findingText(check));
    return check.remedy === ""
      ? line
      : `${line}\n${" ".repeat(start.length)}${printable(check.remedy)}`;
  });
  return `${lines.join("\n")}\n${printable(verdict)}\n`;
}

function findingText({ found, needed }: Check): string {
  return needed === "" ? found : `${found} (needs ${needed})`;
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
