import { type UnsettledWork, without } from "../checkpoint/mod.ts";
import {
  countPositions,
  type PositionRange,
  type RepairWork,
} from "../loss/mod.ts";

/** A range of positions to be sent. */
export interface Lease extends PositionRange {
  /** 0 when its targets are probed for the first time. */
  readonly pass: number;
  /** Which of several probes to the same target this is. */
  readonly probeNumber: number;
}

/** Where work comes from: it is asked for more whenever little of it waits. */
export interface WorkSource {
  /** Positions that are still to be given out, as far as is known. */
  readonly waiting: number;
  /** The next piece of work, of at most `most` positions; null: there is none now. */
  take(most: number): Lease | null;
}

/** The work of a whole scan, of which some may have to be sent again. */
export interface ScanWork extends WorkSource {
  /** Whether more may come that is not known yet. */
  readonly isOpen: boolean;
  /** Positions that were sent in vain, and not given out again since. */
  readonly owed: number;
  /** Positions that wait for their first probe, those included whose first one went nowhere; null: not known. */
  readonly firstProbesLeft: readonly PositionRange[] | null;
  /** Adds a range to be sent again, behind all others. */
  repair(work: RepairWork): void;
  /** As `repair`, of what went nowhere, for any of several probes to a target. */
  again(lease: Lease): void;
}

/**
 * The work of a scan that knows all of it from the start: its ranges in order, once for each probe to a target, then
 * what has to be sent again.
 */
export class LocalWork implements ScanWork {
  readonly isOpen = false;
  /** What is given out first: for each probe to a target its ranges. */
  #planned: Lease[] = [];
  /** What went nowhere, and what was lost on the way. */
  readonly #owed: Lease[] = [];
  readonly #repairs: Lease[] = [];
  /** The planned lease that is being given out, and its first position that is not yet. */
  #index = 0;
  #next = 0;
  #waiting = 0;

  constructor(ranges: readonly PositionRange[], probesPerTarget: number) {
    const numbers = Array.from({ length: probesPerTarget }, (_, at) => at);
    this.#start(
      numbers.flatMap((probeNumber) =>
        leasesOf(ranges, { pass: probeNumber === 0 ? 0 : 1, probeNumber })
      ),
    );
  }

  /** All of a scan, or what earlier runs have left of it. */
  static of(
    { probesPerTarget, ranges, rest = null }: {
      readonly ranges: readonly PositionRange[];
      readonly probesPerTarget: number;
      readonly rest?: UnsettledWork | null;
    },
  ): LocalWork {
    if (rest === null) return new LocalWork(ranges, probesPerTarget);
    const work = LocalWork.rest(rest);
    for (const { pass, ranges } of rest.repairs) {
      for (const range of ranges) work.repair({ ...range, pass });
    }
    return work;
  }

  /**
   * What is left of a scan, but for repairs. What may have been probed already comes behind what was not: fewer of its
   * hosts may be asked again.
   */
  static rest(
    { planned, touched = [] }: Omit<UnsettledWork, "repairs">,
  ): LocalWork {
    const work = new LocalWork([], 0);
    const [first = [], ...further] = planned;
    const leases = first.length === 0 ? [] : [
      ...leasesOf(without(first, touched), { pass: 0, probeNumber: 0 }),
      ...leasesOf(touched, { pass: 0, probeNumber: 0 }),
    ];
    work.#start([
      ...leases,
      ...further.flatMap((ranges, index) =>
        leasesOf(ranges, { pass: 1, probeNumber: index + 1 })
      ),
    ]);
    return work;
  }

  get waiting(): number {
    return this.#waiting;
  }

  get owed(): number {
    return countPositions(this.#owed);
  }

  get firstProbesLeft(): readonly PositionRange[] {
    const planned = this.#planned.slice(this.#index);
    const [next] = planned;
    if (next !== undefined) planned[0] = { ...next, first: this.#next };
    return [...planned, ...this.#owed].filter(isFirstProbe);
  }

  repair({ first, end, pass }: RepairWork): void {
    this.#repairs.push({ first, end, pass, probeNumber: 0 });
    this.#waiting += end - first;
  }

  again(lease: Lease): void {
    this.#owed.push(lease);
    this.#waiting += lease.end - lease.first;
  }

  take(most: number): Lease | null {
    const lease = this.#index < this.#planned.length
      ? this.#takePlanned(most)
      : takeFrom(this.#owed, most) ?? takeFrom(this.#repairs, most);
    if (lease !== null) this.#waiting -= lease.end - lease.first;
    return lease;
  }

  #start(planned: Lease[]): void {
    this.#planned = planned;
    this.#next = planned[0]?.first ?? 0;
    this.#waiting = countPositions(planned);
  }

  #takePlanned(most: number): Lease {
    const lease = this.#planned[this.#index]!;
    const first = this.#next;
    const end = Math.min(lease.end, first + most);
    this.#next = end;
    if (end === lease.end) {
      this.#index++;
      this.#next = this.#planned[this.#index]?.first ?? 0;
    }
    return { ...lease, first, end };
  }
}

/** Whether targets get their first probe by this. */
export function isFirstProbe(
  { pass, probeNumber }: Pick<Lease, "pass" | "probeNumber">,
): boolean {
  return pass === 0 && probeNumber === 0;
}

function leasesOf(
  ranges: readonly PositionRange[],
  kind: Pick<Lease, "pass" | "probeNumber">,
): readonly Lease[] {
  return ranges.filter(({ end, first }) => end > first).map((
    { end, first },
  ) => ({ first, end, ...kind }));
}

/** Takes up to `most` positions off the front of a queue. */
function takeFrom(queue: Lease[], most: number): Lease | null {
  const work = queue[0];
  if (work === undefined) return null;
  const end = Math.min(work.end, work.first + most);
  if (end === work.end) queue.shift();
  else queue[0] = { ...work, first: end };
  return { ...work, end };
}
