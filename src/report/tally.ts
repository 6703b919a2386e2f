import { formatIpv4 } from "../base/ipv4.ts";
import {
  formatIpv6,
  formatIpv6Words,
  IPV6_WORDS,
  type Ipv6Address,
} from "../base/ipv6.ts";
import { RecordFlag, type RecordHead } from "../shm/record_queue.ts";
import type { CountView } from "../page/view.ts";
import { MapLayer } from "../page/map_layer.ts";
import { SpaceSaving, TopCounters } from "./top_counts.ts";

/** Prefixes, ports and classes that are told. */
const TOLD = 20;
/** Counters for prefixes of IPv6. */
const IPV6_COUNTERS = 256;
/** Bytes of a /48. */
const IPV6_PREFIX_BYTES = 6;
const IPV4_BLOCK = 256;

/** What has most successes, as the view has it. */
export interface TopView {
  readonly prefixes: readonly CountView[];
  readonly ports: readonly CountView[];
  readonly classes: readonly CountView[];
}

/** Successes by /16 and by /24, in memory that several threads share. */
export interface AnsweredCounts {
  readonly coarse: Uint32Array;
  readonly fine: Uint32Array;
}

/**
 * Makes the memory: 64 MiB of addresses, of which the kernel gives as many pages as are written to: one for four /16
 * that are next to each other and have a success.
 */
export function makeAnsweredCounts(): AnsweredCounts {
  return {
    coarse: new Uint32Array(new SharedArrayBuffer(4 << 16)),
    fine: new Uint32Array(new SharedArrayBuffer(4 << 24)),
  };
}

/** The same as a layer of the map. */
export function answeredLayer({ coarse, fine }: AnsweredCounts): MapLayer {
  return new MapLayer(
    coarse,
    (block) => fine.subarray(block * IPV4_BLOCK, (block + 1) * IPV4_BLOCK),
  );
}

/** Counts where answers come from: by /16 and /24, by port and by class. Fed once per answer. */
export class Tally {
  /** Hosts that answered with success, by block. */
  readonly answered: AnsweredCounts;
  readonly #ports = new Uint32Array(1 << 16);
  readonly #classNames: readonly string[];
  readonly #classes: Float64Array;
  readonly #topPrefixes = new TopCounters(TOLD);
  readonly #ipv6 = new SpaceSaving<string>(IPV6_COUNTERS);

  /** @param classNames names of the classes of answers, by their index */
  constructor(classNames: readonly string[]) {
    this.#classNames = classNames;
    this.#classes = new Float64Array(classNames.length);
    this.answered = makeAnsweredCounts();
  }

  /**
   * Counts an answer, unless it repeats another one.
   *
   * @param at where its packet begins in `view`
   * @param length bytes of the packet; 0: it was handed over without
   */
  record(
    head: Readonly<RecordHead>,
    view: DataView,
    at: number,
    length: number,
  ): void {
    const { classIndex, flags, targetAddress, targetPort } = head;
    if ((flags & RecordFlag.repeat) !== 0) return;
    this.#classes[classIndex] = this.#classes[classIndex]! + 1;
    if ((flags & RecordFlag.success) === 0) return;
    this.#ports[targetPort] = this.#ports[targetPort]! + 1;
    if (length > 0 && view.getUint8(at) >>> 4 === 6) {
      this.#ipv6.add(prefixKey(view, at + targetAddress));
    } else if (length > 0 || (flags & RecordFlag.ipv6) === 0) {
      this.#addIpv4(targetAddress);
    }
  }

  /** Counts a host of IPv4 that has answered with success, as a file of results tells. */
  addHost(address: number, port: number | null): void {
    this.#addIpv4(address);
    if (port !== null) this.#ports[port] = this.#ports[port]! + 1;
  }

  /** Counts a /48 in which a host has answered with success, by its first address. */
  addIpv6(first: Ipv6Address): void {
    this.#ipv6.add(`${formatIpv6(first)}/48`);
  }

  /** What has most successes; counts of prefixes of IPv6 may be too high by 1/256 of all. */
  top(): TopView {
    const ipv4 = this.#topPrefixes.list().map(({ count, key }) => ({
      name: `${formatIpv4((key * IPV4_BLOCK) >>> 0)}/24`,
      count,
    }));
    const ipv6 = this.#ipv6.list().map(({ count, key }) => ({
      name: key,
      count,
    }));
    return {
      prefixes: mostOf([...ipv4, ...ipv6]),
      ports: mostOf(counted(this.#ports, String)),
      classes: mostOf(
        counted(this.#classes, (index) => this.#classNames[index]!),
      ),
    };
  }

  #addIpv4(address: number): void {
    const { coarse, fine } = this.answered;
    const block = address >>> 16;
    coarse[block] = coarse[block]! + 1;
    const count = fine[address >>> 8]! + 1;
    fine[address >>> 8] = count;
    this.#topPrefixes.grown(address >>> 8, count);
  }
}

/** The /48 of the address at `at`, as text. Made only for successes over IPv6. */
function prefixKey(view: DataView, at: number): string {
  const words = new Uint32Array(IPV6_WORDS);
  words[0] = view.getUint32(at);
  words[1] = view.getUint16(at + IPV6_PREFIX_BYTES - 2) << 16;
  return `${formatIpv6Words(words, 0)}/48`;
}

function counted(
  counts: ArrayLike<number>,
  nameOf: (index: number) => string,
): CountView[] {
  const list: CountView[] = [];
  for (let index = 0; index < counts.length; index++) {
    const count = counts[index]!;
    if (count > 0) list.push({ name: nameOf(index), count });
  }
  return list;
}

function mostOf(list: CountView[]): CountView[] {
  return list.sort((a, b) => b.count - a.count).slice(0, TOLD);
}
