import { ConfigError } from "../base/mod.ts";
import {
  type CheckpointContent,
  LIMIT_REACHED,
  readCheckpoint,
} from "../checkpoint/mod.ts";
import { isSpecialFile, pathFacts } from "../link/mod.ts";
import { outputDescriptor } from "../output/mod.ts";
import { CHECKPOINT_SUFFIX } from "./checkpoint.ts";
import type { OptionValues } from "./options.ts";

type CheckpointOptions = Pick<OptionValues, "checkpoint" | "outputFile">;

/** A checkpoint that a new scan would take the place of, or whose outputs it would. */
interface Found {
  readonly option: string;
  readonly path: string;
}

/** Where the checkpoint of a scan with these options is kept; null: nowhere, unless it is named. */
export function checkpointPathOf(
  { checkpoint, outputFile }: CheckpointOptions,
): string | null {
  return checkpoint ?? besideOutputs(outputFile)[0] ?? null;
}

/** Whether there is a checkpoint at this path with something left to do. */
export async function isUnfinished(path: string): Promise<boolean> {
  if (isNothing(path)) return false;
  return (await readCheckpoint(path)).state.phase !== "done";
}

/**
 * Checks that a new scan destroys nothing that could be gone on with, nor what such a scan has found.
 *
 * @throws {ConfigError} when there is a checkpoint of a scan that is not complete
 */
export async function checkNothingUnfinished(
  { checkpoint, outputFile }: CheckpointOptions,
): Promise<void> {
  const found: Found[] = besideOutputs(outputFile).map((path) => ({
    option: "--output-file",
    path,
  }));
  if (checkpoint !== null) {
    found.unshift({ option: "--checkpoint", path: checkpoint });
  }
  for (const one of found) {
    if (!isNothing(one.path)) await checkReplaceable(one);
  }
}

async function checkReplaceable({ option, path }: Found): Promise<void> {
  let content: CheckpointContent & { readonly isInUse: boolean };
  try {
    content = await readCheckpoint(path);
  } catch (error) {
    // What is no checkpoint is no scan's; that a file of somebody else is in the way, its writer says.
    if (!(error instanceof ConfigError) || isForeign(error)) return;
    throw new ConfigError(
      option,
      `A scan that may be incomplete has left checkpoint "${path}", which cannot be read: ${error.message}`,
      `Use another output, or begin anew with --overwrite. ${error.remedy}`,
      error,
    );
  }
  const { isInUse, state } = content;
  if (state.phase === "done") return;
  // Such a scan has found all that it was to find.
  const reason = state.lives.at(-1)?.reason ?? "";
  if (!isInUse && reason.startsWith(LIMIT_REACHED)) return;
  throw isInUse
    ? new ConfigError(
      option,
      `Checkpoint "${path}" is in use by a running scan`,
      `Wait until it ends, or use another output; see pacemap status "${path}"`,
    )
    : new ConfigError(
      option,
      `A scan that is not complete has left checkpoint "${path}", and what it has found`,
      `Go on with it: pacemap resume "${path}", or the same command with --resume; begin anew with --overwrite`,
    );
}

function besideOutputs(paths: readonly string[]): readonly string[] {
  const files = paths.filter((path) =>
    outputDescriptor(path) === null && !isSpecialFile(path)
  );
  return files.map((path) => `${path}${CHECKPOINT_SUFFIX}`);
}

function isForeign({ message }: ConfigError): boolean {
  return message.startsWith("Is no checkpoint") || message.startsWith("Is a ");
}

/** Whether there is no file, or one in which nothing was written yet. */
function isNothing(path: string): boolean {
  try {
    return (pathFacts(path)?.lengthBytes ?? 0) === 0;
  } catch {
    // Whoever opens it says what is wrong.
    return false;
  }
}
