import { csv } from "./modules/csv.ts";
import { json } from "./modules/json.ts";
import type { OutputModule } from "./output_module.ts";

/** A format of results by its names; its code is loaded when it is wanted. */
export interface OutputFormat {
  readonly name: string;
  /** Other names that `--output-module` takes. */
  readonly aliases?: readonly string[];
  /** Loads it. */
  load(): Promise<OutputModule>;
}

/** All formats of results, in the order of lists. */
export const OUTPUT_FORMATS: readonly OutputFormat[] = [
  {
    name: "csv",
    load: () => Promise.resolve(csv),
  },
  {
    name: "json",
    load: () => Promise.resolve(json),
  },
  {
    name: "hostport",
    load: async () => (await import("./modules/hostport.ts")).hostport,
  },
  {
    name: "zgrab2",
    load: async () => (await import("./modules/zgrab2.ts")).zgrab2,
  },
  {
    name: "lzr",
    load: async () => (await import("./modules/lzr.ts")).lzr,
  },
  {
    name: "nmap-xml",
    aliases: ["nmap"],
    load: async () => (await import("./modules/nmap_xml.ts")).nmapXml,
  },
  {
    name: "masscan-xml",
    load: async () => (await import("./modules/masscan_xml.ts")).masscanXml,
  },
  {
    name: "masscan-json",
    load: async () => (await import("./modules/masscan_json.ts")).masscanJson,
  },
  {
    name: "masscan-ndjson",
    load: async () =>
      (await import("./modules/masscan_ndjson.ts")).masscanNdjson,
  },
  {
    name: "masscan-list",
    aliases: ["list"],
    load: async () => (await import("./modules/masscan_list.ts")).masscanList,
  },
  {
    name: "masscan-grepable",
    aliases: ["grepable"],
    load: async () =>
      (await import("./modules/masscan_grepable.ts")).masscanGrepable,
  },
  {
    name: "parquet",
    load: async () => (await import("./modules/parquet.ts")).parquet,
  },
  {
    name: "sqlite",
    load: async () => (await import("./modules/sqlite.ts")).sqlite,
  },
  {
    name: "pcap",
    load: async () => (await import("./modules/pcap.ts")).pcap,
  },
];

/** Those that are loaded: what most scans write is from the start. */
const loaded = new Map<string, OutputModule>(
  [csv, json].map((module) => [module.name, module]),
);

/** The format of this name, or of this other name. */
export function findOutputFormat(name: string): OutputFormat | undefined {
  return OUTPUT_FORMATS.find((format) =>
    format.name === name || format.aliases?.includes(name)
  );
}

/**
 * Loads formats: all, or those of these names.
 *
 * @throws {RangeError} when there is none of a name
 */
export async function loadOutputModules(
  names: readonly string[] = OUTPUT_FORMATS.map(({ name }) => name),
): Promise<readonly OutputModule[]> {
  return await Promise.all(names.map(async (name) => {
    const format = findOutputFormat(name);
    if (format === undefined) throw new RangeError(`No output module ${name}`);
    const module = loaded.get(format.name) ?? await format.load();
    loaded.set(format.name, module);
    return module;
  }));
}

/**
 * A format that `loadOutputModules` has loaded; csv and json are at any time.
 *
 * @throws {RangeError} when it has not
 */
export function requireOutputModule(name: string): OutputModule {
  const module = loaded.get(name);
  if (module === undefined) {
    throw new RangeError(`Output module ${name} is not loaded`);
  }
  return module;
}
