import { parseIpv4, parseIpv6 } from "../../base/mod.ts";
import {
  type Facts,
  reportParts,
  sampleOfRow,
  ScanBook,
  Tally,
  valueAt,
  viewOfFacts,
} from "../../report/mod.ts";
import {
  addressSet,
  makeTargetPlan,
  parsePrefix,
  RangeBuilder,
  subtract,
  type TargetPlan,
} from "../../targets/mod.ts";
import { type Inputs, readCheckpointFacts, readMetadata } from "./inputs.ts";
import { rowsOf, type TableRow } from "./table_lines.ts";

/** Bits of an IPv6 address that are no prefix of a network: a /48. */
const IPV6_HOST_BITS = 80n;

/**
 * The report that the files of a scan make.
 *
 * @throws {ConfigError} when one cannot be read
 */
export async function reportPage(inputs: Inputs): Promise<string> {
  const { args, metadata } = inputs.checkpoint !== undefined
    ? await readCheckpointFacts(inputs.checkpoint)
    : {
      metadata: inputs.metadata === undefined
        ? {}
        : await readMetadata(inputs.metadata),
      args: null,
    };
  const tally = new Tally([]);
  if (inputs.results !== undefined) await countRows(inputs.results, tally);
  const { answered } = tally;
  const plan = inputs.results === undefined ? null : planOf(metadata);
  const book = new ScanBook({ plan, answered, hasPositions: false });
  const row = inputs.status === undefined
    ? null
    : await readCourse(inputs.status, book);
  const commandLine = args ?? commandOf(metadata);
  const view = viewOfFacts({ metadata, row, commandLine });
  return book.report(
    inputs.results === undefined ? view : { ...view, top: tally.top() },
    { report: reportParts(metadata), uncovered: [] },
  );
}

/** Reads the course of a scan; returns its last row. */
async function readCourse(
  path: string,
  book: ScanBook,
): Promise<TableRow | null> {
  let last: TableRow | null = null;
  for await (const row of rowsOf(path)) {
    const elapsed = row["time-elapsed"];
    if (typeof elapsed !== "number") continue;
    last = row;
    // The first row is of no time.
    if (elapsed === 0) continue;
    book.addSample(elapsed, 1, sampleOfRow(row));
  }
  return last;
}

/** Counts the hosts that answered with success. */
async function countRows(path: string, tally: Tally): Promise<void> {
  for await (const row of rowsOf(path)) {
    const isFailure = row.success === 0 || row.success === false;
    const isRepeat = row.repeat === 1 || row.repeat === true;
    if (isFailure || isRepeat) continue;
    const address = String(row.saddr ?? "");
    const port = typeof row.sport === "number" ? row.sport : null;
    const ipv6 = parseIpv6(address);
    if (ipv6 !== null) tally.addIpv6(ipv6 >> IPV6_HOST_BITS << IPV6_HOST_BITS);
    else if (/^\d+(?:\.\d+){3}$/.test(address)) {
      tally.addHost(parseIpv4(address), port);
    }
  }
}

/** The IPv4 targets as the metadata name them; null where lists of addresses were read that they do not have. */
function planOf(metadata: Facts): TargetPlan | null {
  if (valueAt(metadata, "list_of_ips_count") !== null) return null;
  const allowed = rangesOf(valueAt(metadata, "allowlisted_networks"));
  if (allowed.length === 0) allowed.addPrefix(parsePrefix("0.0.0.0/0"));
  const blocked = rangesOf(valueAt(metadata, "blocklisted_networks"));
  const addresses = subtract(addressSet(allowed), addressSet(blocked));
  const ports = valueAt(metadata, "target_ports");
  const known = Array.isArray(ports) && ports.length > 0 ? ports : [0];
  return addresses.count === 0 ? null : makeTargetPlan({
    addresses,
    ports: Uint16Array.from(known),
    seed: 0n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  });
}

function rangesOf(networks: unknown): RangeBuilder {
  const ranges = new RangeBuilder();
  for (const network of Array.isArray(networks) ? networks : []) {
    // Those of IPv6 are not in the map.
    if (/^\d+(?:\.\d+){3}\/\d+$/.test(String(network))) {
      ranges.addPrefix(parsePrefix(String(network)));
    }
  }
  return ranges;
}

/** What the metadata tell of the options. */
function commandOf(metadata: Facts): string[] {
  const module = valueAt(metadata, "probe_module");
  const ports = valueAt(metadata, "target_ports");
  const targets = valueAt(metadata, "cli_cidr_destinations");
  const hasPorts = Array.isArray(ports) && ports.some((port) => port > 0);
  return [
    ...typeof module === "string" ? ["-M", module] : [],
    ...hasPorts ? ["-p", ports.join(",")] : [],
    ...Array.isArray(targets) ? targets.map(String) : [],
  ];
}
