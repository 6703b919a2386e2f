import { parseIpv6 } from "../base/mod.ts";
import { JsonSource } from "../output/mod.ts";
import type { Ipv6WindowRule } from "../targets/mod.ts";
import { type Limits, parseAmount } from "./units.ts";

export type { Limits };

const WHOLE_NUMBER = /^-?(?:0|[1-9][0-9]*)$/;
const DECIMAL_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;
const MAC_ADDRESS = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i;
const MAX_PORT = 65535;
/** All addresses with all ports. */
const MAX_TARGETS = 2 ** 48;
const MAX_SEED = (1n << 64n) - 1n;
const MIN_SEED = -(1n << 63n);

/** `--max-targets`: a number of targets, or percent of all IPv4 addresses times the ports. */
export interface MaxTargets {
  readonly amount: number;
  readonly unit: "targets" | "percent";
}

/** An inclusive range of source ports. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Highest number of a processor that Linux can be built for. */
const MAX_PROCESSOR = 8191;

/** Reads a comma list of processor numbers. */
export function parseProcessors(text: string): readonly number[] {
  return text.split(",").map((part) =>
    parseWholeNumber(part, {
      what: "Processor",
      min: 0,
      max: MAX_PROCESSOR,
    })
  );
}

/** Reads a decimal whole number: no signs, spaces, leading zeros, exponents or other bases. */
export function parseWholeNumber(text: string, limits: Limits): number {
  if (!WHOLE_NUMBER.test(text)) {
    throw new SyntaxError(`Cannot parse "${text}" as a whole number`);
  }
  return checkLimits(text, limits);
}

/** Reads a decimal number, which may have a fraction. */
export function parseDecimalNumber(text: string, limits: Limits): number {
  if (!DECIMAL_NUMBER.test(text)) {
    throw new SyntaxError(`Cannot parse "${text}" as a number`);
  }
  return checkLimits(text, limits);
}

/** Reads a percentage, with or without its sign. */
export function parsePercent(text: string, limits: Limits): number {
  return parseDecimalNumber(text.replace(/%$/, ""), limits);
}

/**
 * Reads a number of targets or a percentage, cut to the most that there can be; null, no limit, for 0.
 * Fractions of a target are dropped.
 */
export function parseMaxTargets(text: string): MaxTargets | null {
  const isPercent = text.endsWith("%");
  const number = isPercent ? text.slice(0, -1) : text;
  const value = parseAmount(number, { text, what: "a number of targets" });
  if (value === 0) return null;
  const amount = isPercent
    ? Math.min(value, 100)
    : Math.min(Math.floor(value), MAX_TARGETS);
  if (amount < 0) throw new RangeError(`Number of targets ${text} is below 0`);
  if (amount === 0) {
    throw new RangeError(`Number of targets ${text} is below 1`);
  }
  return { amount, unit: isPercent ? "percent" : "targets" };
}

/** Reads a 64-bit seed; negative numbers stand for their two's complement. */
export function parseSeed(text: string): bigint {
  if (!WHOLE_NUMBER.test(text)) {
    throw new SyntaxError(`Cannot parse "${text}" as a whole number`);
  }
  const seed = BigInt(text);
  if (seed > MAX_SEED) {
    throw new RangeError(`Seed ${text} is above ${MAX_SEED}`);
  }
  if (seed < MIN_SEED) {
    throw new RangeError(`Seed ${text} is below ${MIN_SEED}`);
  }
  return BigInt.asUintN(64, seed);
}

/** Reads one source port, or a range `first-last`. */
export function parseSourcePorts(text: string): PortRange {
  const parts = text.split("-");
  if (parts.length > 2 || !parts.every((part) => WHOLE_NUMBER.test(part))) {
    throw new SyntaxError(`Cannot parse source port range "${text}"`);
  }
  const [first, last = first] = parts.map((part) =>
    checkLimits(part, { what: "Port", min: 0, max: MAX_PORT })
  );
  if (first! > last!) {
    throw new RangeError(
      `Cannot use source port range "${text}": first port is above last port`,
    );
  }
  return { first: first!, last: last! };
}

/** Reads an Ethernet address written as six pairs of hexadecimal digits between colons. */
export function parseMac(text: string): Uint8Array {
  if (!MAC_ADDRESS.test(text)) {
    throw new SyntaxError(`Cannot parse Ethernet address "${text}"`);
  }
  return Uint8Array.from(text.split(":"), (pair) => parseInt(pair, 16));
}

/** Reads names that are separated by commas, spaces or both. */
export function parseNames(text: string): readonly string[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== "");
  if (names.length === 0) {
    throw new SyntaxError(`Cannot find a name in "${text}"`);
  }
  return names;
}

/** Reads one of a few words. */
export function parseChoice<T extends string>(
  text: string,
  choices: readonly T[],
): T {
  const choice = choices.find((word) => word === text);
  if (choice === undefined) {
    throw new SyntaxError(`"${text}" is none of ${choices.join(", ")}`);
  }
  return choice;
}

const FIXED = "fixed:";

/** Reads what stands behind the bits of an IPv6 window: the last groups of an address, or a whole one. */
export function parseWindowRule(text: string): Ipv6WindowRule {
  if (text === "low" || text === "random") return { kind: text };
  const id = text.slice(FIXED.length);
  const interfaceId = parseIpv6(id) ?? parseIpv6(`::${id}`);
  if (text.startsWith(FIXED) && id !== "" && interfaceId !== null) {
    return { kind: "fixed", interfaceId };
  }
  throw new SyntaxError(`"${text}" is none of low, random and fixed:ID`);
}

/** Reads any JSON. */
export function parseJson(text: string): JsonSource {
  try {
    return JsonSource.parse(text);
  } catch (error) {
    throw new SyntaxError(`Cannot parse "${text}" as JSON`, { cause: error });
  }
}

/** Reads a path, which must not be empty. */
export function parsePath(text: string): string {
  if (text === "") throw new SyntaxError("Cannot use an empty path");
  if (text.includes("\0")) {
    throw new SyntaxError("Cannot use a path with a zero byte");
  }
  return text;
}

/** Reads `USER` or `USER:GROUP`; whether the machine knows them is found out later. */
export function parseUser(text: string): string {
  if (!/^[^:\s]+(?::[^:\s]+)?$/.test(text)) {
    throw new SyntaxError(`Cannot read user "${text}"`);
  }
  return text;
}

/** Writes an Ethernet address as `parseMac` reads it. */
export function formatMac(mac: Uint8Array): string {
  return Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join(
    ":",
  );
}

function checkLimits(text: string, { what, min, max }: Limits): number {
  const value = Number(text);
  if (value < min) throw new RangeError(`${what} ${text} is below ${min}`);
  if (value > max) throw new RangeError(`${what} ${text} is above ${max}`);
  return value;
}
