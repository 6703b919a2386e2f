import { ConfigError } from "../base/mod.ts";
import {
  checkOutputs,
  commandHelp,
  type CommandSpec,
  EXIT_CODE,
  isFlagSet,
  type NamedPath,
  OPTIONS,
  type OptionValues,
  parseSize,
  printable,
  printError,
  printOut,
  readCommandLine,
  runInterruptibly,
  setting,
  splitCommandLine,
  type Subcommand,
  withExamples,
} from "../cli/mod.ts";
import { spacedJson } from "../output/spaced_json.ts";
import type { ProgramSignals } from "../signals/mod.ts";
import { mergedMetadata } from "./merged_metadata.ts";
import { type MergedScan, mergeShards } from "./merge_shards.ts";
import { reportLines } from "./report.ts";
import { type MergedRows, mergeRows } from "./rows/merge_rows.ts";
import { rowFactsOf } from "./row_facts.ts";
import { ROWS_OPTION } from "./rows/row_error.ts";
import { WholeFile } from "./rows/whole_file.ts";
import { METADATA_OPERAND, readShardMetadata } from "./shard_metadata.ts";

/** Values of the options of `pacemap merge`. */
interface MergeValues extends Pick<OptionValues, "help"> {
  readonly rows: readonly string[];
  readonly outputFile: string | null;
  readonly metadataFile: string | null;
  readonly memory: number;
}

const INTRODUCTION =
  `Puts shards of one scan together. METADATA are the files that the shards wrote
with --metadata-file. Checks that all belong to one job, proves that every
position of it was covered, names what is missing or was probed more than once
by position and shard, adds the ledgers, and combines what is known of the loss.

With --rows it merges their rows too: CSV or JSON lines, in the order of
addresses. Repeats, with the same address, port and classification, are
removed: the first one stays, in the order of the files. Rows without these
columns, and those of routers without a port, are repeats where they are alike.

Exit code: 0 when every position was covered once; 1 when some are missing, or
nothing tells; 4 when all were covered, but some more than once, with more loss
than the target, or by a shard that ended early; 2 for bad input.`;

const EXAMPLES = [
  "pacemap merge shard-0.json shard-1.json",
  "pacemap merge shard-0.json shard-1.json --rows 0.csv 1.csv -o all.csv",
  "pacemap merge shard-0.json shard-1.json -m all.json",
];

const MERGE_COMMAND: CommandSpec<MergeValues> = {
  name: "pacemap merge",
  usage: "METADATA... [--rows FILE...] [-o FILE] [-m FILE]",
  options: {
    rows: setting<readonly string[]>({
      long: "rows",
      argument: "FILE",
      group: "output",
      help:
        "Files of rows to merge, all up to the next option; those in order take no memory",
      remedy: "Give files of rows",
      fallback: [],
      isRepeatable: true,
      parse: (text) => [text],
    }),
    outputFile: setting<string | null>({
      long: "output-file",
      short: "o",
      argument: "FILE",
      group: "output",
      help: "Where the merged rows go: whole, or not at all",
      remedy: "Give the path of a file",
      fallback: null,
      parse: (text) => text,
    }),
    metadataFile: {
      ...OPTIONS.metadataFile,
      help: "Where the metadata of the whole scan go; - for standard output",
    },
    memory: setting<number>({
      long: "memory",
      argument: "SIZE",
      group: "output",
      help:
        "Memory for sorting, in bytes, or with a unit such as MiB; what is more goes to a file beside the output",
      remedy: "Give a size from 1MiB to 1GiB, for example 64MiB",
      fallback: 64 << 20,
      fallbackText: "64MiB",
      parse: (text) =>
        parseSize(text, { what: "Memory", min: 1 << 20, max: 1 << 30 }),
    }),
    help: OPTIONS.help,
  },
};

const EXIT_OF: Readonly<Record<MergedScan["verdict"], number>> = {
  complete: EXIT_CODE.done,
  flawed: EXIT_CODE.lossy,
  incomplete: EXIT_CODE.endedEarly,
};

/** `pacemap merge`. */
export const MERGE: Subcommand = {
  summary: "Merge the metadata and rows of shards, and prove their coverage",
  options: Object.values(MERGE_COMMAND.options),
  help: withExamples(
    `Usage: ${MERGE_COMMAND.name} ${MERGE_COMMAND.usage}\n\n${INTRODUCTION}\n`,
    EXAMPLES,
  ),
  run: runMerge,
};

async function runMerge(
  words: readonly string[],
  { ends, status }: ProgramSignals,
): Promise<number> {
  status.release();
  const raw = splitCommandLine(MERGE_COMMAND, withRows(words));
  if (isFlagSet(raw, "help")) {
    ends.release();
    printOut(commandHelp(MERGE_COMMAND, INTRODUCTION, EXAMPLES));
    return EXIT_CODE.done;
  }
  const { operands, values } = readCommandLine(MERGE_COMMAND, raw);
  await check(operands, values);
  return await runInterruptibly(async (signal) => {
    try {
      return await merge(operands, values, signal);
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
      printError(`pacemap: Nothing written: ${signal.reason}\n`);
      return EXIT_CODE.endedEarly;
    }
  }, ends);
}

/** Of `--rows A B`, B belongs to the option too: shells write out patterns so. */
function withRows(words: readonly string[]): string[] {
  const written: string[] = [];
  let isRows = false;
  for (const [index, word] of words.entries()) {
    if (word === "--") return [...written, ...words.slice(index)];
    if (word === ROWS_OPTION) isRows = true;
    else if (word.startsWith("-") && word !== "-") {
      isRows = false;
      written.push(word);
    } else written.push(isRows ? `${ROWS_OPTION}=${word}` : word);
  }
  const last = words.at(-1);
  return last === ROWS_OPTION ? [...written, last] : written;
}

async function check(
  files: readonly string[],
  { metadataFile, outputFile, rows }: MergeValues,
): Promise<void> {
  if (files.length === 0) {
    throw new ConfigError(
      METADATA_OPERAND,
      "No metadata of shards are given",
      "Give the files that the shards wrote with --metadata-file, in front of --rows",
    );
  }
  if (rows.length > 0 !== (outputFile !== null)) {
    throw new ConfigError(
      outputFile === null ? ROWS_OPTION : "--output-file",
      outputFile === null ? "Needs --output-file" : "Needs --rows",
      "Give both",
    );
  }
  if (outputFile === "-") {
    throw new ConfigError(
      "--output-file",
      "Cannot merge rows to standard output: they are there whole or not at all",
      "Give the path of a file",
    );
  }
  const named = (option: string, path: string): NamedPath => ({ option, path });
  await checkOutputs(
    [
      ...outputFile === null ? [] : [named("--output-file", outputFile)],
      ...metadataFile === null ? [] : [named("--metadata-file", metadataFile)],
    ],
    [
      ...files.map((path) => named(METADATA_OPERAND, path)),
      ...rows.map((path) => named(ROWS_OPTION, path)),
    ],
  );
}

async function merge(
  files: readonly string[],
  { memory, metadataFile, outputFile, rows }: MergeValues,
  signal: AbortSignal,
): Promise<number> {
  const shards = [];
  for (const file of files) {
    shards.push(await readShardMetadata(file));
    signal.throwIfAborted();
  }
  const merged = mergeShards(shards);
  let mergedRows: MergedRows | undefined;
  if (outputFile !== null) {
    mergedRows = await mergeRows({
      files: rows,
      output: outputFile,
      facts: rowFactsOf(shards),
      memoryBytes: memory,
      signal,
    });
  }
  const text = reportLines(merged, mergedRows).map((line) =>
    `${printable(line)}\n`
  ).join("");
  if (metadataFile === null) printOut(text);
  else {
    const json = [...spacedJson(mergedMetadata(merged, mergedRows))].join("");
    if (metadataFile === "-") {
      printError(text);
      printOut(`${json}\n`);
    } else {
      await writeMetadata(metadataFile, `${json}\n`);
      printOut(text);
    }
  }
  return EXIT_OF[merged.verdict];
}

async function writeMetadata(path: string, text: string): Promise<void> {
  using file = new WholeFile("--metadata-file", path);
  file.write(new TextEncoder().encode(text));
  await file.finish();
}
