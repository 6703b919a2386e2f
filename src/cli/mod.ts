/** The command line: options, lists, help, logs, errors and exit codes. @module */
export type { Subcommand, Subcommands } from "./help.ts";
export { runCli } from "./run_cli.ts";
export { runDoctorCommand } from "./doctor.ts";
