import type { Logger } from "@logtape/logtape";
import {
  currentThreadId,
  ProcessStatus,
  threadProcessorSeconds,
} from "../link/thread_facts.ts";
import type { Ledger, StatusRow, StatusSink } from "../monitor/mod.ts";
import { windowExcess } from "../send/shared_bucket.ts";
import { RECEIVE, SEND } from "../shm/mod.ts";
import type { LogLineView, ScanIdentity, ScanView } from "../page/view.ts";
import type { ViewSink } from "../watch/view_sink.ts";
import { type MapGround, Tally } from "../report/mod.ts";
import type { Probe } from "../probe/mod.ts";
import { type LossReport, lossReport } from "./loss_report.ts";
import { ledgerMetadata } from "./metadata.ts";
import { scanView, type ViewedParts } from "./watch_view.ts";

/** What a scan is watched with. */
export interface WatchParts {
  readonly sinks: readonly ViewSink[];
  readonly identity: ScanIdentity;
  /** The last lines of the log, oldest first. */
  readonly log: () => readonly LogLineView[];
}

/** What the views of a running scan are made from. */
export interface WatchedScan extends ViewedParts {
  readonly logger: Logger;
}

interface ThreadTime {
  readonly seconds: number;
  readonly atS: number;
}

/** Makes a view of the scan each second, and gives it to all who watch. A fault of it ends no scan. */
export class WatchReport implements StatusSink {
  readonly #parts: WatchParts;
  /** Opened before files cannot be any more. */
  readonly #status: ProcessStatus | null = ProcessStatus.open();
  readonly #mainThread = currentThreadId();
  readonly #times = new Map<string, ThreadTime>();
  #startedAt: string;
  #scan: WatchedScan | null = null;
  #tally: Tally | null = null;
  #last: StatusRow | null = null;
  #isBroken = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#startedAt = parts.identity.started_at;
  }

  /** What is to count where answers come from; null: nobody shows it. */
  count({ classes }: Pick<Probe, "classes">): Tally | null {
    if (!this.#parts.sinks.some(({ hasMap }) => hasMap)) return null;
    return this.#tally = new Tally(classes.map(({ name }) => name));
  }

  /** Learns what it watches. */
  watch(scan: WatchedScan, startedAt: string | undefined): void {
    this.#scan = scan;
    if (this.#tally !== null) {
      const { answered } = this.#tally;
      const { ipv4: plan, mix, stream } = scan.config.targets;
      const ground: MapGround = {
        plan,
        answered,
        hasPositions: mix === null && stream === undefined,
      };
      for (const sink of this.#parts.sinks) {
        if (sink.hasMap) sink.begin(ground);
      }
    }
    this.#startedAt = startedAt ?? this.#startedAt;
  }

  /** Gives up what it does not need, once the scan does. */
  confine(): void {
    for (const sink of this.#parts.sinks) sink.confine();
  }

  update(row: StatusRow): void {
    this.#last = row;
    // The last figures are told by `conclude`, when all is known.
    if (this.#scan === null || row.progress.phase === "done") return;
    this.#show(() => {
      const loss = this.#lossSoFar(row.now.ledger);
      return this.#view(row, { loss, exitReason: null });
    });
  }

  /** What follows is told by `conclude`. */
  finish(): void {}

  /** Shows the final figures, and ends; returns what is wrong with what was written. */
  async conclude(
    { exitReason, loss, metadata }: {
      readonly loss: LossReport;
      readonly metadata: Readonly<Record<string, unknown>>;
      readonly exitReason: string;
    },
  ): Promise<string[]> {
    const row = this.#last;
    let shown: Parameters<ViewSink["finish"]>[0] = null;
    if (row !== null && this.#scan !== null) {
      const view = this.#tried(() => this.#view(row, { loss, exitReason }));
      const ledger = ledgerMetadata(row.now.ledger);
      if (view !== null) shown = { view, ledger, metadata };
    }
    const { sinks } = this.#parts;
    await Promise.all(sinks.map((sink) => sink.finish(shown)));
    return sinks.map(({ fault }) => fault).filter((fault) => fault !== null);
  }

  /** Ends without final figures: the scan has failed. May be called again, also after `conclude`. */
  async close(): Promise<void> {
    await Promise.all(this.#parts.sinks.map((sink) => sink.finish(null)));
    this.#status?.[Symbol.dispose]();
  }

  #show(view: () => ScanView): void {
    const made = this.#tried(view);
    if (made === null || this.#last === null) return;
    const shown = { view: made, ledger: ledgerMetadata(this.#last.now.ledger) };
    for (const sink of this.#parts.sinks) sink.show(shown);
  }

  #tried<T>(make: () => T): T | null {
    if (this.#isBroken) return null;
    try {
      return make();
    } catch (error) {
      this.#isBroken = true;
      const text = error instanceof Error ? error.message : String(error);
      this.#scan?.logger.warn("No further figures for who watches: {text}", {
        text,
      });
      return null;
    }
  }

  #view(
    row: StatusRow,
    { exitReason, loss }: {
      readonly loss: LossReport;
      readonly exitReason: string | null;
    },
  ): ScanView {
    const scan = this.#scan!;
    const memory = this.#status?.memory() ?? null;
    const view = scanView(scan, {
      identity: {
        ...this.#parts.identity,
        started_at: this.#startedAt,
        interface: scan.network.interfaceName,
      },
      row,
      loss,
      exitReason,
      threads: this.#threads(scan),
      memory: {
        resident_bytes: memory?.residentBytes ?? null,
        peak_bytes: memory?.peakBytes ?? null,
      },
      log: this.#parts.log(),
    });
    return this.#tally === null ? view : { ...view, top: this.#tally.top() };
  }

  #lossSoFar(ledger: Ledger): LossReport {
    const { before, config, controller, memory, settings } = this.#scan!;
    return lossReport({
      config: config.loss,
      path: controller.report(),
      ledger,
      askedPps: settings.askedPps,
      maxWindowExcess: Math.max(
        windowExcess(memory.bucket),
        before?.measured.windowExcess ?? 0,
      ),
    });
  }

  #threads({ clock, config, memory }: WatchedScan): ScanView["threads"] {
    const { receiver, senders } = memory;
    const ids: (readonly [name: string, id: number])[] = [
      ["main", this.#mainThread],
      ...config.dryRun === null
        ? [["receiver", receiver.counters[RECEIVE.threadId]!] as const]
        : [],
      ...senders.map(({ counters }, i) =>
        [`sender ${i}`, counters[SEND.threadId]!] as const
      ),
      ...this.#parts.sinks.flatMap(({ threads }) => Object.entries(threads)),
    ];
    return ids.map(([name, id]) => this.#thread(name, id, clock.nowS()));
  }

  /** A thread that has ended has used what it had used last. */
  #thread(name: string, id: number, nowS: number): ScanView["threads"][number] {
    const before = this.#times.get(name) ?? { seconds: 0, atS: nowS };
    const seconds = threadProcessorSeconds(id) ?? before.seconds;
    const passedS = nowS - before.atS;
    this.#times.set(name, { seconds, atS: nowS });
    const used = Math.max(0, seconds - before.seconds);
    return {
      name,
      processor_seconds: Number(seconds.toFixed(3)),
      load: passedS > 0 ? Number((used / passedS).toFixed(3)) : 0,
    };
  }
}
