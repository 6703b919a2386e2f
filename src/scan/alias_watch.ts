import { IPV6_WORDS, ipv6OfWords } from "../base/mod.ts";
import type { AliasCounts } from "../monitor/mod.ts";
import {
  ALIAS_CHILDREN,
  ALIAS_PREFIX_BITS,
  AliasAddresses,
  type AliasTable,
  type Response,
} from "../probe/mod.ts";
import type { RecordHead } from "../shm/mod.ts";
import {
  countIpv6Within,
  indexInIpv6List,
  ipv6PrefixRange,
  type Ipv6Range,
  ipv6RangesContain,
  type Ipv6TargetPlan,
} from "../targets/mod.ts";
import { IPV6_SOURCE } from "../wire/mod.ts";
import {
  type AliasTest,
  AliasTests,
  type AliasVerdict,
} from "./alias_tests.ts";
import type { AliasConfig } from "./config.ts";
import { type HeldRow, HeldRows } from "./held_rows.ts";
import type { SenderMemory } from "./scan_memory.ts";

/** Memory for responses that wait for the verdict on their prefix: some 80,000 SYN-ACKs. */
const MOST_HELD_BYTES = 48 * 2 ** 20;
/**
 * Prefixes that are tested: one for so many targets, within bounds. So at most a quarter more probes are sent, or
 * 16,384 where that is more.
 */
const TARGETS_PER_PREFIX = 64;
const LEAST_PREFIXES = 1024;
const MOST_PREFIXES = 65_536;
/** How long after the last probe to a target a success may still begin a test. */
const GRACE_S = 1;
const HOST_BITS = BigInt(128 - ALIAS_PREFIX_BITS);

/** What the watch works with. */
export interface AliasWatchParts {
  readonly config: AliasConfig;
  readonly plan: Ipv6TargetPlan;
  /** Null: nothing is tested. */
  readonly table: AliasTable | null;
  readonly senders: readonly SenderMemory[];
  /** Addresses that cannot be reached unless they are targets: hosts on the link have to be asked for first. */
  readonly onLink: readonly Ipv6Range[];
  /** How long the answer to a probe is waited for. */
  readonly waitS: number;
  /**
   * Memory for responses that wait for the verdict on their prefix.
   *
   * @default {48 MiB}
   */
  readonly mostHeldBytes?: number;
}

/** How many prefixes a scan of so many targets tests at most. */
export function aliasPrefixes(targetCount: number): number {
  const wanted = Math.ceil(targetCount / TARGETS_PER_PREFIX);
  return Math.min(Math.max(wanted, LEAST_PREFIXES), MOST_PREFIXES);
}

/**
 * Finds prefixes of which every address answers. One is tested when it has had a success and may have several: it has
 * several targets, or the scan is one of windows, each of which has one target. Its rows wait for the verdict.
 */
export class AliasWatch {
  readonly #parts: AliasWatchParts;
  readonly #tests: AliasTests | null;
  readonly #addresses: AliasAddresses;
  /** The tests, by the upper 64 bits of their prefixes. */
  readonly #byPrefix = new Map<bigint, AliasTest>();
  readonly #held: HeldRows<AliasTest>;
  readonly #hasWindows: boolean;
  readonly #words = new Uint32Array(IPV6_WORDS);
  #sentS = Infinity;
  #unfit = 0;
  #unheld = 0;
  #dropped = 0;

  constructor(parts: AliasWatchParts) {
    const { mostHeldBytes = MOST_HELD_BYTES, plan, table } = parts;
    this.#parts = parts;
    this.#held = new HeldRows(mostHeldBytes);
    this.#tests = table === null ? null : new AliasTests({
      ...{ ...parts, table },
      capacity: aliasPrefixes(plan.endPosition - plan.firstPosition),
    });
    this.#addresses = new AliasAddresses(plan.seed);
    this.#hasWindows = plan.addresses.parts.some(({ kind }) =>
      kind === "windows"
    );
  }

  /** Responses wait, or are to be taken. */
  get isEmpty(): boolean {
    return this.#held.isEmpty;
  }

  /** What became of prefixes and their rows so far. */
  get counts(): AliasCounts {
    const tests = this.#tests?.all ?? [];
    const count = (verdict: AliasVerdict): number =>
      tests.filter((test) => test.verdict === verdict).length;
    return {
      tested: tests.length,
      aliased: count(true),
      undecided: count(null) + count(undefined),
      unfit: this.#unfit,
      unheld: this.#unheld,
      dropped: this.#dropped,
    };
  }

  /**
   * Whether the prefix of a response is aliased; undefined: it has to wait. A success may begin the test of its prefix.
   */
  verdictOf(response: Response): AliasVerdict {
    const { config } = this.#parts;
    const at = response.at + response.targetAddress;
    const prefix = response.view.getBigUint64(at);
    if (config.known.length > 0) {
      const low = response.view.getBigUint64(at + 8);
      if (ipv6RangesContain(config.known, prefix << HOST_BITS | low)) {
        return true;
      }
    }
    if (this.#tests === null) return null;
    const known = this.#byPrefix.get(prefix);
    if (known !== undefined) return known.verdict;
    const isHit = response.isSuccess && !response.isRepeat;
    return isHit ? this.#begin(prefix, response.targetPort) : null;
  }

  /** Whether a response with this verdict is kept out of the results; counts it. */
  drops(verdict: AliasVerdict): boolean {
    const isDropped = verdict === true && this.#parts.config.mode === "drop";
    if (isDropped) this.#dropped++;
    return isDropped;
  }

  /** Lets a response wait for the verdict on its prefix, with its packet from `at` up to `end`. */
  hold(head: Readonly<RecordHead>, response: Response): void {
    const { at, end, targetAddress, view } = response;
    const test = this.#byPrefix.get(view.getBigUint64(at + targetAddress))!;
    if (this.#held.isFull) this.#giveUp(this.#held.oldest!);
    if (test.verdict === undefined) {
      this.#held.hold(test, head, view, [at, end]);
      return;
    }
    // Its own test has just been given up.
    this.#unheld++;
    this.#held.hold(test, head, view, [at, end]);
    this.#held.release(test, test.verdict);
  }

  /** Takes a response that has waited, or null. */
  shift(): HeldRow | null {
    return this.#held.shift();
  }

  /** Learns of an answer to a probe of a test: the packet at `at`. */
  answered(view: DataView, at: number): void {
    const from = at + IPV6_SOURCE;
    const test = this.#byPrefix.get(view.getBigUint64(from));
    if (test === undefined) return;
    const child = view.getUint8(from + ALIAS_PREFIX_BITS / 8) >>> 4;
    if (this.#tests!.answered(test, child)) this.#held.release(test, true);
  }

  /** Hands out probes, and judges what is over. To be called often. */
  update(nowS: number): void {
    this.#tests?.update(
      nowS,
      (test) => this.#held.release(test, test.verdict!),
    );
  }

  /** Whether senders are still needed once all targets have been probed: for probes that wait, and a time after. */
  needsSenders(nowS: number): boolean {
    if (this.#tests === null) return false;
    this.#sentS = Math.min(this.#sentS, nowS);
    return this.#tests.waiting > 0 || nowS - this.#sentS < GRACE_S;
  }

  /** Learns that no answer comes any more: nothing is waited for. */
  finish(): void {
    for (const test of this.#tests?.all ?? []) {
      if (test.verdict !== undefined) continue;
      test.verdict = null;
      this.#held.release(test, null);
    }
  }

  #giveUp(test: AliasTest): void {
    test.verdict = null;
    this.#unheld += this.#held.release(test, null);
  }

  #begin(prefix: bigint, port: number): AliasVerdict {
    if (!this.#isWorthIt(prefix)) return null;
    const tests = this.#tests!;
    if (tests.isFull) {
      this.#unfit++;
      return null;
    }
    const test = tests.begin(prefix, port);
    this.#byPrefix.set(prefix, test);
    return test.verdict;
  }

  /** Whether several successes are to be had, and all probes may be sent. */
  #isWorthIt(prefix: bigint): boolean {
    const { onLink, plan } = this.#parts;
    const range = ipv6PrefixRange(prefix << HOST_BITS, ALIAS_PREFIX_BITS);
    const isAlone = !this.#hasWindows && plan.stream === undefined &&
      countIpv6Within(plan.addresses, range) < 2;
    if (isAlone || onLink.some((other) => overlap(other, range))) return false;
    const [high, low] = [prefix >> 32n, prefix & 0xffff_ffffn].map(Number);
    for (let child = 0; child < ALIAS_CHILDREN; child++) {
      this.#addresses.store(high!, low!, child, this.#words, 0);
      if (this.#isBlocked(this.#words)) return false;
    }
    return true;
  }

  #isBlocked(words: Uint32Array): boolean {
    const { list, ranges } = this.#parts.config.blocked;
    return indexInIpv6List(list, words, 0) >= 0 ||
      ipv6RangesContain(ranges, ipv6OfWords(words, 0));
  }
}

function overlap(a: Ipv6Range, b: Ipv6Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}
