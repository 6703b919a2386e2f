import { csv } from "./modules/csv.ts";
import { hostport } from "./modules/hostport.ts";
import { json } from "./modules/json.ts";
import { lzr } from "./modules/lzr.ts";
import { zgrab2 } from "./modules/zgrab2.ts";
import type { OutputModule } from "./output_module.ts";

/** All formats of results, in the order of lists. */
export const OUTPUT_MODULES: readonly OutputModule[] = [
  csv,
  json,
  hostport,
  zgrab2,
  lzr,
];

/** The format of this name, or of this other name. */
export function findOutputModule(name: string): OutputModule | undefined {
  return OUTPUT_MODULES.find((module) =>
    module.name === name || module.aliases?.includes(name)
  );
}

/**
 * The format of this name.
 *
 * @throws {RangeError} when there is none
 */
export function requireOutputModule(name: string): OutputModule {
  const module = findOutputModule(name);
  if (module === undefined) throw new RangeError(`No output module ${name}`);
  return module;
}
