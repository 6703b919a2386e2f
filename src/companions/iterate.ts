import { getLogger } from "@logtape/logtape";
import { formatIpv6Words, IPV6_WORDS } from "../base/mod.ts";
import {
  checkSharding,
  checkWindow,
  chooseFamilies,
  EXIT_CODE,
  OPTIONS,
  type OptionValues,
  planScanTargets,
  readTargets,
  resolveHost,
} from "../cli/mod.ts";
import {
  type Ipv6TargetPlan,
  Ipv6TargetSpace,
  type TargetPlan,
  TargetSpace,
} from "../targets/mod.ts";
import { writeFully } from "./byte_lines.ts";
import {
  ALLOWLIST_OPTION,
  BLOCKLIST_OPTION,
  COMMON_OPTIONS,
  type CommonValues,
  type Companion,
  type CompanionArguments,
  IGNORE_ERRORS_OPTION,
  LOGGING_OPTIONS,
  type LoggingValues,
} from "./companion.ts";

const DOT = 0x2e;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const ZERO = 0x30;
/** Targets that are written at once. */
const BATCH = 16_384;
/** `255.255.255.255,65535` and its line feed. */
const MAX_LINE_BYTES = 22;

/** Options of `pacemap iterate`. */
export interface Values extends
  CommonValues,
  LoggingValues,
  Pick<
    OptionValues,
    | "targetPorts"
    | "allowlistFile"
    | "blocklistFile"
    | "ignoreBlocklistErrors"
    | "ipv4"
    | "ipv6"
    | "v6Window"
    | "v6Rule"
    | "maxTargets"
    | "seed"
    | "shards"
    | "shard"
  > {}

/** `pacemap iterate`, which prints targets in the order of a scan. */
export const ITERATE: Companion<Values> = {
  command: {
    name: "pacemap iterate",
    usage: "[OPTION]... [TARGET]...",
    options: {
      targetPorts: {
        ...OPTIONS.targetPorts,
        help: "Ports to print with each address: a list, ranges, or * for all",
      },
      allowlistFile: ALLOWLIST_OPTION,
      blocklistFile: BLOCKLIST_OPTION,
      ignoreBlocklistErrors: IGNORE_ERRORS_OPTION,
      ipv4: { ...OPTIONS.ipv4, help: "Print IPv4 addresses, as without -6" },
      ipv6: {
        ...OPTIONS.ipv6,
        help: "Print IPv6 addresses instead of those of IPv4",
      },
      v6Window: OPTIONS.v6Window,
      v6Rule: OPTIONS.v6Rule,
      maxTargets: OPTIONS.maxTargets,
      seed: OPTIONS.seed,
      shards: OPTIONS.shards,
      shard: OPTIONS.shard,
      ...LOGGING_OPTIONS,
      ...COMMON_OPTIONS,
    },
  },
  endsByItself: false,
  introduction:
    `Prints the targets that a scan would probe, in its order: an address a line, or
address,port with --target-ports. Nothing is blocked but by --blocklist-file.`,
  run,
};

async function run(
  { given, operands, values }: CompanionArguments<Values>,
): Promise<number> {
  checkSharding(given, values);
  checkWindow(given, values);
  const { allowlistFile, blocklistFile, targetPorts } = values;
  const logger = getLogger(["pacemap", "iterate"]);
  const seed = values.seed ??
    crypto.getRandomValues(new BigUint64Array(1))[0]!;
  const selection = await readTargets({
    targets: operands,
    allowlist: allowlistFile === null
      ? null
      : { option: "--allowlist-file", path: allowlistFile },
    blocklist: blocklistFile === null
      ? null
      : { option: "--blocklist-file", path: blocklistFile },
    addressList: null,
    lookup: {
      resolve: resolveHost,
      onSilence: (line) => logger.warn("{line}", { line }),
    },
    isLenient: values.ignoreBlocklistErrors,
    families: chooseFamilies(values),
    ipv6Hint: "; -6 prints IPv6",
    window: values.v6Window === null
      ? null
      : { length: values.v6Window, rule: values.v6Rule, seed },
  });
  for (const warning of selection.warnings) {
    logger.warn("{warning}", { warning });
  }
  const { targets: { ipv4, ipv6 } } = planScanTargets(values, {
    selection,
    ports: targetPorts ?? Uint16Array.of(0),
    seed,
  });
  const hasPorts = targetPorts !== null;
  const isDone = ipv6 !== null
    ? await printIpv6Targets(ipv6, hasPorts)
    : await printTargets(ipv4!, hasPorts);
  return isDone ? EXIT_CODE.done : EXIT_CODE.endedEarly;
}

/** As `printTargets`, of IPv6. */
async function printIpv6Targets(
  plan: Ipv6TargetPlan,
  hasPorts: boolean,
): Promise<boolean> {
  const space = new Ipv6TargetSpace(plan);
  const positions = new Float64Array(BATCH);
  const addresses = new Uint32Array(BATCH * IPV6_WORDS);
  const ports = new Uint32Array(BATCH);
  const encoder = new TextEncoder();
  for (let at = plan.firstPosition; at < plan.endPosition; at += BATCH) {
    const count = Math.min(BATCH, plan.endPosition - at);
    for (let i = 0; i < count; i++) positions[i] = at + i;
    space.locate(positions, count, addresses, ports);
    let text = "";
    for (let i = 0; i < count; i++) {
      text += formatIpv6Words(addresses, i * IPV6_WORDS);
      text += hasPorts ? `,${ports[i]}\n` : "\n";
    }
    if (!await writeFully(Deno.stdout, encoder.encode(text))) return false;
  }
  return true;
}

/** Prints all targets of a plan; false when nobody reads them any more. */
async function printTargets(
  plan: TargetPlan,
  hasPorts: boolean,
): Promise<boolean> {
  const space = new TargetSpace(plan);
  const target = new Uint32Array(2);
  const bytes = new Uint8Array(BATCH * MAX_LINE_BYTES);
  for (let at = plan.firstPosition; at < plan.endPosition; at += BATCH) {
    const end = Math.min(at + BATCH, plan.endPosition);
    let length = 0;
    for (let position = at; position < end; position++) {
      space.at(position, target);
      length = writeAddress(bytes, length, target[0]!);
      if (hasPorts) {
        bytes[length++] = COMMA;
        length = writeDecimal(bytes, length, target[1]!);
      }
      bytes[length++] = LINE_FEED;
    }
    if (!await writeFully(Deno.stdout, bytes.subarray(0, length))) return false;
  }
  return true;
}

function writeAddress(bytes: Uint8Array, at: number, address: number): number {
  at = writeDecimal(bytes, at, address >>> 24);
  bytes[at++] = DOT;
  at = writeDecimal(bytes, at, (address >>> 16) & 255);
  bytes[at++] = DOT;
  at = writeDecimal(bytes, at, (address >>> 8) & 255);
  bytes[at++] = DOT;
  return writeDecimal(bytes, at, address & 255);
}

/** Writes a number below 2^31; returns the offset behind it. */
function writeDecimal(bytes: Uint8Array, at: number, value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  for (let place = at + digits - 1; place >= at; place--) {
    const rest = (value / 10) | 0;
    bytes[place] = ZERO + value - rest * 10;
    value = rest;
  }
  return at + digits;
}
