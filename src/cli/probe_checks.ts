import { ConfigError } from "../base/mod.ts";
import { requireOutputModule } from "../output/mod.ts";
import { type Probe, type ProbeModule, responseColumns } from "../probe/mod.ts";
import type { OutputConfig } from "../scan/mod.ts";

/** What a probe is to be used with. */
export interface ProbeUse {
  readonly module: ProbeModule;
  readonly probe: Probe;
  /** `--probes`. */
  readonly probesPerTarget: number;
  readonly outputs: readonly OutputConfig[];
}

/**
 * Checks that a probe fits the options around it; returns what is only worth a warning.
 *
 * @throws {ConfigError} when an output cannot hold its results, or targets would be asked different things
 */
export function checkProbe(
  { module, outputs, probe, probesPerTarget }: ProbeUse,
): readonly string[] {
  const { variants = 1, warnings = [] } = probe;
  if (
    module.hasNestedOutput && outputs.some((output) => !holds(output, probe))
  ) {
    throw new ConfigError(
      "--output-module",
      `Probe module ${module.name} has results that only json can hold, or a format with fields of its own`,
      "Give --output-module json",
    );
  }
  if (probesPerTarget % variants !== 0) {
    throw new ConfigError(
      "--probes",
      `${probesPerTarget} is not a multiple of ${variants}, the number of different probes that each target is to get`,
      `Give ${variants}, or a multiple of it`,
    );
  }
  return warnings;
}

/** Whether a format can hold its fields: formats with fields of their own are judged by these. */
function holds({ fields, format }: OutputConfig, probe: Probe): boolean {
  const module = requireOutputModule(format);
  if (module.canNest) return true;
  const columns = responseColumns(probe);
  return module.fields !== undefined &&
    columns.every(({ name, type }) =>
      type !== "repeated" || !fields.includes(name)
    );
}
