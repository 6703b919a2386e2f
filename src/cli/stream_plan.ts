import {
  ConfigError,
  IPV6_WORDS,
  ipv6OfWords,
  storeIpv6,
} from "../base/mod.ts";
import {
  addressSet,
  ipv6AddressSet,
  type Ipv6Entries,
  ipv6ListCount,
  type Ipv6Range,
  type Ipv6StreamLimits,
  makeIpv6TargetPlan,
  makeStreamMemory,
  mergeIpv6Ranges,
  RangeBuilder,
  STREAM_CAPACITY,
  subtractIpv6Ranges,
} from "../targets/mod.ts";
import type { OptionValues } from "./options.ts";
import {
  readSelection,
  readTargets,
  type TargetSelection,
  type TargetSources,
} from "./target_input.ts";
import {
  type OrderValues,
  type PlannedTargets,
  planTargets,
} from "./target_plan.ts";

const LAST_IPV6 = (1n << 128n) - 1n;
/** Single addresses that are told apart where it is found out through which routes targets may be reached. */
const MOST_SINGLE = 4096;

/** What a stream may bring. */
export interface StreamSelection {
  /** Of IPv6, one of these addresses. */
  readonly selection: TargetSelection;
  /** Null for IPv4. */
  readonly ipv6:
    | (Ipv6StreamLimits & { readonly reach: readonly Ipv6Range[] })
    | null;
}

/**
 * Reads all that says which addresses of a stream are scanned and which not.
 *
 * @param sources the `addressList` is not read
 * @throws {ConfigError} as `readTargets`
 */
export async function readStreamLimits(
  sources: TargetSources,
): Promise<StreamSelection> {
  const known = { ...sources, addressList: null };
  if (sources.families?.ipv6 !== true) {
    return { selection: await readTargets(known), ipv6: null };
  }
  const { ipv6, selection: _, ...rest } = await readSelection(known);
  const { allowed, blocked } = ipv6!;
  const reach = subtractIpv6Ranges(
    mergeIpv6Ranges(
      allowed === null ? [{ first: 0n, last: LAST_IPV6 }] : rangesOf(allowed),
    ),
    mergeIpv6Ranges([...blocked.ranges, ...singlesOf(blocked) ?? []]),
  );
  const [lowest] = reach;
  if (lowest === undefined) {
    throw new ConfigError(
      "--blocklist-file",
      "The blocklist covers all IPv6 targets that are allowed",
      "Take what is to be scanned out of the blocklist: --blocklist-file FILE",
    );
  }
  const list = new Uint32Array(new SharedArrayBuffer(IPV6_WORDS * 4));
  storeIpv6(lowest.first, list, 0);
  const v6 = ipv6AddressSet([{ kind: "list", list }]);
  const v4 = addressSet(new RangeBuilder());
  return {
    selection: {
      v4,
      v6,
      allowedCount: 0,
      blocked6: blocked,
      ...rest,
      pairs: null,
    },
    ipv6: { allowed, blocked, reach },
  };
}

/** What is allowed as ranges: one that spans all single addresses, where they are many. */
function rangesOf(entries: Ipv6Entries): Ipv6Range[] {
  const { list, ranges } = entries;
  const last = list.length - IPV6_WORDS;
  const whole = (): Ipv6Range[] => [
    { first: ipv6OfWords(list, 0), last: ipv6OfWords(list, last) },
  ];
  return [...ranges, ...singlesOf(entries) ?? whole()];
}

/** Single addresses as ranges; null: they are too many. */
function singlesOf({ list }: Ipv6Entries): Ipv6Range[] | null {
  const count = ipv6ListCount(list);
  if (count > MOST_SINGLE) return null;
  return Array.from({ length: count }, (_, index) => {
    const address = ipv6OfWords(list, index * IPV6_WORDS);
    return { first: address, last: address };
  });
}

/**
 * The plan of targets that come while the scan runs.
 *
 * @throws {ConfigError} when a limit leaves this shard no target
 */
export function planStream(
  values: OrderValues,
  { name, ports, seed, stream }: {
    /** How the input is called in messages. */
    readonly name: string;
    readonly ports: Uint16Array;
    readonly seed: bigint;
    readonly stream: StreamSelection;
  },
): PlannedTargets {
  const mostTargets = limitOfShard(values);
  const whole = { ports, seed, shards: 1, shard: 0, maxTargets: null };
  const { ipv6, selection } = stream;
  const shared = {
    firstPosition: 0,
    endPosition: mostTargets ?? STREAM_CAPACITY * ports.length,
    mix: null,
    stream: {
      name,
      shards: values.shards,
      shard: values.shard,
      mostTargets,
      ipv6,
    },
  };
  if (ipv6 === null) {
    const order = planTargets({ ...values, ...whole }, {
      ports,
      seed,
      selection,
    });
    const ipv4 = { ...order, stream: makeStreamMemory({ words: 1, seed }) };
    return {
      order,
      positions: null,
      targets: { ...shared, ipv4, ipv6: null },
    };
  }
  const order = makeIpv6TargetPlan({ ...whole, addresses: selection.v6! });
  const plan = {
    ...order,
    reach: ipv6.reach,
    stream: makeStreamMemory({ words: 4, seed }),
  };
  return {
    order,
    positions: null,
    targets: { ...shared, ipv4: null, ipv6: plan },
  };
}

/** The part of `--max-targets` that this shard has; null without a limit. */
function limitOfShard(
  { maxTargets, shard, shards }: OrderValues,
): number | null {
  if (maxTargets === null) return null;
  const { amount } = maxTargets;
  const share = Math.floor(amount / shards) + (shard < amount % shards ? 1 : 0);
  if (share > 0) return share;
  throw new ConfigError(
    "--shards",
    `Cannot cut ${amount} targets into ${shards} shards: each needs at least one`,
    "Give fewer shards",
  );
}

/**
 * Checks that options fit targets that come while the scan runs.
 *
 * @throws {ConfigError} for the first that does not
 */
export function checkStream(
  values: Pick<
    OptionValues,
    "ipv4" | "ipv6" | "listOfIpsFile" | "maxTargets" | "stream" | "v6Window"
  >,
): void {
  if (!values.stream) return;
  if (values.listOfIpsFile === null) {
    throw new ConfigError(
      "--stream",
      "Needs --list-of-ips-file too",
      "Name what the targets are read from, for example -I - for standard input",
    );
  }
  if (values.ipv4 && values.ipv6) {
    throw new ConfigError(
      "--stream",
      "A stream has targets of one family",
      "Give -4 or -6, and start one scan for each family",
    );
  }
  if (values.v6Window !== null) {
    throw new ConfigError(
      "--v6-window",
      "Conflicts with --stream, which takes addresses and small prefixes",
      "Leave one of them out",
    );
  }
  if (values.maxTargets?.unit === "percent") {
    throw new ConfigError(
      "--max-targets",
      "A share needs a number of targets that is known, which a stream has not",
      "Give a number of targets",
    );
  }
}
