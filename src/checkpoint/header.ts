import { ConfigError } from "../base/mod.ts";
import { startSha256 } from "./sha256.ts";
import { SLOT_BYTES } from "./slot.ts";

/** The first line of every checkpoint. */
export const MAGIC = "pacemap checkpoint";
/** Version of the format that this program writes, and the only one that it reads. */
export const FORMAT_VERSION = 2;
/** Unit in which the parts of the file are laid out. */
export const PAGE_BYTES = 4096;

/** Where the parts of a checkpoint lie, and what checks its job. */
export interface CheckpointLayout {
  readonly jobBytes: number;
  /** SHA-256 of the job's text. */
  readonly jobDigest: string;
  /** Offsets of both slots. */
  readonly slotsAt: readonly [number, number];
  /** Offset of the journal, which is the rest of the file. */
  readonly journalAt: number;
}

const LINE = /^(?:format (\d{1,9})\n)(?:job (\d{1,9}) ([0-9a-f]{64})\n)?/;
const REMEDY =
  "Name a checkpoint, as pacemap writes it beside the output: OUTPUT.pacemap";

/** The layout of a checkpoint whose job has this text. */
export function layoutFor(job: Uint8Array): CheckpointLayout {
  const digest = startSha256().update(job).hex();
  return layoutOf(job.length, digest);
}

/** The first page: text that says what the file is, also to somebody who looks at it with `head`. */
export function encodeHeader(
  { jobBytes, jobDigest }: CheckpointLayout,
): Uint8Array<ArrayBuffer> {
  const text =
    `${MAGIC}\nformat ${FORMAT_VERSION}\njob ${jobBytes} ${jobDigest}\n` +
    "See how far it is with: pacemap status FILE\n" +
    "Go on with: pacemap resume FILE\n";
  const page = new Uint8Array(PAGE_BYTES).fill(0x20);
  new TextEncoder().encodeInto(text, page);
  page[PAGE_BYTES - 1] = 0x0a;
  return page;
}

/**
 * Reads the first page.
 *
 * @param path names the file in errors
 * @throws {ConfigError} when the file is none of pacemap's, of another version, empty or torn
 */
export function decodeHeader(page: Uint8Array, path: string): CheckpointLayout {
  if (page.length === 0) {
    throw new ConfigError(path, "Is empty, no checkpoint", REMEDY);
  }
  const text = new TextDecoder().decode(page);
  const magic = `${MAGIC}\n`;
  if (!text.startsWith(magic)) {
    const isTorn = magic.startsWith(text);
    throw isTorn
      ? tornError(path, "it ends in its first line")
      : new ConfigError(
        path,
        "Is no checkpoint of pacemap",
        REMEDY,
      );
  }
  const match = LINE.exec(text.slice(magic.length));
  const version = match?.[1];
  if (version !== undefined && Number(version) !== FORMAT_VERSION) {
    throw new ConfigError(
      path,
      `Is a checkpoint of format ${version}; this version of pacemap reads format ${FORMAT_VERSION}`,
      "Resume it with the version of pacemap that has written it",
    );
  }
  if (match?.[2] === undefined || page.length < PAGE_BYTES) {
    throw tornError(path, "its first page is not whole");
  }
  return layoutOf(Number(match[2]), match[3]!);
}

/** The error for a checkpoint that cannot be used as it is not whole. */
export function tornError(path: string, what: string): ConfigError {
  return new ConfigError(
    path,
    `Is torn: ${what}`,
    "Copy the file anew if it is a copy; else start the scan again",
  );
}

function layoutOf(jobBytes: number, jobDigest: string): CheckpointLayout {
  const jobPages = Math.ceil(jobBytes / PAGE_BYTES);
  const slotsAt = PAGE_BYTES * (1 + jobPages);
  return {
    jobBytes,
    jobDigest,
    slotsAt: [slotsAt, slotsAt + SLOT_BYTES],
    journalAt: slotsAt + 2 * SLOT_BYTES,
  };
}
