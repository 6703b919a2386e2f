import { type Check, pass, warn } from "./check.ts";
import { pathsAbove } from "./memory.ts";
import { readNumber, type ReadText } from "./read_text.ts";
import { percent } from "./_text.ts";

/** Sender and receiver, each a thread that may need a processor of its own. */
const NEEDED_PROCESSORS = 2;
/** Above this share the others leave too little. */
const BUSY_SHARE = 0.5;
/** Above this share the hypervisor gives the processors to others. */
const STOLEN_SHARE = 0.05;

/** Ticks of a number of processors since the system started, `proc_stat(5)`. */
export interface ProcessorTimes {
  readonly total: number;
  readonly idle: number;
  readonly stolen: number;
}

/** What is known of the processors. */
export interface ProcessorFacts {
  /** Number of processors that the scan may run on. */
  readonly allowed: number;
  /** Processors' worth of time that a control group grants; null for no limit. */
  readonly quota: number | null;
  /** Processes that ran or waited to, averaged over the last minute. */
  readonly load: number | null;
  /** Share of their time that they were busy just now, and that the hypervisor took; null when not measured. */
  readonly busyShare: number | null;
  readonly stolenShare: number | null;
}

/** Times of these processors, together. */
export function readProcessorTimes(
  readText: ReadText,
  processors: readonly number[],
): ProcessorTimes {
  const times = { total: 0, idle: 0, stolen: 0 };
  const wanted = new Set(processors);
  const lines = (readText("/proc/stat") ?? "").matchAll(/^cpu(\d+) (.*)$/gm);
  for (const [, number, text = ""] of lines) {
    if (!wanted.has(Number(number))) continue;
    // user, nice, system, idle, iowait, irq, softirq, steal; guest times are in user's already
    const ticks = text.split(" ").slice(0, 8).map(Number);
    times.total += ticks.reduce((sum, tick) => sum + tick, 0);
    times.idle += (ticks[3] ?? 0) + (ticks[4] ?? 0);
    times.stolen += ticks[7] ?? 0;
  }
  return times;
}

/** Gathers the facts; `span` has the times at the start and at the end of some tenths of a second, if measured. */
export function readProcessorFacts(
  readText: ReadText,
  processors: readonly number[],
  span: readonly [ProcessorTimes, ProcessorTimes] | null = null,
): ProcessorFacts {
  const load = Number.parseFloat(readText("/proc/loadavg") ?? "");
  const [from, to] = span ?? [null, null];
  const total = from === null ? 0 : to.total - from.total;
  return {
    allowed: processors.length,
    quota: readQuota(readText),
    load: Number.isNaN(load) ? null : load,
    busyShare: total > 0 ? 1 - (to!.idle - from!.idle) / total : null,
    stolenShare: total > 0 ? (to!.stolen - from!.stolen) / total : null,
  };
}

/** Whether sending and receiving get the processor time that they need. */
export function processorCheck(facts: ProcessorFacts): Check {
  const name = "cpu";
  const { allowed, busyShare, quota, stolenShare } = facts;
  const found = describe(facts);
  const needed = "2 that are free: one to send, one to receive";
  if (allowed < NEEDED_PROCESSORS) {
    return warn(name, {
      found,
      needed,
      remedy:
        "Allow another one (taskset, cpuset), or keep the rate low: sender and receiver take turns",
    });
  }
  if (quota !== null && quota < NEEDED_PROCESSORS) {
    return warn(name, {
      found,
      needed,
      remedy:
        "Raise the container's limit, or keep the rate low: it stops the scan many times a second",
    });
  }
  if (stolenShare !== null && stolenShare > STOLEN_SHARE) {
    return warn(name, {
      found,
      needed,
      remedy:
        "Use a machine with processors of its own: this one waits for other virtual machines",
    });
  }
  if (busyShare !== null && busyShare > BUSY_SHARE) {
    const remedy = "End other programs, or lower the rate with -r";
    return warn(name, { found, needed, remedy });
  }
  return pass(name, found, needed);
}

function describe(facts: ProcessorFacts): string {
  const parts = [`${facts.allowed} allowed`];
  if (facts.quota !== null) parts.push(`limited to the time of ${facts.quota}`);
  if (facts.busyShare !== null) parts.push(`${percent(facts.busyShare)} busy`);
  if (facts.stolenShare !== null && facts.stolenShare > 0.005) {
    parts.push(`${percent(facts.stolenShare)} taken by the hypervisor`);
  }
  if (facts.load !== null) parts.push(`load ${facts.load}`);
  return parts.join(", ");
}

/** The tightest limit of the control groups that this process is in. */
function readQuota(readText: ReadText): number | null {
  const quotas: number[] = [];
  for (const line of (readText("/proc/self/cgroup") ?? "").split("\n")) {
    const [id, controllers = "", path = ""] = line.split(":");
    for (const above of pathsAbove(path)) {
      const quota = id === "0"
        ? unifiedQuota(readText(`/sys/fs/cgroup${above}/cpu.max`))
        : controllers.split(",").includes("cpu")
        ? olderQuota(readText, `/sys/fs/cgroup/cpu${above}`)
        : null;
      if (quota !== null) quotas.push(quota);
    }
  }
  return quotas.length === 0 ? null : Math.min(...quotas);
}

function unifiedQuota(text: string | null): number | null {
  const [, quota, period] = /^(\d+) (\d+)/.exec(text ?? "") ?? [];
  return quota === undefined ? null : Number(quota) / Number(period);
}

function olderQuota(readText: ReadText, directory: string): number | null {
  const quota = readNumber(readText, `${directory}/cpu.cfs_quota_us`);
  const period = readNumber(readText, `${directory}/cpu.cfs_period_us`);
  return quota === null || period === null ? null : quota / period;
}
