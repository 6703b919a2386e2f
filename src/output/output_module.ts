import type { Column } from "../base/mod.ts";
import type { Probe, ProbeProtocol, Response } from "../probe/mod.ts";
import type { ByteSink } from "./byte_sink.ts";
import type { RowEncoder } from "./row_encoder.ts";

/** What the rows of an output are made of. */
export interface OutputContext {
  /** In the order of output; a repeated column is repeated where the format can do that. */
  readonly columns: readonly Column<Response>[];
  /** Whether the names of the columns stand above the rows, where a format has such a line. */
  readonly hasHeader: boolean;
  /** What the probes are. */
  readonly protocol: ProbeProtocol;
  /** Ports that are probed; none for kinds of probes without ports. */
  readonly ports: readonly number[];
  /** Name and version of the program. */
  readonly program: string;
  /** Bytes that stand in the file before: a run that goes on writes no header again. */
  readonly keptBytes: number;
  /** What the encoder of the earlier run knew at these bytes; empty where it had nothing to tell. */
  readonly memory: readonly number[];
}

/** Which responses an output gets besides what `--output-filter` says. */
export type OutputSelection =
  /** All that are valid. */
  | "all"
  /** The first success of each target. */
  | "new-successes"
  /** The same unless there is a filter: that decides then. */
  | "new-successes-or-filter";

/** One format of results: a file in `modules`, and a line in the registry. */
export interface OutputModule {
  readonly name: string;
  /** One line for lists. */
  readonly summary: string;
  /** Text for `--help`: what it writes, for whom, and what comes of it when a scan ends early and goes on. */
  readonly help: string;
  /** Which responses it gets. */
  readonly selection: OutputSelection;
  /** Whether values may be lists and records. */
  readonly canNest: boolean;
  /**
   * Bytes that a usual row takes.
   *
   * @default {undefined} those of its fields, and of their names if `namesFields`
   */
  readonly rowBytes?: number;
  /**
   * Whether its reader goes on with the connections that probes have begun: a further probe to the same host, from the
   * same port, would come into them.
   *
   * @default {false}
   */
  readonly handsOver?: boolean;
  /** Whether each row names its fields. */
  readonly namesFields?: boolean;
  /** Whether it has to be a file of its own, as what it writes is more than bytes behind each other. */
  readonly needsFile?: boolean;
  /**
   * The fields that it writes of the answers to a probe.
   *
   * @default {undefined} those of `--output-fields`
   */
  fields?(probe: Probe, hasPorts: boolean): readonly string[];
  /**
   * The line above the rows that names the fields.
   *
   * @default {undefined} there is none
   */
  header?(fields: readonly string[]): Uint8Array;
  /**
   * The file whose bytes are the rows, from which a scan goes on: it is cut behind a row, and continued.
   *
   * @default {undefined} the output itself
   */
  partPath?(path: string): string;
  /**
   * What is wrong with an output that a scan is to go on with, where its bytes do not tell; null: nothing is.
   *
   * @default {undefined} they do
   * @throws {Error} when it cannot be read
   */
  faultOfKept?(
    path: string,
    kept: {
      readonly fields: readonly string[];
      readonly memory: readonly number[];
    },
  ): Promise<string | null>;
  /** Makes the encoder of one output. */
  open(
    context: OutputContext,
  ): RowEncoder<Response> | Promise<RowEncoder<Response>>;
  /**
   * Opens what takes the encoder's bytes instead of a file that holds them as they are.
   *
   * @throws {Error} when that cannot be opened
   */
  openSink?(path: string, context: OutputContext): Promise<ByteSink>;
}
