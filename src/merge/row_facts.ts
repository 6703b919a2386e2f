import { findProbeModule, responseColumns } from "../probe/mod.ts";
import type { RowFacts } from "./rows/row_format.ts";
import type { ShardMetadata } from "./shard_metadata.ts";

/** What the port of a target is where probes have none. */
const NO_PORTS = "0";
/** The column with the sender of an ICMP error: where it is, `saddr` has the target. */
const RESPONDER = "icmp_responder";

/** What metadata tell of the rows of their scan. */
export function rowFactsOf(shards: readonly ShardMetadata[]): RowFacts {
  const [first] = shards;
  const { options } = first!.job;
  const textOf = (name: string): string =>
    options.find(({ option }) => option === name)?.text ?? "";
  const known = columnsOf(textOf("--probe-module"), textOf("--probe-args"));
  const fields = new Set(shards.map((shard) => String(shard.fields)));
  return {
    fields: fields.size === 1 ? first!.fields : [],
    hasPorts: textOf("--target-ports") !== NO_PORTS,
    known,
    isSourceTarget: known.includes(RESPONDER),
  };
}

/** The names of all columns of a probe; empty: it is not known. */
function columnsOf(name: string, args: string): readonly string[] {
  const module = findProbeModule(name);
  if (module === undefined) return [];
  try {
    const probe = module.create({
      linkHeader: new Uint8Array(0),
      sourcePortFirst: 32768,
      sourcePortLast: 32768,
      maxProbes: 1,
      ttl: 64,
      args,
    });
    return responseColumns(probe).map((column) => column.name);
  } catch (error) {
    // Arguments that are too long for metadata are not there; then nothing is known of the columns.
    if (error instanceof SyntaxError || error instanceof RangeError) return [];
    throw error;
  }
}
