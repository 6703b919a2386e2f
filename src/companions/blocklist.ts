import { getLogger, type Logger } from "@logtape/logtape";
import {
  ConfigError,
  formatIpv6,
  type Ipv4Address,
  type Ipv6Address,
} from "../base/mod.ts";
import {
  EXIT_CODE,
  flag,
  type OptionValues,
  readSelection,
  reserveStandardInput,
  resolveHost,
} from "../cli/mod.ts";
import { TargetSet } from "../receive/target_set.ts";
import {
  type AddressRange,
  type AddressSet,
  allAddresses,
  contains,
  countWithin,
  type Ipv6Network,
  subtract,
} from "../targets/mod.ts";
import {
  type ByteSource,
  eachLine,
  readLines,
  writeFully,
} from "./byte_lines.ts";
import {
  ALLOWLIST_OPTION,
  BLOCKLIST_OPTION,
  COMMON_OPTIONS,
  type CommonValues,
  type Companion,
  IGNORE_ERRORS_OPTION,
  LOGGING_OPTIONS,
  type LoggingValues,
} from "./companion.ts";
import { Ipv6Filter } from "./ipv6_cover.ts";
import { Ipv6Seen } from "./ipv6_seen.ts";
import { addressAt, NO_ADDRESS, rangeOf } from "./line_entry.ts";

/** Options of `pacemap blocklist`. */
export interface Values extends CommonValues, LoggingValues {
  readonly allowlistFile: OptionValues["allowlistFile"];
  readonly blocklistFile: OptionValues["blocklistFile"];
  readonly noDuplicateChecking: boolean;
  readonly ignoreBlocklistErrors: boolean;
  readonly ignoreInputErrors: boolean;
}

/** `pacemap blocklist`, a filter for lists of addresses. */
export const BLOCKLIST: Companion<Values> = {
  command: {
    name: "pacemap blocklist",
    usage: "[OPTION]... < LINES > LINES",
    options: {
      allowlistFile: {
        ...ALLOWLIST_OPTION,
        help:
          "Keep only what is in these addresses, prefixes, ranges and hosts, one per line",
      },
      blocklistFile: BLOCKLIST_OPTION,
      ignoreBlocklistErrors: IGNORE_ERRORS_OPTION,
      noDuplicateChecking: flag({
        long: "no-duplicate-checking",
        group: "output",
        help: "Keep addresses that have come before",
      }),
      ignoreInputErrors: flag({
        long: "ignore-input-errors",
        group: "output",
        help: "Leave out lines that begin with no address",
      }),
      ...LOGGING_OPTIONS,
      ...COMMON_OPTIONS,
    },
  },
  endsByItself: false,
  introduction:
    `Reads lines that begin with an address of IPv4 or IPv6, and prints those that
are in the allowlist and not in the blocklist, each address once. What follows a
comma, a blank or a # is kept. A line of a prefix or a range is printed if all
of it is allowed. Lines that begin with nothing of these are printed, too.`,
  examples: [
    "pacemap blocklist -b blocked.txt < addresses.txt > allowed.txt",
    "pacemap iterate 192.0.2.0/24 | pacemap blocklist -w networks.txt",
  ],
  run,
};

async function run(
  { operands, values }: { values: Values; operands: readonly string[] },
): Promise<number> {
  const { allowlistFile, blocklistFile } = values;
  if (allowlistFile === null && blocklistFile === null) {
    throw new ConfigError(
      "--blocklist-file",
      "There is neither an allowlist nor a blocklist",
      "Give one of them: -b FILE or -w FILE",
    );
  }
  if (operands.length > 0) {
    throw new ConfigError(
      "command line",
      `No use for "${operands[0]}"`,
      "Addresses come from standard input",
    );
  }
  const logger = getLogger(["pacemap", "blocklist"]);
  reserveStandardInput("the filter");
  const { ipv6, selection, warnings } = await readSelection({
    targets: [],
    allowlist: named("--allowlist-file", allowlistFile),
    blocklist: named("--blocklist-file", blocklistFile),
    addressList: null,
    lookup: {
      resolve: resolveHost,
      onSilence: (line) => logger.warn("{line}", { line }),
    },
    isLenient: values.ignoreBlocklistErrors,
    families: { ipv4: true, ipv6: true },
  });
  for (const warning of warnings) logger.warn("{warning}", { warning });
  const filter = new LineFilter({
    allowed: subtract(selection.allowed ?? allAddresses(), selection.blocked),
    allowed6: new Ipv6Filter(ipv6!.allowed, ipv6!.blocked),
    hasRepeats: values.noDuplicateChecking,
    keepsOthers: !values.ignoreInputErrors,
    logger,
  });
  return await filter.run(Deno.stdin, Deno.stdout)
    ? EXIT_CODE.done
    : EXIT_CODE.endedEarly;
}

function named(
  option: string,
  path: string | null,
): { option: string; path: string } | null {
  return path === null ? null : { option, path };
}

/** What the filter goes by. */
interface LineFilterParts {
  readonly allowed: AddressSet;
  readonly allowed6: Ipv6Filter;
  /** Whether an address may be printed again. */
  readonly hasRepeats: boolean;
  /** Whether lines without an address are printed. */
  readonly keepsOthers: boolean;
  readonly logger: Logger;
}

/** Takes lines in and hands on those whose address is allowed. */
class LineFilter {
  readonly #parts: LineFilterParts;
  readonly #printed: TargetSet;
  readonly #printed6: Ipv6Seen;
  /** Addresses of IPv6 that name an interface, as they were written out. */
  readonly #printedZoned = new Set<string>();

  constructor(parts: LineFilterParts) {
    this.#parts = parts;
    const [salt = 0] = crypto.getRandomValues(new Uint32Array(1));
    this.#printed = new TargetSet(false, salt);
    this.#printed6 = new Ipv6Seen(salt);
  }

  /** Filters all of `source`; false when nobody reads `sink` any more. */
  async run(
    source: ByteSource,
    sink: { write(bytes: Uint8Array): Promise<number> },
  ): Promise<boolean> {
    let isRead = true;
    await readLines(source, async (bytes, end) => {
      if (!isRead) return;
      let kept = 0;
      // What is kept moves to the front: it is never longer than what was read.
      eachLine(bytes, end, (from, to) => {
        if (!this.#isKept(bytes, from, to)) return;
        bytes.copyWithin(kept, from, to);
        kept += to - from;
      });
      isRead = await writeFully(sink, bytes.subarray(0, kept));
    });
    return isRead;
  }

  #isKept(bytes: Uint8Array, from: number, to: number): boolean {
    const address = addressAt(bytes, from, to);
    if (address !== NO_ADDRESS) return this.#isAddressKept(address);
    const line = new TextDecoder().decode(bytes.subarray(from, to)).trimEnd();
    const range = rangeOf(line);
    if (range === null) {
      this.#parts.logger.warn("Not an address: {line}", { line });
      return this.#parts.keepsOthers;
    }
    return "ipv4" in range
      ? this.#isRangeKept(range.ipv4, line)
      : this.#isIpv6Kept(range.ipv6, line);
  }

  #isRangeKept(range: AddressRange, line: string): boolean {
    const { first, last } = range;
    if (first === last) return this.#isAddressKept(first);
    const allowed = countWithin(this.#parts.allowed, range);
    if (allowed > 0 && allowed <= last - first) this.#warnOfPart(line);
    return allowed === last - first + 1;
  }

  #isIpv6Kept({ range, zone }: Ipv6Network, line: string): boolean {
    const { allowed6, hasRepeats } = this.#parts;
    const part = allowed6.partOf(range);
    if (part === "some") this.#warnOfPart(line);
    if (part !== "all") return false;
    const { first, last } = range;
    if (first !== last) return true;
    return this.#isNew6(first, zone) || hasRepeats;
  }

  /** Whether an address has not been printed; the same address of another link is another one. */
  #isNew6(address: Ipv6Address, zone: string | null): boolean {
    if (zone === null) return this.#printed6.add(address);
    const text = `${formatIpv6(address)}%${zone}`;
    const isNew = !this.#printedZoned.has(text);
    this.#printedZoned.add(text);
    return isNew;
  }

  #warnOfPart(line: string): void {
    const text = "Left out, since a part is blocked: {line}";
    this.#parts.logger.warn(text, { line });
  }

  #isAddressKept(address: Ipv4Address): boolean {
    const { allowed, hasRepeats } = this.#parts;
    return contains(allowed, address) &&
      (this.#printed.add(address, 0) || hasRepeats);
  }
}
