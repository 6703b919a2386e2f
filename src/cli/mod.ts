/** The command line: options, lists, help, logs, errors and exit codes. @module */
export {
  type CommandSpec,
  isFlagSet,
  type RawArguments,
  type ReadArguments,
  readCommandLine,
  splitCommandLine,
} from "./command_line.ts";
export {
  commandHelp,
  type Subcommand,
  type Subcommands,
  withExamples,
} from "./help.ts";
export { checkOutputs, type NamedPath, reserveStandardInput } from "./files.ts";
export { permittedVariables, variableOf } from "./environment.ts";
export { SCAN_COMMAND } from "./arguments.ts";
export { chooseFamilies } from "./families.ts";
export { checkWindow } from "./option_checks.ts";
export { resolveHost } from "./host_names.ts";
export { type Log, type LogOptions, openLog } from "./logging.ts";
export {
  flag,
  OPTION_GROUPS,
  type OptionGroup,
  type OptionSpec,
  type OptionTable,
  setting,
  type SettingParts,
} from "./option_spec.ts";
export { OPTIONS, type OptionValues } from "./options.ts";
export {
  type ReadSelection,
  readSelection,
  readTargets,
  type TargetSources,
} from "./target_input.ts";
export { checkSharding, planScanTargets } from "./target_plan.ts";
export { runInterruptibly, runKillably } from "./signals.ts";
export { EXIT_CODE, printable, printError, printOut } from "./terminal.ts";
export { parseSize } from "./units.ts";
export { VERSION } from "./version.ts";
