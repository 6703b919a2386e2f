import { ConfigError } from "../base/mod.ts";
import { FileLock, outputNameOf, pathFacts } from "../link/mod.ts";
import { describeFileError, syncDirectory } from "../output/mod.ts";
import { readBoot } from "./boot.ts";
import { type CheckpointContent, CheckpointFile } from "./checkpoint_file.ts";
import { FileStorage } from "./storage.ts";
import { decodeHeader, PAGE_BYTES } from "./header.ts";

/** The option that names a checkpoint, for errors. */
const OPTION = "--checkpoint";
const READ_REMEDY =
  "Name a checkpoint, as pacemap writes it beside the output: OUTPUT.pacemap";

/** Tries for a lock, since `pacemap status` holds it for a moment. */
const LOCK_TRIES = 5;
const LOCK_TRY_MS = 20;

/** A checkpoint that nobody else can use meanwhile. */
export interface HeldCheckpoint extends CheckpointContent, Disposable {
  readonly file: CheckpointFile;
}

/**
 * Makes the checkpoint of a new scan. One of an older scan at the same place is replaced; another file is not.
 *
 * @throws {ConfigError} when it cannot be written, is of another kind, or is used by a running scan
 */
export async function createCheckpoint(
  path: string,
  content: CheckpointContent,
): Promise<HeldCheckpoint> {
  const isNew = kindOf(path) === null;
  const file = await opened(path, OPTION, { write: true, create: true });
  return await whileHeld(path, OPTION, file, async (storage) => {
    if (!isNew && await storage.length() > 0) {
      // Whatever its state: but no file of somebody else is written over.
      checkReplaceable(await storage.read(0, PAGE_BYTES), path);
    }
    try {
      const file = await CheckpointFile.create(
        storage,
        content,
        path,
        readBoot(),
      );
      await syncDirectory(path);
      return { ...content, file };
    } catch (error) {
      if (isNew) await Deno.remove(path).catch(() => {});
      throw error;
    }
  });
}

/**
 * Opens a checkpoint to go on from it.
 *
 * @throws {ConfigError} when it cannot be used, or is used by a running scan
 */
export async function openCheckpoint(path: string): Promise<HeldCheckpoint> {
  if (kindOf(path) === null) throw missing(path);
  const file = await opened(path, path, { write: true });
  return await whileHeld(
    path,
    path,
    file,
    (storage) => CheckpointFile.open(storage, path, readBoot()),
  );
}

/**
 * Reads a checkpoint, also one that a running scan writes.
 *
 * @throws {ConfigError} when it is none that can be used
 */
export async function readCheckpoint(
  path: string,
): Promise<CheckpointContent & { readonly isInUse: boolean }> {
  if (kindOf(path) === null) throw missing(path);
  const storage = new FileStorage(await opened(path, path, {}));
  try {
    const { job, state } = await CheckpointFile.open(
      storage,
      path,
      readBoot(),
    );
    using lock = takeLock(path, path);
    return { job, state, isInUse: lock === null };
  } finally {
    storage.close();
  }
}

async function whileHeld(
  path: string,
  option: string,
  file: Deno.FsFile,
  use: (
    storage: FileStorage,
  ) => Promise<CheckpointContent & { readonly file: CheckpointFile }>,
): Promise<HeldCheckpoint> {
  const storage = new FileStorage(file);
  let lock: FileLock | null = null;
  try {
    for (let tries = 0; lock === null && tries < LOCK_TRIES; tries++) {
      if (tries > 0) await new Promise((done) => setTimeout(done, LOCK_TRY_MS));
      lock = takeLock(path, option);
    }
    if (lock === null) {
      throw new ConfigError(
        option,
        `Checkpoint "${path}" is in use by a running scan`,
        `Wait until it ends, or name another file; see pacemap status "${path}"`,
      );
    }
    const held = lock;
    const content = await use(storage);
    return {
      ...content,
      [Symbol.dispose]: () => {
        storage.close();
        held[Symbol.dispose]();
      },
    };
  } catch (error) {
    lock?.[Symbol.dispose]();
    storage.close();
    if (error instanceof ConfigError) throw error;
    throw cannotUse(path, option, error);
  }
}

function takeLock(path: string, option: string): FileLock | null {
  try {
    return FileLock.take(path);
  } catch (error) {
    throw cannotUse(path, option, error);
  }
}

async function opened(
  path: string,
  option: string,
  mode: { readonly write?: boolean; readonly create?: boolean },
): Promise<Deno.FsFile> {
  try {
    if (mode.write !== true) return await Deno.open(path, { read: true });
    const name = outputNameOf(path);
    const createNew = mode.create === true && !name.isThere;
    return await Deno.open(name.path, { read: true, write: true, createNew });
  } catch (error) {
    throw cannotUse(path, option, error);
  }
}

/** Refuses what has no place for a checkpoint; null: there is nothing yet. */
function kindOf(path: string): "file" | null {
  let kind;
  try {
    kind = pathFacts(path)?.kind ?? null;
  } catch (error) {
    throw cannotUse(path, path, error);
  }
  if (kind === null || kind === "file") return kind;
  throw new ConfigError(path, `Is a ${kind}, no checkpoint`, READ_REMEDY);
}

/** The header of a later version, or a torn one, is still that of a checkpoint. */
function checkReplaceable(page: Uint8Array, path: string): void {
  try {
    decodeHeader(page, path);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (!error.message.startsWith("Is no ")) return;
    throw new ConfigError(
      OPTION,
      `Will not replace "${path}", which is no checkpoint of pacemap`,
      "Name another file, or remove that one",
    );
  }
}

function missing(path: string): ConfigError {
  return new ConfigError(path, "No such file", READ_REMEDY);
}

function cannotUse(path: string, option: string, cause: unknown): ConfigError {
  return new ConfigError(
    option,
    `Cannot use checkpoint "${path}": ${describeFileError(cause)}`,
    "Name a file that you may write to",
    cause,
  );
}
