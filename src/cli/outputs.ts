import { ConfigError } from "../base/mod.ts";
import { compileFilter, mayPass } from "../filter/mod.ts";
import { isSpecialFile } from "../link/mod.ts";
import {
  outputDescriptor,
  type OutputModule,
  requireOutputModule,
  STANDARD_OUTPUT,
} from "../output/mod.ts";
import {
  BLANK_COLUMN,
  type Probe,
  PROBE_MODULES,
  type ProbeModule,
  responseColumns,
} from "../probe/mod.ts";
import type { OutputConfig } from "../scan/mod.ts";
import type { Arguments } from "./arguments.ts";
import { nearestName } from "./nearest.ts";
import { VERSION } from "./version.ts";

const STANDARD_OUTPUT_FD = 1;

/** The probe whose answers are written, and whether its targets differ in port. */
export interface ProbeShape {
  readonly module: ProbeModule;
  readonly probe: Probe;
  readonly portCount: number;
}

/** Where results go, in which format, and which. */
export interface ChosenOutputs {
  readonly outputs: readonly OutputConfig[];
  /** None of the options is given that say what is written: only new successes are. */
  readonly isDefault: boolean;
  /** Fields of outputs whose format has none of its own. */
  readonly fields: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Pairs formats with files, the first with the first; one format goes for all files, and what has no file
 * goes to standard output.
 *
 * @throws {ConfigError} when fields, filter, formats and files do not fit together
 */
export function chooseOutputs(
  { given, values }: Arguments,
  shape: ProbeShape,
): ChosenOutputs {
  const isDefault = !given.has("outputModule") && !given.has("outputFields") &&
    !given.has("outputFilter");
  const modules = values.outputModule.length === 0
    ? [requireOutputModule("csv")]
    : values.outputModule.map(requireOutputModule);
  const fields = chooseFields(values.outputFields, shape);
  const { outputFilter: filter } = values;
  checkFilter(filter, shape.probe);
  const count = Math.max(modules.length, values.outputFile.length);
  if (modules.length > 1 && modules.length < values.outputFile.length) {
    throw new ConfigError(
      "--output-module",
      `${values.outputFile.length} files have ${modules.length} formats`,
      "Give one format for all files, or one for each",
    );
  }
  const warnings = new Set<string>();
  const outputs = Array.from({ length: count }, (_, index): OutputConfig => {
    const module = modules[index] ?? modules[0]!;
    const path = values.outputFile[index] ?? STANDARD_OUTPUT;
    checkPlace(module, path);
    const isNewSuccesses = isDefault || module.selection === "new-successes" ||
      (module.selection !== "all" && !given.has("outputFilter"));
    if (isNewSuccesses && !mayTakeSuccesses(filter, shape.probe)) {
      warnings.add(
        `Format ${module.name} gets nothing: it writes new successes, of which --output-filter takes none`,
      );
    }
    return {
      path: outputDescriptor(path) === STANDARD_OUTPUT_FD ? null : path,
      format: module.name,
      filter,
      fields: module.fields === undefined ? fields : ownFields(module, shape),
      hasHeader: module.fields === undefined && !isDefault &&
        !values.noHeaderRow,
      isSuccessOnly: isNewSuccesses,
      isUniqueOnly: isNewSuccesses,
      program: `pacemap ${VERSION}`,
    };
  });
  checkDescriptors(outputs);
  checkFieldsUsed(given, modules);
  return { outputs, isDefault, fields, warnings: [...warnings] };
}

/** Fields that nobody writes are a mistake. */
function checkFieldsUsed(
  given: Arguments["given"],
  modules: readonly OutputModule[],
): void {
  const areOwn = modules.every((module) => module.fields !== undefined);
  if (!given.has("outputFields") || !areOwn) return;
  throw new ConfigError(
    "--output-fields",
    `Format ${modules.map(({ name }) => name).join(", ")} has its own fields`,
    "Leave the option out, or add a csv or json output",
  );
}

function checkPlace({ name, needsFile }: OutputModule, path: string): void {
  if (needsFile !== true) return;
  if (outputDescriptor(path) === null && !isSpecialFile(path)) return;
  throw new ConfigError(
    "--output-module",
    `Format ${name} needs a file of its own, not ${
      path === STANDARD_OUTPUT ? "standard output" : `"${path}"`
    }`,
    `Name one: -O ${name} -o FILE`,
  );
}

/** Whether a filter may take a new success of this kind of probe. */
function mayTakeSuccesses(filter: string, probe: Probe): boolean {
  const successes = probe.classes.filter(({ isSuccess }) => isSuccess);
  return mayPass(filter, responseColumns(probe), {
    success: [true],
    repeat: [false],
    classification: successes.map(({ name }) => name),
  });
}

/** Two formats in one stream: nobody could read it. */
function checkDescriptors(outputs: readonly OutputConfig[]): void {
  const seen = new Set<number>();
  for (const { path } of outputs) {
    const fd = outputDescriptor(path ?? STANDARD_OUTPUT);
    if (fd === null) continue;
    if (seen.has(fd)) {
      const name = fd === STANDARD_OUTPUT_FD ? "standard output" : `"${path}"`;
      throw new ConfigError(
        "--output-file",
        `More than one output would go to ${name}`,
        "Give each format a file: -O csv -o results.csv -O json -o results.json",
      );
    }
    seen.add(fd);
  }
}

function chooseFields(
  names: readonly string[] | null,
  { portCount, probe }: ProbeShape,
): readonly string[] {
  if (names === null) return portCount > 1 ? ["saddr", "sport"] : ["saddr"];
  const known = responseColumns(probe).map((column) => column.name);
  return names.flatMap((name) => {
    // An empty column is there for who asks for it.
    if (name === "*") return known.filter((one) => one !== BLANK_COLUMN);
    if (known.includes(name)) return [name];
    const nearest = nearestName(name, known);
    const remedy = nearest === null
      ? "See --list-output-fields"
      : `Did you mean ${nearest}? See --list-output-fields`;
    throw new ConfigError("--output-fields", `Unknown field "${name}"`, remedy);
  });
}

function checkFilter(filter: string, probe: Probe): void {
  try {
    compileFilter(filter, responseColumns(probe));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConfigError(
      "--output-filter",
      error.message,
      "See --list-output-fields for the fields and their types",
      error,
    );
  }
}

function ownFields(
  module: OutputModule,
  { module: { name, usesPorts }, probe }: ProbeShape,
): readonly string[] {
  const fields = module.fields!(probe, usesPorts);
  const missing = fields.find((field) => !hasColumn(probe, field));
  if (missing === undefined) return fields;
  const able = PROBE_MODULES.filter((one) =>
    fields.every((field) => hasColumn(exampleOf(one), field))
  );
  throw new ConfigError(
    "--output-module",
    `Format ${module.name} needs field ${missing}, which probe module ${name} does not have`,
    `Use it with ${able.map((one) => one.name).join(" or ")}`,
  );
}

function exampleOf(module: ProbeModule): Probe {
  return module.create({
    linkHeader: new Uint8Array(0),
    sourcePortFirst: 32768,
    sourcePortLast: 61000,
    maxProbes: 1,
    ttl: 255,
    args: module.exampleArgs,
  });
}

function hasColumn(probe: Probe, name: string): boolean {
  return responseColumns(probe).some((column) => column.name === name);
}

/** Percent of the hosts that get follow-ups: none by default where a reader goes on with the connections. */
export function lossSampleOf(
  { given, values }: Arguments,
  outputs: readonly OutputConfig[],
): number {
  const isHandedOver = outputs.some(({ format }) =>
    requireOutputModule(format).handsOver
  );
  return isHandedOver && !given.has("lossSample") ? 0 : values.lossSample;
}
