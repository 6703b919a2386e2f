// HOT PATH
/**
 * What tells rows apart: address, port and classification of a target, or the whole row where these are not known. Keys
 * are words, so that rows are compared without reading them again: family, four words of the address (IPv4 in the
 * first), port, and the number of the classification; of a whole row its first bytes.
 */
import { parseIpv6Words } from "../../base/ipv6.ts";

/** Words of a key. */
export const KEY_WORDS = 7;
const PORT_WORD = 5;
const CLASS_WORD = 6;
/** Behind all ports. */
const NO_PORT = 0x1_0000;

const COMMA = 44;
const QUOTE = 34;
const ZERO = 48;
const DOT = 46;
/** Classifications at most: a probe has a handful. */
const MOST_CLASSES = 1024;
const DECODER = new TextDecoder();
const ENCODER = new TextEncoder();

/** Indexes of the columns of the key. */
export interface KeyColumns {
  readonly address: number;
  /** -1: probes have no port. */
  readonly port: number;
  readonly classification: number;
  /** Fields of a row. */
  readonly count: number;
}

/** Reads keys of rows of one format, and compares them. */
export interface RowKeys {
  /** Whether a row with this key is the same as another only if all its bytes are. */
  isWholeRow(words: Uint32Array, at: number): boolean;
  /** Stores the key of a row in `words` from `at`; returns what is wrong with the row, or an empty string. */
  read(
    bytes: Uint8Array,
    start: number,
    end: number,
    words: Uint32Array,
    at: number,
  ): string;
  /** Compares two keys: below 0 when the first comes first. */
  compare(a: Uint32Array, aAt: number, b: Uint32Array, bAt: number): number;
}

/** Keys of whole rows, in the order of their bytes. */
export const WHOLE_ROWS: RowKeys = {
  isWholeRow: () => true,
  read: (bytes, start, end, words, at) => {
    if (start === end) return "is empty";
    for (let word = 0; word < KEY_WORDS; word++) {
      let value = 0;
      for (let i = 0; i < 4; i++) {
        const from = start + 4 * word + i;
        value = value << 8 | (from < end ? bytes[from]! : 0);
      }
      words[at + word] = value;
    }
    return "";
  },
  compare: (a, aAt, b, bAt) => {
    for (let word = 0; word < KEY_WORDS; word++) {
      const difference = a[aAt + word]! - b[bAt + word]!;
      if (difference !== 0) return difference;
    }
    return 0;
  },
};

/** Compares the bytes of two rows: below 0 when the first comes first. */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const most = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < most; i++) {
    const difference = a[aStart + i]! - b[bStart + i]!;
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}

/** Classifications by number; numbers follow no order, names do. */
class Classifications {
  readonly names: string[] = [];
  readonly #bytes: Uint8Array[] = [];

  /** The number of a classification, or -1 when there are too many. */
  numberOf(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    search: for (let id = 0; id < this.#bytes.length; id++) {
      const name = this.#bytes[id]!;
      if (name.length !== length) continue;
      for (let i = 0; i < length; i++) {
        if (name[i] !== bytes[start + i]) continue search;
      }
      return id;
    }
    if (this.names.length === MOST_CLASSES) return -1;
    this.#bytes.push(bytes.slice(start, end));
    return this.names.push(DECODER.decode(bytes.slice(start, end))) - 1;
  }
}

/** Keys of targets in the order of the addresses, IPv4 first, then of ports and names of classifications. */
abstract class TargetKeys implements RowKeys {
  protected readonly classes: Classifications = new Classifications();

  abstract read(
    bytes: Uint8Array,
    start: number,
    end: number,
    words: Uint32Array,
    at: number,
  ): string;

  /** Errors of routers tell no port, and may have the router's address: which target they are about is not known. */
  isWholeRow(words: Uint32Array, at: number): boolean {
    return words[at + PORT_WORD] === NO_PORT;
  }

  compare(a: Uint32Array, aAt: number, b: Uint32Array, bAt: number): number {
    for (let word = 0; word < CLASS_WORD; word++) {
      const difference = a[aAt + word]! - b[bAt + word]!;
      if (difference !== 0) return difference;
    }
    const [one, other] = [a[aAt + CLASS_WORD]!, b[bAt + CLASS_WORD]!];
    if (one === other) return 0;
    return this.classes.names[one]! < this.classes.names[other]! ? -1 : 1;
  }

  protected store(
    words: Uint32Array,
    at: number,
    port: number,
    classId: number,
  ): string {
    if (port < 0) return "has no port where one belongs";
    if (classId < 0) return `has classification ${MOST_CLASSES + 1}`;
    words[at + PORT_WORD] = port;
    words[at + CLASS_WORD] = classId;
    return "";
  }
}

/** Keys of rows in CSV. */
export class CsvKeys extends TargetKeys {
  readonly #columns: KeyColumns;
  /** Where each field of the present row begins and ends. */
  readonly #bounds: Uint32Array;

  constructor(columns: KeyColumns) {
    super();
    this.#columns = columns;
    this.#bounds = new Uint32Array(2 * columns.count);
  }

  override read(
    bytes: Uint8Array,
    start: number,
    end: number,
    words: Uint32Array,
    at: number,
  ): string {
    const { address, classification, count, port } = this.#columns;
    const found = splitFields(bytes, start, end, this.#bounds);
    if (found !== count) return `has ${found} fields instead of ${count}`;
    const bounds = this.#bounds;
    const [first, last] = [bounds[2 * address]!, bounds[2 * address + 1]!];
    if (!storeAddress(bytes, first, last, words, at)) {
      const text = DECODER.decode(bytes.slice(first, last)).slice(0, 60);
      return `has ${JSON.stringify(text)} where an address belongs`;
    }
    const classId = this.classes.numberOf(
      bytes,
      bounds[2 * classification]!,
      bounds[2 * classification + 1]!,
    );
    const number = port < 0
      ? 0
      : readPort(bytes, bounds[2 * port]!, bounds[2 * port + 1]!);
    return this.store(words, at, number, classId);
  }
}

/** Keys of rows that are JSON objects. */
export class JsonKeys extends TargetKeys {
  readonly #hasPort: boolean;
  readonly #address: string;

  /** @param address name of the column with the address of the target */
  constructor(address: string, hasPort: boolean) {
    super();
    this.#address = address;
    this.#hasPort = hasPort;
  }

  override read(
    bytes: Uint8Array,
    start: number,
    end: number,
    words: Uint32Array,
    at: number,
  ): string {
    const row = parseObject(bytes, start, end);
    if (row === null) return "is no JSON object";
    const { classification, sport } = row;
    const address = ENCODER.encode(String(row[this.#address]));
    if (!storeAddress(address, 0, address.length, words, at)) {
      return `has no "${this.#address}" that is an address`;
    }
    if (typeof classification !== "string") return 'has no "classification"';
    const name = ENCODER.encode(classification);
    const port = this.#hasPort ? portOf(sport) : 0;
    return this.store(
      words,
      at,
      port,
      this.classes.numberOf(name, 0, name.length),
    );
  }
}

function portOf(value: unknown): number {
  if (value === null || value === undefined) return NO_PORT;
  const port = Number(value);
  return Number.isInteger(port) && port >= 0 && port <= 0xffff ? port : -1;
}

/** The object of a row; null: it is none. */
export function parseObject(
  bytes: Uint8Array,
  start: number,
  end: number,
): Readonly<Record<string, unknown>> | null {
  try {
    const value = JSON.parse(DECODER.decode(bytes.subarray(start, end)));
    return typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * Finds the fields of a row in CSV, without their quotes; returns how many there are, or one more than there is room for
 * when there are more.
 */
export function splitFields(
  bytes: Uint8Array,
  start: number,
  end: number,
  bounds: Uint32Array,
): number {
  const most = bounds.length / 2;
  let fields = 0;
  let at = start;
  for (;;) {
    if (fields === most) return most + 1;
    const isQuoted = at < end && bytes[at] === QUOTE;
    if (isQuoted) at++;
    const first = at;
    if (isQuoted) {
      while (at < end && (bytes[at] !== QUOTE || bytes[at + 1] === QUOTE)) {
        at += bytes[at] === QUOTE ? 2 : 1;
      }
    } else while (at < end && bytes[at] !== COMMA) at++;
    bounds[2 * fields] = first;
    bounds[2 * fields + 1] = Math.min(at, end);
    fields++;
    if (isQuoted) { while (at < end && bytes[at] !== COMMA) at++; }
    if (at >= end) return fields;
    at++;
  }
}

/** Stores family and address; false: it is none. */
function storeAddress(
  bytes: Uint8Array,
  start: number,
  end: number,
  words: Uint32Array,
  at: number,
): boolean {
  words.fill(0, at, at + CLASS_WORD - 1);
  let address = 0;
  let part = -1;
  let parts = 0;
  for (let i = start; i <= end; i++) {
    const byte = i === end ? DOT : bytes[i]!;
    if (byte === DOT) {
      if (part < 0 || part > 255 || ++parts > 4) return false;
      address = (address << 8 | part) >>> 0;
      part = -1;
      continue;
    }
    const digit = byte - ZERO;
    if (digit < 0 || digit > 9) {
      return storeIpv6(bytes, start, end, words, at);
    }
    part = part < 0 ? digit : part * 10 + digit;
    if (part > 0xffff) return storeIpv6(bytes, start, end, words, at);
  }
  if (parts !== 4) return false;
  words[at] = 4;
  words[at + 1] = address;
  return true;
}

function storeIpv6(
  bytes: Uint8Array,
  start: number,
  end: number,
  words: Uint32Array,
  at: number,
): boolean {
  words[at] = 6;
  const text = DECODER.decode(bytes.subarray(start, end));
  return parseIpv6Words(text, words, at + 1);
}

/** A port, or -1 for what is none. */
function readPort(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return NO_PORT;
  if (end - start > 5) return -1;
  let port = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    port = port * 10 + digit;
  }
  return port > 0xffff ? -1 : port;
}
