import { ConfigError } from "../base/mod.ts";
import { pathFacts } from "../link/mod.ts";
import { compileFilter } from "../filter/mod.ts";
import {
  type Chunk,
  type ContentDigest,
  describeFileError,
  loadOutputModules,
  type OutputContext,
  type OutputModule,
  outputName,
  PatientWriter,
  ResultFile,
  type RowEncoder,
  STANDARD_OUTPUT,
  syncDirectory,
} from "../output/mod.ts";
import {
  type Probe,
  probeProtocol,
  requireProbeModule,
  type Response,
  responseColumns,
} from "../probe/mod.ts";
import type { OutputConfig, ScanConfig } from "./config.ts";

/** A destination of results, open. */
export interface Output {
  readonly file: ResultFile;
  readonly writer: RowEncoder<Response>;
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

/** What is done while an output is not ready. */
export interface Waiting {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Called when it takes long. */
  readonly onWait: (text: string) => void;
}

/** What an earlier run has left of an output. */
export interface KeptOutput {
  /** Bytes of its file that stay. */
  readonly keptBytes: number;
  /** See `OutputContext.memory`. */
  readonly memory: readonly number[];
}

const NOTHING_KEPT: KeptOutput = { keptBytes: 0, memory: [] };

/**
 * Opens all destinations of results, or none.
 *
 * @throws {ConfigError} when one cannot be opened
 * @throws the reason of the signal when that aborts before
 */
export async function openOutputs(
  configs: readonly OutputConfig[],
  {
    digests = [],
    kept = [],
    ports = [],
    probe,
    waiting,
    waitsForSpace = false,
  }: {
    readonly probe: Probe;
    /** Ports that are probed; none for kinds of probes without ports. */
    readonly ports?: readonly number[];
    readonly waiting: Waiting;
    /** For each output what stays of it. */
    readonly kept?: readonly KeptOutput[];
    /** For each output, the digest of that. */
    readonly digests?: readonly (ContentDigest | null)[];
    /** Whether a full disk is waited for. */
    readonly waitsForSpace?: boolean;
  },
): Promise<readonly Output[]> {
  const outputs: Output[] = [];
  const protocol = probeProtocol(probe);
  const modules = await loadOutputModules(configs.map(({ format }) => format));
  try {
    for (const [index, config] of configs.entries()) {
      const module = modules[index]!;
      const context: OutputContext = {
        ...kept[index] ?? NOTHING_KEPT,
        columns: columnsOf(config, probe),
        hasHeader: config.hasHeader,
        protocol,
        ports,
        program: config.program,
      };
      const { keptBytes } = context;
      const digest = digests[index] ?? null;
      outputs.push({
        keptBytes,
        digest,
        writer: await module.open(context),
        accepts: makeTest(config, probe),
        file: await openFile(config, {
          ...waiting,
          context,
          module,
          waitsForSpace,
        }),
        // Once it is open: before, there may have been none.
        owner: digest === null ? null : pathFacts(config.path!)?.owner ?? null,
      });
      // What a checkpoint names must be there after a power failure.
      if (digest !== null && keptBytes === 0) await syncDirectory(config.path!);
    }
    return outputs;
  } catch (error) {
    for (const { file } of outputs) await file.close();
    throw error;
  }
}

/** The ports of a scan; none for kinds of probes without ports. */
export function portsOf(
  { probe, targets: { ipv4, ipv6 } }: Pick<ScanConfig, "probe" | "targets">,
): readonly number[] {
  if (!requireProbeModule(probe.module).usesPorts) return [];
  return [...ipv4?.ports ?? ipv6?.ports ?? []];
}

/** Gives a file all rows that wait to be written to it; resolves when they are written, or are not to be. */
export function hand(output: Output): Promise<void> {
  return give(output, output.writer.take());
}

/** Gives the files all that is left, and their footers. May be called again. */
export function finishOutputs(outputs: readonly Output[]): void {
  for (const output of outputs) {
    const chunk = output.writer.finish();
    if (chunk.bytes.length > 0) give(output, chunk);
  }
}

function give({ digest, file }: Output, chunk: Chunk): Promise<void> {
  digest?.update(chunk.bytes);
  return file.write(chunk);
}

async function openFile(
  { path }: OutputConfig,
  { context, module, ...options }: Waiting & {
    readonly module: OutputModule;
    readonly context: OutputContext;
    readonly waitsForSpace: boolean;
  },
): Promise<ResultFile> {
  const option = "--output-file";
  const { keptBytes } = context;
  if (module.openSink === undefined) {
    return await ResultFile.open(path ?? STANDARD_OUTPUT, {
      ...options,
      option,
      keptBytes,
    });
  }
  const file = path ?? STANDARD_OUTPUT;
  try {
    const sink = await module.openSink(file, context);
    const isPatient = options.waitsForSpace && sink.isOnDisk;
    const patient = isPatient ? new PatientWriter(sink) : null;
    return new ResultFile(sink, outputName(file), patient);
  } catch (error) {
    throw new ConfigError(
      option,
      `Cannot open ${outputName(file)} for writing: ${
        describeFileError(error)
      }`,
      "Name a file in a directory that you may write to",
      error,
    );
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

function columnsOf(
  { fields }: OutputConfig,
  probe: Probe,
): OutputContext["columns"] {
  const known = responseColumns(probe);
  return fields.map((name) => {
    const column = known.find((one) => one.name === name);
    if (column === undefined) throw new RangeError(`No field is "${name}"`);
    return column;
  });
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
