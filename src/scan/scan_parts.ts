import type { Logger } from "@logtape/logtape";
import type { MetadataFile, ResultFile } from "../output/mod.ts";
import type { NetworkPlan } from "../preflight/mod.ts";
import type { Collector } from "./collector.ts";
import type { ScanConfig } from "./config.ts";
import type { Governor } from "./governor.ts";
import type { ScanHooks } from "./hooks.ts";
import type { Reporter } from "./reporter.ts";
import type { ScanMemory, ScanWorkers } from "./workers.ts";

/** What a running scan works with. */
export interface ScanParts {
  readonly config: ScanConfig;
  readonly network: NetworkPlan;
  /** Whether the kind of probe can tell application successes. */
  readonly hasAppSuccess: boolean;
  readonly memory: ScanMemory;
  readonly workers: ScanWorkers;
  readonly governor: Governor;
  readonly collector: Collector;
  readonly reporter: Reporter;
  readonly files: readonly ResultFile[];
  readonly metadataFile: MetadataFile | null;
  readonly logger: Logger;
  readonly hooks: ScanHooks;
}
