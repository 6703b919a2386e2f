import { ConfigError } from "../base/mod.ts";
import { compileFilter } from "../filter/mod.ts";
import { type Probe, responseColumns } from "../probe/mod.ts";
import { outputDescriptor, STANDARD_OUTPUT } from "../output/mod.ts";
import type { OutputConfig } from "../scan/mod.ts";
import type { Arguments } from "./arguments.ts";
import { nearestName } from "./nearest.ts";
import { OUTPUT_PRESETS, type OutputModule } from "./options/output.ts";

const STANDARD_OUTPUT_FD = 1;

/** The probe whose answers are written, and whether its targets differ in port. */
export interface ProbeShape {
  readonly probe: Probe;
  readonly portCount: number;
}

/** A format with fields of its own. */
interface Preset {
  readonly format: OutputConfig["format"];
  /** An empty name is a field that stays empty. */
  fields(shape: ProbeShape): readonly string[];
}

const PRESETS: Readonly<Record<(typeof OUTPUT_PRESETS)[number], Preset>> = {
  // Address, host name, tag, port.
  zgrab2: {
    format: "csv",
    fields: ({ probe }) =>
      hasColumn(probe, "sport") ? ["saddr", "", "", "sport"] : ["saddr"],
  },
  // What LZR needs to go on with the connections that the probes have begun.
  lzr: {
    format: "json",
    fields: () => [
      "saddr",
      "daddr",
      "sport",
      "dport",
      "seqnum",
      "acknum",
      "window",
    ],
  },
};

/** Where results go, in which format, and which. */
export interface ChosenOutputs {
  readonly outputs: readonly OutputConfig[];
  /** None of the options is given that say what is written: only new successes are. */
  readonly isDefault: boolean;
  /** Fields of outputs that are no presets. */
  readonly fields: readonly string[];
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
    ? ["csv" as const]
    : values.outputModule;
  const fields = chooseFields(values.outputFields, shape);
  checkFilter(values.outputFilter, shape.probe);
  const count = Math.max(modules.length, values.outputFile.length);
  if (modules.length > 1 && modules.length < values.outputFile.length) {
    throw new ConfigError(
      "--output-module",
      `${values.outputFile.length} files have ${modules.length} formats`,
      "Give one format for all files, or one for each",
    );
  }
  const outputs = Array.from({ length: count }, (_, index): OutputConfig => {
    const module = modules[index] ?? modules[0]!;
    const path = values.outputFile[index] ?? STANDARD_OUTPUT;
    const common = {
      path: outputDescriptor(path) === STANDARD_OUTPUT_FD ? null : path,
      filter: values.outputFilter,
    };
    if (isPreset(module)) {
      return {
        ...common,
        format: PRESETS[module].format,
        fields: presetFields(module, shape),
        hasHeader: false,
        isSuccessOnly: true,
        isUniqueOnly: true,
      };
    }
    return {
      ...common,
      format: module,
      fields,
      hasHeader: !isDefault && !values.noHeaderRow,
      isSuccessOnly: isDefault,
      isUniqueOnly: isDefault,
    };
  });
  checkDescriptors(outputs);
  if (given.has("outputFields") && modules.every(isPreset)) {
    throw new ConfigError(
      "--output-fields",
      `Format ${modules.join(", ")} has its own fields`,
      "Leave the option out, or add a csv or json output",
    );
  }
  return { outputs, isDefault, fields };
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
    if (name === "*") return known;
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

function presetFields(
  module: (typeof OUTPUT_PRESETS)[number],
  shape: ProbeShape,
): readonly string[] {
  const fields = PRESETS[module].fields(shape);
  const missing = fields.find((name) =>
    name !== "" && !hasColumn(shape.probe, name)
  );
  if (missing === undefined) return fields;
  throw new ConfigError(
    "--output-module",
    `Format ${module} needs field ${missing}, which probe module ${shape.probe.name} does not have`,
    "Use it with a probe module that has TCP fields, such as tcp_synscan",
  );
}

function hasColumn(probe: Probe, name: string): boolean {
  return responseColumns(probe).some((column) => column.name === name);
}

function isPreset(
  module: OutputModule,
): module is (typeof OUTPUT_PRESETS)[number] {
  return OUTPUT_PRESETS.some((name) => name === module);
}
