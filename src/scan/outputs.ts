import type { Column } from "../base/mod.ts";
import { compileFilter } from "../filter/mod.ts";
import {
  createRowWriter,
  ResultFile,
  type RowWriter,
  STANDARD_OUTPUT,
} from "../output/mod.ts";
import { type Probe, type Response, responseColumns } from "../probe/mod.ts";
import type { OutputConfig } from "./config.ts";

/** A destination of results, open. */
export interface Output {
  readonly file: ResultFile;
  readonly writer: RowWriter<Response>;
  /** Bytes that stood in the file before. */
  readonly keptBytes: number;
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
  { keptBytes = [], probe, waiting, waitsForSpace = false }: {
    readonly probe: Probe;
    readonly waiting: Waiting;
    /** For each output, how much of its file stays. */
    readonly keptBytes?: readonly number[];
    /** Whether a full disk is waited for. */
    readonly waitsForSpace?: boolean;
  },
): Promise<readonly Output[]> {
  const outputs: Output[] = [];
  try {
    for (const [index, config] of configs.entries()) {
      const kept = keptBytes[index] ?? 0;
      outputs.push({
        keptBytes: kept,
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
      });
    }
    return outputs;
  } catch (error) {
    for (const { file } of outputs) await file.close();
    throw error;
  }
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
