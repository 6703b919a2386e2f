import {
  type AddressRange,
  parsePorts,
  parsePrefix,
  prefixRange,
  SPECIAL_PURPOSE_BLOCKS,
} from "../../src/targets/mod.ts";
import { startHere } from "./dry_run.ts";

/** Bytes of a target that a fast dry run writes: address and port. */
const RECORD_BYTES = 6;
const READ_BYTES = 1 << 20;

/** Options of ZMap's own coverage tests, whose seed is 2; with them there is no network to be found. */
export const COVERAGE_OPTIONS: readonly string[] = [
  ...["-c", "0", "--batch", "256", "-B", "200G", "-X", "-S", "192.0.2.5"],
];

/** Which targets there are to be. */
export interface CoverageOptions {
  /** All addresses lie in here. */
  readonly prefix: string;
  /** As `--target-ports` takes them. */
  readonly ports: string;
}

/** How what was written compares to what had to be. */
export interface CoverageResult {
  /** Different targets that were written. */
  readonly targets: number;
  /** Targets that had been written before. */
  readonly duplicates: number;
  /** Targets that had to be left out: outside of the prefix or the ports, or in the built-in blocklist. */
  readonly strays: number;
  /** Targets that were not written. */
  readonly missing: number;
}

/**
 * Notes each target that fast dry runs write in a bitmap for each port, and compares it to a prefix less the
 * built-in blocklist, which is worked out here without the program's own sets.
 */
export class CoverageMap {
  readonly #first: number;
  readonly #count: number;
  readonly #bitmaps: readonly Uint32Array[];
  /** Index of the bitmap of each port; -1 without one. */
  readonly #mapOfPort = new Int8Array(65_536).fill(-1);
  /** Addresses of the prefix that are not blocked. */
  readonly #wanted: number;
  #targets = 0;
  #duplicates = 0;
  #strays = 0;

  constructor({ ports, prefix }: CoverageOptions) {
    const { first, last } = prefixRange(parsePrefix(prefix));
    this.#first = first;
    this.#count = last - first + 1;
    const numbers = parsePorts(ports);
    numbers.forEach((port, index) => this.#mapOfPort[port] = index);
    this.#bitmaps = Array.from(
      numbers,
      () => new Uint32Array(Math.ceil(this.#count / 32)),
    );
    const blocked = blockedRanges({ first, last })
      .reduce((sum, range) => sum + range.last - range.first + 1, 0);
    this.#wanted = this.#count - blocked;
  }

  /** Runs a fast dry run with these arguments and takes note of its targets. Returns the seconds that it took. */
  async run(args: readonly string[]): Promise<number> {
    const startMs = performance.now();
    const child = startHere(["--fast-dryrun", "-q", ...args]);
    const errors = new Response(child.stderr).text();
    await this.#readAll(child.stdout);
    const { code } = await child.status;
    if (code !== 0) throw new Error(await errors);
    await errors;
    return (performance.now() - startMs) / 1000;
  }

  /** How all runs together compare. */
  get result(): CoverageResult {
    return {
      targets: this.#targets,
      duplicates: this.#duplicates,
      strays: this.#strays,
      missing: this.#wanted * this.#bitmaps.length - this.#targets,
    };
  }

  async #readAll(stream: ReadableStream<Uint8Array>): Promise<void> {
    const reader = stream.getReader({ mode: "byob" });
    let bytes = new Uint8Array(READ_BYTES);
    // What is left of a record lies at the start of the buffer.
    for (let filled = 0;;) {
      const { done, value } = await reader.read(bytes.subarray(filled));
      if (done) return;
      bytes = new Uint8Array(value.buffer);
      const end = filled + value.length;
      const whole = end - end % RECORD_BYTES;
      this.#add(bytes, whole);
      bytes.copyWithin(0, whole, end);
      filled = end - whole;
    }
  }

  #add(bytes: Uint8Array, end: number): void {
    const first = this.#first;
    const count = this.#count;
    const mapOfPort = this.#mapOfPort;
    const bitmaps = this.#bitmaps;
    for (let at = 0; at < end; at += RECORD_BYTES) {
      const address = ((bytes[at]! << 24) | (bytes[at + 1]! << 16) |
        (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
      const map = mapOfPort[(bytes[at + 4]! << 8) | bytes[at + 5]!]!;
      const index = address - first;
      if (map < 0 || index < 0 || index >= count) {
        this.#strays++;
        continue;
      }
      const bitmap = bitmaps[map]!;
      const bit = 1 << (index & 31);
      const word = bitmap[index >>> 5]!;
      if ((word & bit) !== 0) this.#duplicates++;
      else if (isBlocked(address)) this.#strays++;
      else this.#targets++;
      bitmap[index >>> 5] = word | bit;
    }
  }
}

const BLOCKED: readonly AddressRange[] = SPECIAL_PURPOSE_BLOCKS
  .map(({ prefix }) => prefixRange(parsePrefix(prefix)))
  .toSorted((a, b) => a.first - b.first);

/** What is blocked of each /8; null where nothing is, as in most. */
const BLOCKED_OF: readonly (readonly AddressRange[] | null)[] = Array.from(
  { length: 256 },
  (_, octet) => {
    const first = octet * 2 ** 24;
    const ranges = blockedRanges({ first, last: first + 2 ** 24 - 1 });
    return ranges.length === 0 ? null : ranges;
  },
);

function isBlocked(address: number): boolean {
  const ranges = BLOCKED_OF[address >>> 24]!;
  return ranges !== null &&
    ranges.some(({ first, last }) => first <= address && address <= last);
}

/** What is blocked of a range, without overlaps, in order. */
function blockedRanges(within: AddressRange): AddressRange[] {
  const ranges: AddressRange[] = [];
  let next = within.first;
  for (const range of BLOCKED) {
    const first = Math.max(range.first, next);
    const last = Math.min(range.last, within.last);
    if (first > last) continue;
    ranges.push({ first, last });
    next = last + 1;
  }
  return ranges;
}
