import { getLogger } from "@logtape/logtape";
import { encodeHex } from "../base/mod.ts";
import { sparedDescriptors } from "../preflight/descriptors.ts";
import type { ScanConfig } from "../scan/mod.ts";
import type { WatchReport } from "../scan/watch_report.ts";
import { isLocal } from "../watch/listen_address.ts";
import type { MetricsFile } from "../watch/metrics_file.ts";
import type { ScanIdentity } from "../page/view.ts";
import type { ViewSink } from "../watch/view_sink.ts";
import type { WatchServer } from "../watch/watch_server.ts";
import type { Arguments } from "./arguments.ts";
import { giveBackPrograms } from "./give_back.ts";
import { requireModule } from "./lists.ts";
import type { RecentLog } from "./recent_log.ts";
import { VERSION } from "./version.ts";

/** Clients of `--listen` at the same time at most. */
const MOST_CLIENTS = 1024;
const DIGEST_LENGTH = 16;

/** How a scan is watched, open. */
export interface OpenedWatch {
  readonly report: WatchReport;
  /** The scan's configuration, with what it may do for this while it runs. */
  readonly config: ScanConfig;
}

/**
 * Opens what `--listen`, `--metrics-file` and `--report` ask for; null: nothing. Called while the program may listen yet, and after
 * the log was opened.
 *
 * @throws {ConfigError} when one cannot be opened
 */
export async function openWatch(
  args: Arguments,
  config: ScanConfig,
  recent: RecentLog,
): Promise<OpenedWatch | null> {
  const { listen, metricsFile, report: reportPath } = args.values;
  if (listen === null && metricsFile === null && reportPath === null) {
    return null;
  }
  giveBackPrograms();
  const sinks: ViewSink[] = [];
  let exchangesIn: string | null = null;
  try {
    if (metricsFile !== null) {
      const file = await openMetricsFile(metricsFile, config);
      sinks.push(file);
      exchangesIn = file.exchangesIn;
    }
    if (reportPath !== null) sinks.push(await openReport(reportPath));
    if (listen !== null) sinks.push(await openServer(listen));
    const { WatchReport } = await import("../scan/watch_report.ts");
    const report = new WatchReport({
      sinks,
      identity: await identityOf(args, config),
      log: () => recent.lines(),
    });
    const confinement = { ...config.confinement, exchangesIn };
    return { report, config: { ...config, confinement } };
  } catch (error) {
    for (const sink of sinks) await sink.finish(null);
    throw error;
  }
}

async function openReport(path: string): Promise<ViewSink> {
  const { ReportFile } = await import("../report/mod.ts");
  return await ReportFile.open(path);
}

async function openServer(
  address: NonNullable<Arguments["values"]["listen"]>,
): Promise<WatchServer> {
  const logger = getLogger(["pacemap", "watch"]);
  const { WatchServer } = await import("../watch/watch_server.ts");
  const server = await WatchServer.open(address, {
    mostClients: sparedDescriptors(MOST_CLIENTS),
    onFault: (text) => logger.warn("--listen: {text}", { text }),
  });
  logger.info("Watch the scan at {place}", { place: server.place });
  if (!isLocal(address)) {
    logger.warn(
      "{place} is not loopback: whoever reaches it can see what is scanned and found",
      { place: server.place },
    );
  }
  return server;
}

async function openMetricsFile(
  path: string,
  { confinement, dryRun }: ScanConfig,
): Promise<MetricsFile> {
  const logger = getLogger(["pacemap", "watch"]);
  const { isRoot, MetricsFile } = await import(
    "../watch/metrics_file.ts"
  );
  const file = MetricsFile.open(path, {
    laterUser: dryRun === null && isRoot() ? confinement.user : null,
    onFault: (text) => logger.warn("{text}", { text }),
  });
  if (file.exchangesIn === null) {
    logger.warn(
      "--metrics-file: {path} is overwritten in place, as user {user} may not rename in its directory; a reader may see lines of two moments, and NaN for what is not known",
      { path, user: confinement.user.userId },
    );
  }
  return file;
}

async function identityOf(
  { values, words }: Arguments,
  { dryRun, probe, report }: ScanConfig,
): Promise<ScanIdentity> {
  const { description } = report;
  const seed = new TextEncoder().encode(String(description.seed));
  const digest = await crypto.subtle.digest("SHA-256", seed);
  const { target_ports: ports } = description;
  const hasPorts = requireModule(probe.module).usesPorts;
  return {
    command_line: words,
    version: VERSION,
    seed_digest: encodeHex(new Uint8Array(digest), "").slice(0, DIGEST_LENGTH),
    started_at: new Date().toISOString(),
    probe_module: probe.module,
    target_ports: hasPorts && Array.isArray(ports) ? ports : [],
    interface: "",
    shard: values.shard,
    shards: values.shards,
    is_dry_run: dryRun !== null,
  };
}
