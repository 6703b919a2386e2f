import type { Column } from "../base/mod.ts";
import { pathFacts } from "../link/mod.ts";
import { compileFilter } from "../filter/mod.ts";
import {
  type ContentDigest,
  createRowWriter,
  ResultFile,
  type RowWriter,
  STANDARD_OUTPUT,
  syncDirectory,
} from "../output/mod.ts";
import { type Probe, type Response, responseColumns } from "../probe/mod.ts";
import type { OutputConfig } from "./config.ts";

/** A destination of results, open. */
export interface Output {
  readonly file: ResultFile;
  readonly writer: RowWriter<Response>;
  /** Bytes that stood in the file before. */
  readonly keptBytes: number;
  /**
   * Digest of all that stands in the file or was given to it; null: nobody wants it.
   *
   * @default {null}
   */
  readonly digest?: ContentDigest | null;
  /**
   * User to whom the file belongs; null: it is none.
   *
   * @default {null}
   */
  readonly owner?: number | null;
  /** Whether it wants a response. */
  accepts(response: Response): boolean;
}

/** Stands for a field that is always empty. */
const EMPTY_COLUMN: Column<Response> = {
  name: "",
  type: "string",
  description: "Nothing",
  read: () => null,
};

/** What is done while an output is not ready. */
export interface Waiting {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Called when it takes long. */
  readonly onWait: (text: string) => void;
}

/**
 * Opens all destinations of results, or none.
 *
 * @throws {ConfigError} when one cannot be opened
 * @throws the reason of the signal when that aborts before
 */
export async function openOutputs(
  configs: readonly OutputConfig[],
  { digests = [], keptBytes = [], probe, waiting, waitsForSpace = false }: {
    readonly probe: Probe;
    readonly waiting: Waiting;
    /** For each output, how much of its file stays. */
    readonly keptBytes?: readonly number[];
    /** For each output, the digest of that. */
    readonly digests?: readonly (ContentDigest | null)[];
    /** Whether a full disk is waited for. */
    readonly waitsForSpace?: boolean;
  },
): Promise<readonly Output[]> {
  const outputs: Output[] = [];
  try {
    for (const [index, config] of configs.entries()) {
      const kept = keptBytes[index] ?? 0;
      const digest = digests[index] ?? null;
      outputs.push({
        keptBytes: kept,
        digest,
        writer: makeRowWriter(
          kept === 0 ? config : { ...config, hasHeader: false },
          probe,
        ),
        accepts: makeTest(config, probe),
        file: await ResultFile.open(config.path ?? STANDARD_OUTPUT, {
          ...waiting,
          option: "--output-file",
          keptBytes: kept,
          waitsForSpace,
        }),
        // Once it is open: before, there may have been none.
        owner: digest === null ? null : pathFacts(config.path!)?.owner ?? null,
      });
      // What a checkpoint names must be there after a power failure.
      if (digest !== null && kept === 0) await syncDirectory(config.path!);
    }
    return outputs;
  } catch (error) {
    for (const { file } of outputs) await file.close();
    throw error;
  }
}

/** Gives a file all rows that wait to be written to it; resolves when they are written, or are not to be. */
export function hand({ digest, file, writer }: Output): Promise<void> {
  const bytes = writer.take();
  digest?.update(bytes);
  return file.write(bytes);
}

/** What the receiver need not hand over, as no output wants it. */
export function commonFilter(
  configs: readonly OutputConfig[],
): Pick<OutputConfig, "isSuccessOnly" | "isUniqueOnly"> {
  return {
    isSuccessOnly: configs.every(({ isSuccessOnly }) => isSuccessOnly),
    isUniqueOnly: configs.every(({ isUniqueOnly }) => isUniqueOnly),
  };
}

function makeRowWriter(
  { fields, format, hasHeader }: OutputConfig,
  probe: Probe,
): RowWriter<Response> {
  const known = responseColumns(probe);
  const columns = fields.map((name) => {
    if (name === "") return EMPTY_COLUMN;
    const column = known.find((one) => one.name === name);
    if (column === undefined) throw new RangeError(`No field is "${name}"`);
    return column;
  });
  return createRowWriter({ format, columns, hasHeader });
}

function makeTest(
  { filter, isSuccessOnly, isUniqueOnly }: OutputConfig,
  probe: Probe,
): (response: Response) => boolean {
  const passes = compileFilter(filter, responseColumns(probe));
  return (response) =>
    (response.isSuccess || !isSuccessOnly) &&
    !(response.isRepeat && isUniqueOnly) && passes(response);
}
