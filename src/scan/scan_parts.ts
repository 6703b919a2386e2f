import type { Logger } from "@logtape/logtape";
import type { MetadataFile, ResultFile } from "../output/mod.ts";
import type { AliasWatch } from "./alias_watch.ts";
import type { Checkpoints } from "./checkpoints.ts";
import type { Collector } from "./collector.ts";
import type { ScanConfig } from "./config.ts";
import type { ScanHooks } from "./hooks.ts";
import type { ScanNetwork } from "./network.ts";
import type { OutageWatch } from "./outage_watch.ts";
import type { Reporter } from "./reporter.ts";
import type { RunsBefore } from "./runs_before.ts";
import type { ScanClock } from "./scan_clock.ts";
import type { ScanController } from "./scan_controller.ts";
import type { ScanMemory } from "./scan_memory.ts";
import type { ScanSettings } from "./settings.ts";
import type { StreamWork } from "./stream_work.ts";
import type { Transport } from "./transport.ts";

/** What a running scan works with. */
export interface ScanParts {
  readonly config: ScanConfig;
  readonly network: ScanNetwork;
  readonly settings: ScanSettings;
  readonly transport: Pick<
    Transport,
    "isLive" | "ownAddresses" | "receiver" | "senders" | "silentEnd"
  >;
  readonly memory: ScanMemory;
  readonly controller: ScanController;
  /** Where targets come while the scan runs; undefined: they are known. */
  readonly stream?: StreamWork | undefined;
  readonly collector: Collector;
  readonly outages: OutageWatch;
  /**
   * Null: nobody wants to know of aliased prefixes.
   *
   * @default {null}
   */
  readonly aliases?: AliasWatch | null;
  readonly reporter: Reporter;
  /** Where results go. */
  readonly files: readonly ResultFile[];
  readonly statusFile: ResultFile | null;
  readonly metadataFile: MetadataFile | null;
  /** Null: none are kept. */
  readonly checkpoints?: Checkpoints | null;
  /**
   * What earlier runs of the scan have done.
   *
   * @default {undefined} there was none
   */
  readonly before?: RunsBefore | undefined;
  readonly clock: ScanClock;
  readonly logger: Logger;
  readonly hooks: ScanHooks;
}
