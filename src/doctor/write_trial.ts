import {
  fileSystemSpace,
  standardOutputSpace,
} from "../../ffi/machine_limits.ts";
import type { FileSystemSpace } from "../../ffi/machine_limits.ts";
import { descriptorOf } from "../base/mod.ts";
import { isSpecialFile } from "../link/mod.ts";

/** What came of writing to a directory. */
export interface WriteTrial {
  /** Bytes per second down to the disk; null when it could not be measured. */
  readonly bytesPerSecond: number | null;
  /** Why no file can be written there; null when one can. */
  readonly refusal: string | null;
}

const PIECE_BYTES = 1 << 20;
const MOST_PIECES = 16;
const TIME_LIMIT_MS = 250;
/** Of the free space the trial takes at most this share, for its moment. */
const SPACE_SHARE = 0.25;

/** Room for the results; null where they do not go to a file. A file that is there will be emptied first. */
export function outputSpace(path: string | null): FileSystemSpace | null {
  if (path === null) return standardOutputSpace();
  if (isNoFile(path)) return null;
  const info = statOrNull(path);
  if (info === null) return fileSystemSpace(directoryOf(path));
  if (!info.isFile) return null;
  const space = fileSystemSpace(path);
  return space && {
    freeBytes: space.freeBytes + info.size,
    freeFiles: Math.max(1, space.freeFiles),
  };
}

/**
 * Writes a file to the directory of `path` and measures how fast, down to the disk; some tenths of a second
 * at most. The file has no name any more by the time something is written to it, so nothing is left behind
 * whatever happens.
 */
export function tryWriting(path: string, space: FileSystemSpace): WriteTrial {
  const info = statOrNull(path);
  const none = { bytesPerSecond: null, refusal: null };
  if (isNoFile(path) || (info !== null && !info.isFile)) return none;
  let file: Deno.FsFile;
  try {
    file = openNameless(directoryOf(path));
  } catch (error) {
    // The results' own file may be there, and writable.
    if (info !== null) return none;
    return { bytesPerSecond: null, refusal: messageOf(error) };
  }
  try {
    return measure(file, space);
  } catch (error) {
    return { bytesPerSecond: null, refusal: messageOf(error) };
  } finally {
    file.close();
  }
}

function measure(file: Deno.FsFile, space: FileSystemSpace): WriteTrial {
  const piece = new Uint8Array(PIECE_BYTES);
  // Random, since some disks make zeros fast.
  for (let at = 0; at < piece.length; at += 65536) {
    crypto.getRandomValues(piece.subarray(at, at + 65536));
  }
  const most = Math.min(
    MOST_PIECES,
    Math.floor(space.freeBytes * SPACE_SHARE / PIECE_BYTES),
  );
  const startMs = performance.now();
  let written = 0;
  for (let pieces = 0; pieces < most; pieces++) {
    for (let at = 0; at < piece.length;) {
      at += file.writeSync(piece.subarray(at));
    }
    written += piece.length;
    file.syncDataSync();
    if (performance.now() - startMs > TIME_LIMIT_MS) break;
  }
  const seconds = (performance.now() - startMs) / 1000;
  return {
    bytesPerSecond: written === 0 ? null : written / seconds,
    refusal: null,
  };
}

function openNameless(directory: string): Deno.FsFile {
  const path = Deno.makeTempFileSync({
    dir: directory,
    prefix: ".pacemap-doctor-",
  });
  try {
    return Deno.openSync(path, { write: true });
  } finally {
    Deno.removeSync(path);
  }
}

/** Whether a path leads to something that is open already, or that a reader empties: a descriptor, a pipe, a device. */
function isNoFile(path: string): boolean {
  return descriptorOf(path) !== null || isSpecialFile(path);
}

function statOrNull(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch {
    return null;
  }
}

function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  if (slash < 0) return ".";
  return slash === 0 ? "/" : path.slice(0, slash);
}

function messageOf(error: unknown): string {
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  return error instanceof Error ? error.message : String(error);
}
