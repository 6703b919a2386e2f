import type { KernelLosses } from "../monitor/mod.ts";
import type { Probe } from "../probe/mod.ts";
import type { ScanTargets } from "./config.ts";
import type { ScanNetwork } from "./network.ts";
import type { NetworkWatch } from "./network_watch.ts";
import type { Output, Waiting } from "./outputs.ts";
import type { ScanMemory } from "./scan_memory.ts";
import type { ScanMemento } from "./resume.ts";
import type { ScanSettings } from "./settings.ts";

/** The way to the targets. */
export interface ScanPlan {
  readonly network: ScanNetwork;
  /** Those of the targets that it leads to. */
  readonly targets: ScanTargets;
}

/** What a transport's threads are started with. */
export interface TransportSetting {
  readonly network: ScanNetwork;
  readonly settings: ScanSettings;
  readonly memory: ScanMemory;
  /** The checkpoint of the scan, if it has one. */
  readonly memento: ScanMemento | null;
}

/** A thread of a transport, as the course of a scan sees it. */
export interface ScanThread {
  /** Resolves when its loop has ended, or it has failed. Never rejects. */
  readonly done: Promise<void>;
  /** Resolves when it holds nothing any more. Never rejects. */
  readonly closed: Promise<void>;
  /** Undefined while its loop runs, then null, or why it ended by itself. */
  readonly end: string | null | undefined;
}

/**
 * How the packets of a scan go out and its answers come in: over the network, or to standard output. The course of
 * a scan is the same over all of them. Called in the order of the members; disposed in the end.
 */
export interface Transport extends Disposable {
  /** Whether packets leave this machine and answers are waited for. */
  readonly isLive: boolean;
  /**
   * Finds the way to the targets; null when `signal` aborts before.
   *
   * @throws {PreflightError} when there is none
   */
  plan(signal: AbortSignal): Promise<ScanPlan | null>;
  /** Begins to start the threads, and checks the machine meanwhile. */
  start(setting: TransportSetting): void;
  /**
   * Opens the destinations of results.
   *
   * @throws {ConfigError} when one cannot be opened
   * @throws the reason of the signal in `waiting` when that aborts before
   */
  openOutputs(probe: Probe, waiting: Waiting): Promise<readonly Output[]>;
  /**
   * Waits until all threads are ready, and gives up what they do not need any more; returns what there is to say.
   *
   * @throws {PreflightError} when one of them cannot start
   */
  ready(): Promise<readonly string[]>;
  readonly senders: readonly ScanThread[];
  /** Null: no answers come. */
  readonly receiver: ScanThread | null;
  /** Sees what becomes of the network, once `start` was called; null: there is none. */
  readonly networkWatch: NetworkWatch | null;
  /** Addresses of this host among the targets, for which nobody answers; known once it has started. */
  readonly ownAddresses: number;
  /** What the kernel has dropped so far on the way of the packets. */
  kernelLosses(): KernelLosses;
  /** Why a thread that was not told to stop has ended without saying. */
  readonly silentEnd: string;
}
