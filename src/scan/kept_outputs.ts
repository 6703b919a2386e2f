import type { CheckpointOutput, HeldCheckpoint } from "../checkpoint/mod.ts";
import { ConfigError, escapeUnsafe } from "../base/mod.ts";
import { effectiveUserId, pathFacts } from "../link/mod.ts";
import {
  ContentDigest,
  describeFileError,
  loadOutputModules,
  outputDescriptor,
  type OutputModule,
} from "../output/mod.ts";
import type { OutputConfig } from "./config.ts";
import type { Output } from "./outputs.ts";

const OPTION = "--output-file";
const REMEDY =
  "Bring back the file as the scan has left it, or start the scan again";
/** Of a line that is not as it should be, what an error shows at most. */
const MOST_SHOWN = 60;

/**
 * Checks that the outputs have what a checkpoint knows of them, before anything is changed: they are to be cut there
 * and continued. Returns the digests of what stays of each; null where there is no file.
 *
 * @throws {ConfigError} for the first that is another file, or was changed
 */
export async function checkKept(
  { file, state }: HeldCheckpoint,
  configs: readonly OutputConfig[],
): Promise<readonly (ContentDigest | null)[]> {
  const digests: (ContentDigest | null)[] = [];
  for (const [index, output] of state.outputs.entries()) {
    const config = configs[index];
    const now = config?.path ?? "-";
    if (now !== output.path) {
      throw new ConfigError(
        OPTION,
        `Differs from the scan of checkpoint "${file.path}": "${output.path}" there, "${now}" now`,
        "Resume with the output that the scan began with",
      );
    }
    digests.push(
      outputDescriptor(now) !== null || output.offsetBytes === 0
        ? newDigest(now)
        : await checkFile(output, config!, file.path),
    );
  }
  return digests;
}

/** What a checkpoint knows of an output: all that was given to it. */
export function outputState(
  { digest = null, file, keptBytes, owner = null, writer: { memory } }: Output,
  { format, path }: Pick<OutputConfig, "format" | "path">,
): CheckpointOutput {
  return {
    path: path ?? "-",
    format,
    offsetBytes: keptBytes + file.writtenBytes + file.pendingBytes,
    digest: digest?.hex ?? null,
    owner,
    ...memory === undefined ? {} : { memory },
  };
}

/** The digest of an output that is empty; null: it has no content that could be read again. */
export function newDigest(path: string | null): ContentDigest | null {
  return path === null || outputDescriptor(path) !== null
    ? null
    : new ContentDigest();
}

async function checkFile(
  output: CheckpointOutput,
  config: OutputConfig,
  checkpoint: string,
): Promise<ContentDigest | null> {
  const [module] = await loadOutputModules([output.format]);
  if (module?.faultOfKept !== undefined) {
    await checkOwn(output, config, module);
    return null;
  }
  const path = module?.partPath?.(output.path) ?? output.path;
  const { digest, offsetBytes } = output;
  const isFile = checkFacts({ ...output, path }, checkpoint);
  if (!isFile) return null;
  try {
    await checkHeader(path, headerOf(config, module));
    const found = await ContentDigest.ofFile(path, offsetBytes);
    if (digest === null || found.hex === digest) return found;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw unreadable(path, error);
  }
  throw new ConfigError(
    OPTION,
    `"${path}" is not as checkpoint "${checkpoint}" knows it: its first ${offsetBytes} bytes were changed, or it is another file`,
    REMEDY,
  );
}

/** Checks an output of a format that knows by itself what is in it. */
async function checkOwn(
  { memory = [], path }: CheckpointOutput,
  { fields }: OutputConfig,
  { faultOfKept }: OutputModule,
): Promise<void> {
  let fault: string | null | undefined;
  try {
    // Who opens a database that is not there makes one.
    await Deno.lstat(path);
    fault = await faultOfKept?.(path, { fields, memory });
  } catch (error) {
    throw unreadable(path, error);
  }
  if (!fault) return;
  throw new ConfigError(
    OPTION,
    `"${path}" is not as the scan has left it: ${fault}`,
    REMEDY,
  );
}

function unreadable(path: string, error: unknown): ConfigError {
  return new ConfigError(
    OPTION,
    `Cannot read "${path}" again: ${describeFileError(error)}`,
    "Resume as a user who may read and write it",
    error,
  );
}

/** Returns false for what is no plain file, such as a pipe: nothing of it stays. */
function checkFacts(
  { offsetBytes, owner, path }: CheckpointOutput,
  checkpoint: string,
): boolean {
  const facts = factsOf(path);
  if (facts !== null && facts.kind !== "file") {
    if (facts.kind !== "directory") return false;
    throw new ConfigError(OPTION, `"${path}" is a directory now`, REMEDY);
  }
  if (facts === null || facts.lengthBytes < offsetBytes) {
    throw new ConfigError(
      OPTION,
      `"${path}" has ${
        facts === null ? "gone" : `${facts.lengthBytes} bytes`
      }, of ${offsetBytes} that checkpoint "${checkpoint}" knows`,
      "Bring the file back, or start the scan again",
    );
  }
  const isKnown = owner === null || facts.owner === owner ||
    facts.owner === effectiveUserId();
  if (isKnown) return true;
  throw new ConfigError(
    OPTION,
    `"${path}" belongs to user ${facts.owner}, and to user ${owner} when it was written`,
    "If it is the right file, give it back to that user, or take it over",
  );
}

function factsOf(path: string): ReturnType<typeof pathFacts> {
  try {
    return pathFacts(path);
  } catch {
    return null;
  }
}

/** A file with other columns would go on with rows that do not fit. */
async function checkHeader(path: string, header: Uint8Array): Promise<void> {
  if (header.length === 0) return;
  using file = await Deno.open(path);
  const found = new Uint8Array(header.length);
  const length = await file.read(found) ?? 0;
  const [expectedText, text] = [header, found.subarray(0, length)].map(lineOf);
  if (text === expectedText) return;
  throw new ConfigError(
    OPTION,
    `"${path}" begins with "${text}", not with its header "${expectedText}"`,
    REMEDY,
  );
}

function lineOf(bytes: Uint8Array): string {
  const [line = ""] = new TextDecoder().decode(bytes).split("\n");
  const isLong = line.length > MOST_SHOWN;
  return escapeUnsafe(isLong ? `${line.slice(0, MOST_SHOWN)}…` : line);
}

/** What an output begins with; nothing where its format does not name the fields there. */
function headerOf(
  { fields, hasHeader }: OutputConfig,
  module: OutputModule | undefined,
): Uint8Array {
  return hasHeader && module?.header !== undefined
    ? module.header(fields)
    : new Uint8Array(0);
}
