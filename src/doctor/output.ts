import type { FileSystemSpace } from "../../ffi/machine_limits.ts";
import { type Column, formatCount } from "../base/mod.ts";
import { requireOutputModule } from "../output/mod.ts";
import type { Response } from "../probe/mod.ts";
import { type Check, fail, pass, warn } from "./check.ts";
import type { WriteTrial } from "./write_trial.ts";
import { bytes, percent } from "./_text.ts";

/** What the results will take. */
export interface OutputNeed {
  /** Rows if every target answers once. */
  readonly rows: number;
  readonly rowBytes: number;
  /** Rows per second if every target answers; null when the rate is not fixed. */
  readonly rowsPerSecond: number | null;
}

/** What is known of the place that results go to. */
export interface OutputFacts {
  /** Path, or null for standard output. */
  readonly path: string | null;
  /** Null where results do not go to a file: a terminal, a pipe, a device. */
  readonly space: FileSystemSpace | null;
  /** Null when it was not tried. */
  readonly trial: WriteTrial | null;
}

/** Less than a block is a full disk. */
const FULL_BYTES = 4096;
/** Share of targets that hardly any scan of the Internet sees answer. */
const LARGE_SHARE = 0.1;
/** Bytes that a value takes, by type: long ones of those that are common. */
const VALUE_BYTES: Readonly<Record<string, number>> = {
  int: 6,
  bool: 1,
  binary: 60,
  repeated: 40,
};
/** For texts, most of which are addresses, and whatever else there is. */
const USUAL_VALUE_BYTES = 14;
/** Quotes, colon and comma of a JSON value, besides its name. */
const JSON_BYTES = 5;

/** Bytes of a usual row with these columns. */
export function estimateRowBytes(
  columns: readonly Column<Response>[],
  output: { format: string; fields: readonly string[] },
): number {
  const { namesFields, rowBytes } = requireOutputModule(output.format);
  if (rowBytes !== undefined) return rowBytes;
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  return output.fields.reduce((total, name) => {
    const type = types.get(name) ?? "string";
    const value = (VALUE_BYTES[type] ?? USUAL_VALUE_BYTES) + 1;
    const naming = namesFields ? name.length + JSON_BYTES : 0;
    return total + value + naming;
  }, 1);
}

/** Whether results can be written, have room, and can be written as fast as they may come. */
export function outputCheck(facts: OutputFacts, need: OutputNeed): Check {
  const name = "output";
  const { path, space, trial } = facts;
  const place = path ?? "standard output";
  const allBytes = need.rows * need.rowBytes;
  const needed = `${bytes(allBytes)} if all ${
    formatCount(need.rows)
  } targets answer`;
  if (space === null) {
    return pass(name, `${place}: no file, so its room is not known`, needed);
  }
  if (space.freeBytes < FULL_BYTES || space.freeFiles < 1) {
    const what = space.freeFiles < 1 ? "no room for a further file" : "full";
    return fail(name, {
      found: `${place}: the file system is ${what}, ${
        bytes(space.freeBytes)
      } free`,
      needed,
      remedy: "Make room, or write elsewhere with -o",
    });
  }
  if (trial?.refusal) {
    return fail(name, {
      found: `${place}: ${trial.refusal}`,
      needed,
      remedy: "Name a file with -o in a directory that you may write to",
    });
  }
  const speed = trial?.bytesPerSecond ?? null;
  const found = `${place}: ${bytes(space.freeBytes)} free` +
    (speed === null ? "" : `, takes ${bytes(speed)}/s`);
  const share = space.freeBytes / allBytes;
  if (share < LARGE_SHARE) {
    return warn(name, {
      found: `${found}, enough for ${percent(share)} of the targets answering`,
      needed,
      remedy:
        "Make room, write elsewhere with -o, or choose fewer fields with -f",
    });
  }
  const wantedSpeed = (need.rowsPerSecond ?? 0) * need.rowBytes;
  if (speed !== null && speed < wantedSpeed) {
    return warn(name, {
      found,
      needed: `${bytes(wantedSpeed)}/s if every target answers`,
      remedy: "Write to a faster disk with -o, or lower the rate with -r",
    });
  }
  return pass(name, found, needed);
}
