import type { CommandSource, Subcommand, Subcommands } from "../cli/help.ts";

/** Loads a command when it is asked for: each run needs the code of one. */
type Loader = () => Promise<Subcommand>;

/** All commands but a scan, in the order of the help. */
const LOADERS: Readonly<Record<string, Loader>> = {
  config: async () => {
    const { CONFIG_HELP, runConfigCommand } = await import(
      "../cli/config_command.ts"
    );
    return {
      summary: "Show every option in force, and where it comes from",
      options: "scan",
      help: CONFIG_HELP,
      run: runConfigCommand,
    };
  },
  demo: loadDemo,
  doctor: async () => {
    const { DOCTOR_HELP, runDoctorCommand } = await import("../cli/doctor.ts");
    return {
      summary: "Check whether this machine can run a scan, and how fast",
      options: "scan",
      help: DOCTOR_HELP,
      run: runDoctorCommand,
    };
  },
  masscan: async () => {
    const { MASSCAN_HELP, runMasscanCommand } = await import(
      "../cli/masscan/command.ts"
    );
    return {
      summary: "Scan with the options of masscan",
      options: [],
      help: MASSCAN_HELP,
      run: async (rest, signals): Promise<number> => {
        const { runCli } = await import("../cli/run_cli.ts");
        return await runMasscanCommand(
          rest,
          (words) => runCli(words, COMMANDS, signals),
        );
      },
    };
  },
  merge: async () => (await import("../merge/mod.ts")).MERGE,
  report: async () => {
    const { REPORT_HELP, REPORT_OPTIONS, runReportCommand } = await import(
      "../cli/report/command.ts"
    );
    return {
      summary: "Make a report from the files of a scan, or compare two scans",
      options: REPORT_OPTIONS,
      help: REPORT_HELP,
      run: runReportCommand,
    };
  },
  resume: async () => {
    const { RESUME_HELP, runResumeCommand } = await import("../cli/resume.ts");
    return {
      summary: "Go on with a scan that ended before all was done",
      options: "scan",
      help: RESUME_HELP,
      run: runResumeCommand,
    };
  },
  status: async () => {
    const { STATUS_HELP, runStatusCommand } = await import("../cli/status.ts");
    return {
      summary: "Show how far a scan is, running or not",
      options: [],
      help: STATUS_HELP,
      run: runStatusCommand,
    };
  },
  top: async () => {
    const { runTopCommand, TOP_HELP } = await import("../cli/top/command.ts");
    return {
      summary: "Show a running scan in the terminal",
      options: [],
      help: TOP_HELP,
      run: runTopCommand,
    };
  },
  blocklist: async () => (await companions()).blocklist!,
  iterate: async () => (await companions()).iterate!,
  tee: async () => (await companions()).tee!,
};

/** The commands of the program. */
export const COMMANDS: CommandSource = {
  names: Object.keys(LOADERS),
  async find(name: string): Promise<Subcommand | undefined> {
    return Object.hasOwn(LOADERS, name) ? await LOADERS[name]!() : undefined;
  },
  async all(): Promise<Subcommands> {
    const entries = Object.entries(LOADERS).map(async ([name, load]) =>
      [name, await load()] as const
    );
    return Object.fromEntries(await Promise.all(entries));
  },
};

const DEMO_HELP = `Usage: pacemap demo

Builds a network of 131,072 hosts in network namespaces of its own, scans it,
shows what the scan finds, and removes the network again. No packet leaves the
machine. Works as root, and for others where user namespaces are allowed.

Examples:
  pacemap demo
  sudo pacemap demo
`;

async function loadDemo(): Promise<Subcommand> {
  const { runDemo } = await import("../demo/mod.ts");
  const { runInterruptibly } = await import("../cli/signals.ts");
  return {
    summary:
      "Build a test network on this machine, scan it and remove it again",
    options: [],
    help: DEMO_HELP,
    run: async (rest, { ends, status }): Promise<number> => {
      if (rest.includes("--help") || rest.includes("-h")) {
        const { EXIT_CODE, printOut } = await import("../cli/terminal.ts");
        printOut(DEMO_HELP);
        return EXIT_CODE.done;
      }
      return await runInterruptibly((signal) =>
        runDemo(rest, {
          signal,
          answerWith: (answer) => status.answerWith(answer),
        }), ends);
    },
  };
}

async function companions(): Promise<Subcommands> {
  return (await import("../companions/mod.ts")).COMPANIONS;
}
