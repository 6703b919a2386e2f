import { csv } from "./modules/csv.ts";
import { hostport } from "./modules/hostport.ts";
import { json } from "./modules/json.ts";
import { lzr } from "./modules/lzr.ts";
import { masscanGrepable } from "./modules/masscan_grepable.ts";
import { masscanJson } from "./modules/masscan_json.ts";
import { masscanList } from "./modules/masscan_list.ts";
import { masscanNdjson } from "./modules/masscan_ndjson.ts";
import { masscanXml } from "./modules/masscan_xml.ts";
import { nmapXml } from "./modules/nmap_xml.ts";
import { parquet } from "./modules/parquet.ts";
import { pcap } from "./modules/pcap.ts";
import { sqlite } from "./modules/sqlite.ts";
import { zgrab2 } from "./modules/zgrab2.ts";
import type { OutputModule } from "./output_module.ts";

/** All formats of results, in the order of lists. */
export const OUTPUT_MODULES: readonly OutputModule[] = [
  csv,
  json,
  hostport,
  zgrab2,
  lzr,
  nmapXml,
  masscanXml,
  masscanJson,
  masscanNdjson,
  masscanList,
  masscanGrepable,
  parquet,
  sqlite,
  pcap,
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
