import { formatIpv6Words, IPV6_WORDS } from "../base/mod.ts";
import type { ScanTargets } from "../scan/mod.ts";
import {
  findMixedRun,
  Ipv6TargetSpace,
  type MixedRun,
  TargetSpace,
} from "../targets/mod.ts";

const DOT = 0x2e;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const ZERO = 0x30;
/** Targets whose lines are made at once. */
const BATCH = 16_384;
/** The longest address of 39 characters, `,65535` and a line feed. */
const MAX_LINE_BYTES = 46;

/** Targets as lines of text: an address, or address and port. */
export class TargetLines {
  readonly #targets: ScanTargets;
  readonly #hasPorts: boolean;
  readonly #ipv4: TargetSpace | null;
  readonly #ipv6: Ipv6TargetSpace | null;
  readonly #target = new Uint32Array(2);
  readonly #positions = new Float64Array(BATCH);
  readonly #addresses = new Uint32Array(BATCH * IPV6_WORDS);
  readonly #ports = new Uint32Array(BATCH);
  readonly #encoder = new TextEncoder();
  readonly #bytes = new Uint8Array(BATCH * MAX_LINE_BYTES);
  #length = 0;

  constructor(targets: ScanTargets, hasPorts: boolean) {
    const { ipv4, ipv6 } = targets;
    this.#targets = targets;
    this.#hasPorts = hasPorts;
    this.#ipv4 = ipv4 === null ? null : new TargetSpace(ipv4);
    this.#ipv6 = ipv6 === null ? null : new Ipv6TargetSpace(ipv6);
  }

  /** Makes the lines of the targets from `position` on; returns the position behind the last, at most `end`. */
  fill(position: number, end: number): number {
    const stop = Math.min(end, position + BATCH);
    const run: MixedRun = { family: 4, first: 0, length: 0 };
    for (let at = position; at < stop;) {
      this.#findRun(at, run);
      const count = Math.min(run.length, stop - at);
      if (run.family === 4) this.#addIpv4(run.first, count);
      else this.#addIpv6(run.first, count);
      at += count;
    }
    return stop;
  }

  /** The lines that were made; valid until the next are. */
  take(): Uint8Array {
    const lines = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return lines;
  }

  #findRun(position: number, run: MixedRun): void {
    const { ipv4, mix } = this.#targets;
    if (mix !== null) return findMixedRun(mix, position, run);
    run.family = ipv4 === null ? 6 : 4;
    run.first = position;
    run.length = Infinity;
  }

  #addIpv4(first: number, count: number): void {
    const bytes = this.#bytes;
    const target = this.#target;
    let length = this.#length;
    for (let position = first; position < first + count; position++) {
      this.#ipv4!.at(position, target);
      length = writeAddress(bytes, length, target[0]!);
      if (this.#hasPorts) {
        bytes[length++] = COMMA;
        length = writeDecimal(bytes, length, target[1]!);
      }
      bytes[length++] = LINE_FEED;
    }
    this.#length = length;
  }

  #addIpv6(first: number, count: number): void {
    const positions = this.#positions;
    for (let i = 0; i < count; i++) positions[i] = first + i;
    this.#ipv6!.locate(positions, count, this.#addresses, this.#ports);
    let text = "";
    for (let i = 0; i < count; i++) {
      text += formatIpv6Words(this.#addresses, i * IPV6_WORDS);
      text += this.#hasPorts ? `,${this.#ports[i]}\n` : "\n";
    }
    const free = this.#bytes.subarray(this.#length);
    this.#length += this.#encoder.encodeInto(text, free).written;
  }
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
