import { ConfigError } from "../base/mod.ts";
import { OUTPUT_FORMATS } from "../output/mod.ts";
import {
  findProbeModule,
  type IpVersion,
  type Probe,
  PROBE_MODULES,
  type ProbeModule,
  responseColumns,
} from "../probe/mod.ts";
import { nearestName } from "./nearest.ts";
import type { OptionValues } from "./options.ts";

const NO_LINK_HEADER = new Uint8Array(0);

/** Options that say how a probe is made. */
export type ProbeValues = Pick<
  OptionValues,
  "probeModule" | "probeArgs" | "probeTtl" | "probes" | "sourcePort"
>;

/**
 * Finds the kind of probe of `--probe-module`.
 *
 * @throws {ConfigError} when there is none of this name
 */
export function requireModule(name: string): ProbeModule {
  const module = findProbeModule(name);
  if (module !== undefined) return module;
  const nearest = nearestName(name, PROBE_MODULES.map((other) => other.name));
  const remedy = nearest === null
    ? "See --list-probe-modules"
    : `Did you mean ${nearest}? See --list-probe-modules`;
  throw new ConfigError(
    "--probe-module",
    `Unknown probe module "${name}"`,
    remedy,
  );
}

/**
 * Makes a probe as the scan will, to learn its columns and to have its arguments checked.
 *
 * @param family that of the targets; without it the first that the module knows
 * @throws {ConfigError} when the arguments do not parse
 */
export function makeProbe(
  values: ProbeValues,
  family?: IpVersion,
): Probe {
  const module = requireModule(values.probeModule);
  try {
    return module.create({
      linkHeader: NO_LINK_HEADER,
      ...(family === undefined ? {} : { family }),
      sourcePortFirst: values.sourcePort.first,
      sourcePortLast: values.sourcePort.last,
      maxProbes: values.probes,
      ttl: values.probeTtl,
      args: module.takesArgs === false ? "" : values.probeArgs,
    });
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) {
      throw error;
    }
    const remedy = `See pacemap --probe-module ${module.name} --help`;
    throw new ConfigError("--probe-args", error.message, remedy, error);
  }
}

/** Text of `--list-probe-modules`. */
export function probeModuleList(): string {
  return PROBE_MODULES.map((module) => `${module.name}\n`).join("");
}

/** Text of `--list-output-modules`. */
export function outputModuleList(): string {
  return OUTPUT_FORMATS.map(({ name }) => `${name}\n`).join("");
}

/** Text of `--list-output-fields`, laid out as ZMap does. */
export function outputFieldList(probe: Probe): string {
  return responseColumns(probe).map(({ description, name, type }) =>
    `${name.padEnd(15)} ${type.padStart(6)}: ${description}\n`
  ).join("");
}
