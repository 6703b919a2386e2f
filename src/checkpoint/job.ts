import { ConfigError } from "../base/mod.ts";
import { numberAt, objectOf, objectsAt, textAt, textsAt } from "./_fields.ts";

/** A part of what a scan does that may not change while it goes on. */
export interface JobPart {
  /** The option that decides it, as users write it: `--target-ports`. */
  readonly option: string;
  /** Its value in a few words, for errors; empty where a value is too long for that. */
  readonly text: string;
  /** SHA-256 of all that it comes to. */
  readonly digest: string;
  /** What it follows from, to be named where it differs; it may differ without consequence. */
  readonly causes?: readonly Omit<JobPart, "causes" | "text">[];
}

/** What a scan does, as it stands in its checkpoint. It never changes. */
export interface CheckpointJob {
  /** Version of the program that began it. */
  readonly program: string;
  /** When it began: ISO 8601. */
  readonly startedAt: string;
  /** Directory in which it was started: relative paths are meant from there. */
  readonly directory: string;
  /** The checkpoint, as it was named there: its place tells where the directory is now, if both were moved. */
  readonly checkpoint: string;
  /** The command line, without the name of the program. */
  readonly args: readonly string[];
  /** The seed, whether it was given or drawn. */
  readonly seed: string;
  /**
   * Random 32-bit word that chooses which target of a host may be asked again to measure the loss: the same one in all
   * runs, so that no host is asked more often than it would be in one.
   */
  readonly salt: number;
  /** Families of the targets that are scanned: the machine may have had no way to those of the other one. */
  readonly families: string;
  /** Targets of this shard, and how often each is probed. */
  readonly targetCount: number;
  readonly probesPerTarget: number;
  readonly parts: readonly JobPart[];
}

/** The text of a job in its file. */
export function encodeJob(job: CheckpointJob): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(job, null, 1)}\n`);
}

/**
 * Reads the text of a job.
 *
 * @throws {SyntaxError} when something is missing in it
 */
export function decodeJob(bytes: Uint8Array): CheckpointJob {
  const job = objectOf(JSON.parse(new TextDecoder().decode(bytes)), "job");
  return {
    program: textAt(job, "program"),
    startedAt: textAt(job, "startedAt"),
    directory: textAt(job, "directory"),
    checkpoint: textAt(job, "checkpoint"),
    args: textsAt(job, "args"),
    seed: textAt(job, "seed"),
    salt: numberAt(job, "salt"),
    families: textAt(job, "families"),
    targetCount: numberAt(job, "targetCount"),
    probesPerTarget: numberAt(job, "probesPerTarget"),
    parts: objectsAt(job, "parts").map((part) => ({
      option: textAt(part, "option"),
      text: textAt(part, "text"),
      digest: textAt(part, "digest"),
      causes: part["causes"] === undefined
        ? []
        : objectsAt(part, "causes").map((cause) => ({
          option: textAt(cause, "option"),
          digest: textAt(cause, "digest"),
        })),
    })),
  };
}

/**
 * Checks that a scan is the one of a checkpoint.
 *
 * @param path names the checkpoint
 * @throws {ConfigError} for the first part that differs
 */
export function checkSameJob(
  path: string,
  before: readonly JobPart[],
  now: readonly JobPart[],
): void {
  const parts = new Map(now.map((part) => [part.option, part]));
  for (const part of before) {
    const other = parts.get(part.option);
    parts.delete(part.option);
    if (other?.digest !== part.digest) throw differs(path, part, other);
  }
  for (const part of parts.values()) throw differs(path, undefined, part);
}

/** Of what two parts follow from, the first that differs. */
function causeOf(
  before: JobPart | undefined,
  now: JobPart | undefined,
): string | null {
  for (const { digest, option } of before?.causes ?? []) {
    const other = now?.causes?.find((cause) => cause.option === option);
    if (other !== undefined && other.digest !== digest) return option;
  }
  return null;
}

function differs(
  path: string,
  before: JobPart | undefined,
  now: JobPart | undefined,
): ConfigError {
  const values = [before, now].map((part) => part?.text ?? "nothing");
  const change = values.includes("")
    ? ""
    : `: ${values[0]} there, ${values[1]} now`;
  return new ConfigError(
    causeOf(before, now) ?? (before ?? now)!.option,
    `Differs from the scan of checkpoint "${path}"${change}`,
    "Resume with what the scan began with, or start another one",
  );
}
