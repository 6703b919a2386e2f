/**
 * Numbers with their units: all options that take packets, bits, bytes, seconds or a number of things go through these
 * parsers. A number without a unit counts packets per second, bits per second, bytes, seconds or things.
 *
 * @module
 */

/** Smallest and largest value that is allowed, and what the value is called in errors. */
export interface Limits {
  readonly what: string;
  readonly min: number;
  readonly max: number;
}

const NUMBER = "((?:0|[1-9][0-9]*)(?:\\.[0-9]+)?)";
const RATE = new RegExp(`^-?${NUMBER}([kmg]?)(?:pps|/s)?$`, "i");
const COUNT = new RegExp(`^-?${NUMBER}(?:e([+-]?[0-9]{1,2})|([kmg]?))$`, "i");
const BANDWIDTH = new RegExp(`^${NUMBER}([kmg]?)(?:b(?:it)?(?:/s|ps)?)?$`, "i");
const SIZE = new RegExp(`^${NUMBER}(?:([kmg])(i?b)?|b)?$`, "i");
const SECONDS = new RegExp(`^-?${NUMBER}$`);
const TIME_PART = new RegExp(`${NUMBER}(ms|s|min|m|h|d)`, "y");

const DECIMAL: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
};
const BINARY: Readonly<Record<string, number>> = {
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
};
const SECONDS_PER_UNIT: Readonly<Record<string, number>> = {
  d: 86_400,
  h: 3600,
  m: 60,
  min: 60,
  s: 1,
  ms: 0.001,
};

/** Well above 100 Gb/s of the smallest frames. */
const MAX_RATE_PPS = 1e9;
/** A packet every 1,000 seconds. */
const MIN_RATE_PPS = 0.001;
const MAX_BANDWIDTH_BPS = 1e12;

/** Reads packets per second, with a decimal suffix k, M or G; 0 means without limit. */
export function parseRate(text: string): number {
  const match = RATE.exec(text);
  if (match === null) {
    throw unparsed(`"${text}" as a number of packets per second`, text);
  }
  const rate = signed(text, multiply(match[1]!, DECIMAL[lower(match[2])]!));
  checkRange(text, rate, { what: "Rate", min: 0, max: MAX_RATE_PPS });
  if (rate > 0 && rate < MIN_RATE_PPS) {
    throw new RangeError(`Rate ${text} is below ${MIN_RATE_PPS}`);
  }
  return rate;
}

/** Reads packets per second, above 0. */
export function parsePositiveRate(text: string): number {
  const rate = parseRate(text);
  if (rate === 0) throw new RangeError(`Rate ${text} is below ${MIN_RATE_PPS}`);
  return rate;
}

/** Reads bits per second with a decimal suffix k, M or G; 0 is null, the same as not given. */
export function parseBandwidth(text: string): number | null {
  const match = BANDWIDTH.exec(text);
  if (match === null) throw unparsed(`bandwidth "${text}"`, text);
  if (/B(?:\/s|ps)?$/.test(text)) {
    throw new SyntaxError(
      `Cannot parse bandwidth "${text}": B stands for bytes, and bits are meant`,
    );
  }
  const bits = multiply(match[1]!, DECIMAL[lower(match[2])]!);
  if (bits > MAX_BANDWIDTH_BPS) {
    throw new RangeError(`Bandwidth ${text} is above 1000G`);
  }
  if (bits > 0 && bits < 1) {
    throw new RangeError(`Bandwidth ${text} is below 1 bit per second`);
  }
  return bits === 0 ? null : bits;
}

/** Reads a size in bytes: K, M, G, KiB, MiB and GiB count by 1,024; KB, MB and GB by 1,000. */
export function parseSize(text: string, limits: Limits): number {
  const match = SIZE.exec(text);
  if (match === null) throw unparsed(`size "${text}"`, text);
  const [, number = "", letter = "", end = ""] = match;
  const unit = letter === ""
    ? 1
    : (lower(end) === "b" ? DECIMAL : BINARY)[lower(letter)]!;
  const bytes = multiply(number, unit);
  if (!Number.isInteger(bytes)) {
    throw new RangeError(`${limits.what} ${text} is no whole number of bytes`);
  }
  if (bytes < limits.min || bytes > limits.max) {
    throw new RangeError(
      `${limits.what} ${text} is not from ${limits.min} to ${limits.max} bytes`,
    );
  }
  return bytes;
}

/**
 * Reads a time: a number of seconds, or numbers with the units d, h, m, s and ms, the larger ones first, as in 2h30m.
 *
 * @param limits in seconds
 * @returns seconds
 */
export function parseSeconds(text: string, limits: Limits): number {
  const match = SECONDS.exec(text);
  const seconds = match === null ? sumOfParts(text) : Number(text);
  return checkRange(text, seconds, limits);
}

/** Reads a whole number, with a decimal suffix k, M or G or an exponent where it is large. */
export function parseCount(text: string, limits: Limits): number {
  const count = parseAmount(text);
  if (!Number.isInteger(count)) {
    throw unparsed(`"${text}" as a whole number`, text);
  }
  return checkRange(text, count, limits);
}

/** What to say of a text that is no amount: which text, and what it should have been. */
interface Amount {
  readonly text: string;
  readonly what: string;
}

/** Reads a number that may have a fraction, and a suffix k, M or G or an exponent. */
export function parseAmount(
  text: string,
  asked: Amount = { text, what: "a whole number" },
): number {
  const match = COUNT.exec(text);
  if (match === null) {
    throw unparsed(`"${asked.text}" as ${asked.what}`, text);
  }
  const [, number = "", exponent, letter] = match;
  return signed(
    text,
    exponent === undefined
      ? multiply(number, DECIMAL[lower(letter)]!)
      : Number(`${number}e${exponent}`),
  );
}

function sumOfParts(text: string): number {
  let sum = 0;
  let smallest = Infinity;
  TIME_PART.lastIndex = 0;
  for (let at = 0; at < text.length;) {
    const [part = "", number = "", unit = ""] = TIME_PART.exec(text) ?? [];
    const seconds = SECONDS_PER_UNIT[unit];
    if (seconds === undefined || seconds >= smallest) {
      throw unparsed(`"${text}" as a time`, text);
    }
    sum += multiply(number, seconds);
    smallest = seconds;
    at += part.length;
  }
  if (smallest === Infinity) {
    throw unparsed(`"${text}" as a time`, text);
  }
  return sum;
}

const SEPARATED = /^[0-9]{1,3}(?:[,_' ][0-9]{3})+(?![0-9])/;

/** The error for a text that is no number with a unit, with what is meant where that can be told. */
function unparsed(what: string, text: string): SyntaxError {
  const together = text.replace(/[\s,_']/g, "");
  const hint = SEPARATED.test(text)
    ? `; digits stand together: ${together}`
    : /^[0-9.]+\s+[a-z]/i.test(text)
    ? `; a unit stands right behind its number: ${together}`
    : "";
  return new SyntaxError(`Cannot parse ${what}${hint}`);
}

/** Without the error that 1.1 · 1000 would have. */
function multiply(number: string, unit: number): number {
  const product = Number(number) * unit;
  const rounded = Math.round(product);
  return Math.abs(product - rounded) <= product * 1e-12 ? rounded : product;
}

function signed(text: string, value: number): number {
  return text.startsWith("-") ? -value : value;
}

function lower(text: string | undefined): string {
  return (text ?? "").toLowerCase();
}

function checkRange(
  text: string,
  value: number,
  { max, min, what }: Limits,
): number {
  if (value < min) throw new RangeError(`${what} ${text} is below ${min}`);
  if (value > max) throw new RangeError(`${what} ${text} is above ${max}`);
  return value;
}
