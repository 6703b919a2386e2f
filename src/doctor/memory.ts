import { formatCount } from "../base/mod.ts";
import { type Check, pass, warn } from "./check.ts";
import type { ReadText } from "./read_text.ts";
import { readNumber } from "./read_text.ts";
import { bytes, percent } from "./_text.ts";

/** Memory that a scan takes whatever it finds: three threads, capture buffer, queues, map of answers. */
const BASE_BYTES = 320 * 2 ** 20;
/**
 * Bytes that the receiver keeps of each target that has answered, at most: a slot of a table that is 3/8
 * full just after it has grown.
 */
const BYTES_PER_ANSWER = { narrow: 4 / (3 / 8), wide: 6 / (3 / 8) };
/** Share of targets that hardly any scan of the Internet sees answer. */
const LARGE_SHARE = 0.1;

/** What a scan keeps in memory. */
export interface MemoryNeed {
  readonly targetCount: number;
  /** Targets are told apart by more than 32 bits: of IPv4 by their ports too. */
  readonly isWide: boolean;
}

/**
 * Bytes that this process may still take: what the system has available, or less where a control group
 * limits it. Null when neither can be read.
 */
export function availableMemory(readText: ReadText): number | null {
  const info = readText("/proc/meminfo") ?? "";
  const available = /^MemAvailable:\s*(\d+) kB$/m.exec(info)?.[1];
  const amounts = controlGroups(readText).map((group) =>
    headroom(readText, group)
  );
  if (available !== undefined) amounts.push(Number(available) * 1024);
  const known = amounts.filter((amount) => amount !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** Whether the answers of the targets fit into memory, which they need to be told from repeats. */
export function memoryCheck(
  availableBytes: number | null,
  need: MemoryNeed,
): Check {
  const name = "memory";
  const perAnswer = need.isWide
    ? BYTES_PER_ANSWER.wide
    : BYTES_PER_ANSWER.narrow;
  const allBytes = need.targetCount * perAnswer;
  const needed =
    `${bytes(BASE_BYTES)}, and ${bytes(allBytes)} to tell repeats ` +
    `if all ${formatCount(need.targetCount)} targets answer`;
  if (availableBytes === null) return pass(name, "not known", needed);
  const left = availableBytes - BASE_BYTES;
  const share = Math.min(1, left / allBytes);
  if (left < 0) {
    return warn(name, {
      found: `${bytes(availableBytes)} available`,
      needed,
      remedy: "End other programs, or raise the limit of the container",
    });
  }
  const found = share === 1
    ? `${bytes(availableBytes)} available`
    : `${bytes(availableBytes)} available: enough for ${
      percent(share)
    } of the targets answering`;
  if (share >= LARGE_SHARE) return pass(name, found, needed);
  return warn(name, {
    found,
    needed,
    remedy:
      "Scan in parts (--shards, or fewer ports), or on a machine with more memory",
  });
}

/** Files of a control group. */
interface MemoryFiles {
  readonly limit: string;
  readonly used: string;
  /** What the used memory consists of. */
  readonly parts: string;
}

/** Memory files of the control groups that this process is in, of its own and of all above it. */
function controlGroups(
  readText: ReadText,
): MemoryFiles[] {
  const groups: MemoryFiles[] = [];
  for (const line of (readText("/proc/self/cgroup") ?? "").split("\n")) {
    const [id, controllers = "", path = ""] = line.split(":");
    const isUnified = id === "0";
    if (!isUnified && !controllers.split(",").includes("memory")) continue;
    const root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    const names = isUnified
      ? { limit: "memory.max", used: "memory.current" }
      : { limit: "memory.limit_in_bytes", used: "memory.usage_in_bytes" };
    for (const above of pathsAbove(path)) {
      groups.push({
        limit: `${root}${above}/${names.limit}`,
        used: `${root}${above}/${names.used}`,
        parts: `${root}${above}/memory.stat`,
      });
    }
  }
  return groups;
}

/** `/a/b`, `/a` and the empty path. */
export function pathsAbove(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "");
  return Array.from(
    { length: parts.length + 1 },
    (_, dropped) =>
      parts.slice(0, parts.length - dropped).map((part) => `/${part}`).join(""),
  );
}

/**
 * Null without a limit: "max", or in the older version a number above all memory. Copies of files that nobody has used
 * lately count as used, and are given up before a process is ended for want of memory.
 */
function headroom(readText: ReadText, group: MemoryFiles): number | null {
  const limit = readNumber(readText, group.limit);
  const used = readNumber(readText, group.used);
  if (limit === null || used === null || limit >= 2 ** 60) return null;
  const parts = readText(group.parts) ?? "";
  const idle = /^(?:total_)?inactive_file (\d+)$/m.exec(parts)?.[1] ?? "0";
  return Math.max(0, limit - Math.max(0, used - Number(idle)));
}
