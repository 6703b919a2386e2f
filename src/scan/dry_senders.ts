import type { PositionRange } from "../loss/mod.ts";
import type { NetworkPlan } from "../preflight/mod.ts";
import { requireProbeModule } from "../probe/mod.ts";
import {
  makeSharedBucketMemory,
  type SendOptions,
  type SharedBucketMemory,
} from "../send/mod.ts";
import {
  Command,
  type Control,
  type Counters,
  giveCommand,
  makeControl,
  makeCounters,
  makeLock,
  makeWorkQueueMemory,
  SEND,
  SEND_SLOTS,
  WorkQueue,
  type WorkQueueMemory,
} from "../shm/mod.ts";
import { IP_PROTOCOL_TCP, IPV4_PROTOCOL } from "../wire/mod.ts";
import type { DryRunConfig, ScanConfig } from "./config.ts";
import { choosePace, makeProbeOptions } from "./scan.ts";
import { WorkerHandle } from "./worker_handle.ts";

/** A sender and what it shares with this thread. */
interface Sender {
  readonly worker: WorkerHandle;
  readonly control: Control;
  readonly counters: Counters;
  readonly work: WorkQueueMemory;
}

/** The sending threads of a dry run, which write to standard output. */
export class DrySenders {
  /** Sets their pace. */
  readonly bucket: SharedBucketMemory;
  readonly #config: ScanConfig;
  readonly #senders: readonly Sender[];

  private constructor(
    config: ScanConfig,
    bucket: SharedBucketMemory,
    senders: readonly Sender[],
  ) {
    this.#config = config;
    this.bucket = bucket;
    this.#senders = senders;
  }

  /**
   * Starts all of them; they wait for work.
   *
   * @throws {PreflightError} when one cannot start
   */
  static async start(
    config: ScanConfig,
    dryRun: DryRunConfig,
    network: NetworkPlan,
  ): Promise<DrySenders> {
    const common = commonOptions(config, dryRun, network);
    const senders = Array.from(
      { length: config.send.senders },
      () => startSender(common),
    );
    return new DrySenders(config, common.bucket, await Promise.all(senders));
  }

  /** What each of them counts. */
  get counters(): readonly Counters[] {
    return this.#senders.map(({ counters }) => counters);
  }

  /** Packets written. */
  get done(): number {
    return this.counters.reduce(
      (sum, counters) => sum + counters[SEND.done]!,
      0,
    );
  }

  /** Targets of which a packet was written: each sender begins with one for each of its targets. */
  get targetsProbed(): number {
    return this.counters.reduce((sum, counters, index) => {
      const { end, first } = this.#partOf(index);
      return sum + Math.min(counters[SEND.done]!, end - first);
    }, 0);
  }

  /** Gives each its part of the positions, as often as there are probes to a target. */
  run(): void {
    const { probesPerTarget } = this.#config.probe;
    for (const [index, { control, work }] of this.#senders.entries()) {
      const queue = new WorkQueue(work);
      const { first, end } = this.#partOf(index);
      for (
        let probeNumber = 0;
        first < end && probeNumber < probesPerTarget;
        probeNumber++
      ) queue.push({ first, end, probeNumber }, control);
    }
    for (const { control } of this.#senders) giveCommand(control, Command.run);
  }

  /** Resolves when one of them ends by itself. */
  async end(): Promise<void> {
    await Promise.race(this.#senders.map(({ worker }) => worker.done));
  }

  /** Ends all of them; resolves to why one failed, or null. */
  async stop(): Promise<string | null> {
    for (const { control } of this.#senders) giveCommand(control, Command.stop);
    const ends = await Promise.all(
      this.#senders.map(({ worker }) => worker.done),
    );
    return ends.find((end) => end !== null) ?? null;
  }

  [Symbol.dispose](): void {
    for (const { worker } of this.#senders) worker.terminate();
  }

  #partOf(index: number): PositionRange {
    const { endPosition, firstPosition } = this.#config.targets;
    const count = endPosition - firstPosition;
    const cut = (at: number): number =>
      firstPosition + Math.floor(count * at / this.#senders.length);
    return { first: cut(index), end: cut(index + 1) };
  }
}

/** What all senders are told alike. */
type CommonOptions = Omit<
  SendOptions,
  "control" | "counters" | "queue" | "followUps"
>;

function commonOptions(
  config: ScanConfig,
  dryRun: DryRunConfig,
  network: NetworkPlan,
): CommonOptions {
  const probeOptions = makeProbeOptions(config, network);
  const probe = requireProbeModule(config.probe.module).create(probeOptions);
  const frame = new DataView(new ArrayBuffer(probe.maxFrameBytes));
  probe.prepare(frame, 0);
  const protocol = frame.getUint8(network.linkHeader.length + IPV4_PROTOCOL);
  return {
    processor: null,
    sendBackend: "sendmmsg",
    deviceQueue: 0,
    interfaceName: network.interfaceName,
    interfaceIndex: network.interfaceIndex,
    layer: network.layer,
    sourceAddresses: network.sourceAddresses,
    probeModule: config.probe.module,
    probeOptions,
    validationKey: crypto.getRandomValues(new Uint32Array(4)),
    targets: config.targets,
    batch: config.send.batch,
    retries: config.send.retries,
    bucket: makeSharedBucketMemory(
      choosePace(config, probe, network).startRatePps,
    ),
    dryRun: {
      output: protocol === IP_PROTOCOL_TCP ? dryRun.output : "text",
      lock: makeLock(),
    },
  };
}

async function startSender(common: CommonOptions): Promise<Sender> {
  const control = makeControl();
  const counters = makeCounters(SEND_SLOTS);
  const work = makeWorkQueueMemory();
  const options: SendOptions = {
    ...common,
    control,
    counters,
    queue: work,
    followUps: makeWorkQueueMemory(),
  };
  const url = new URL("../send/worker.ts", import.meta.url);
  const worker = new WorkerHandle(url, "sender");
  worker.start(options);
  await worker.ready();
  return { worker, control, counters, work };
}
