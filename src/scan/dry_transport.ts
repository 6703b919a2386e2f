import { getLogger } from "@logtape/logtape";
import { type KernelLosses, NO_KERNEL_LOSSES } from "../monitor/mod.ts";
import type { Probe } from "../probe/mod.ts";
import { makeDryRunLock } from "../send/dry_run_writer.ts";
import type {
  DryRunOptions,
  Ipv6SendOptions,
  MixedSendOptions,
  SendOptions,
} from "../send/mod.ts";
import {
  IP_PROTOCOL_TCP,
  IPV4_PROTOCOL,
  IPV6_NEXT_HEADER,
} from "../wire/mod.ts";
import type { DryRunConfig, ScanConfig } from "./config.ts";
import { type DryFamilies, planDryRun } from "./dry_families.ts";
import { READER_GONE } from "./hooks.ts";
import type { ScanNetwork } from "./network.ts";
import {
  finishOutputs,
  openOutputs,
  type Output,
  portsOf,
  type Waiting,
} from "./outputs.ts";
import type { ScanThreads } from "./threads.ts";
import type { ScanPlan, Transport, TransportSetting } from "./transport.ts";
import type { WorkerHandle } from "./worker_handle.ts";

/** Standard output: senders write what they would send. Needs no rights, no libpcap and no network. */
export class DryTransport implements Transport {
  readonly isLive = false;
  readonly ownAddresses = 0;
  /** Senders end when nobody reads what they write. */
  readonly silentEnd: string = READER_GONE;
  readonly receiver = null;
  readonly networkWatch = null;
  readonly senders: readonly WorkerHandle[];
  readonly #config: ScanConfig;
  readonly #dryRun: DryRunConfig;
  #families: DryFamilies | null = null;

  constructor(
    config: ScanConfig,
    dryRun: DryRunConfig,
    { senders }: Pick<ScanThreads, "senders">,
  ) {
    this.#config = config;
    this.#dryRun = dryRun;
    this.senders = senders;
  }

  plan(): Promise<ScanPlan> {
    const { targets } = this.#config;
    const logger = getLogger(["pacemap", "scan"]);
    this.#families = planDryRun(this.#config, logger);
    const { network } = this.#families;
    logger.info(network.reason);
    return Promise.resolve({ network, targets });
  }

  start({ memory, network, settings }: TransportSetting): void {
    const { probe, send } = this.#config;
    const dryRun = this.#writing(settings.probe, network);
    const validationKey = crypto.getRandomValues(new Uint32Array(4));
    for (const [index, sender] of this.senders.entries()) {
      const { control, counters, followUps, work } = memory.senders[index]!;
      const options: SendOptions | Ipv6SendOptions | MixedSendOptions = {
        ...this.#families!.sending(settings.probeOptions),
        processor: null,
        sendBackend: "sendmmsg",
        deviceQueue: 0,
        interfaceName: network.interfaceName,
        interfaceIndex: network.interfaceIndex,
        layer: network.layer,
        probeModule: probe.module,
        validationKey,
        batch: send.batch,
        retries: send.retries,
        control,
        counters,
        queue: work,
        followUps,
        bucket: memory.bucket,
        records: null,
        dryRun,
      };
      sender.start(options);
    }
  }

  /** A header, if any, stands above the packets, and a footer behind it; no rows follow. */
  async openOutputs(
    probe: Probe,
    waiting: Waiting,
  ): Promise<readonly Output[]> {
    const outputs = await openOutputs(this.#config.outputs, {
      probe,
      ports: portsOf(this.#config),
      waiting,
    });
    const abandon = (): void => {
      for (const { file } of outputs) {
        file.abandon(String(waiting.signal.reason));
      }
    };
    waiting.signal.addEventListener("abort", abandon);
    finishOutputs(outputs);
    for (const { file } of outputs) await file.close();
    waiting.signal.removeEventListener("abort", abandon);
    waiting.signal.throwIfAborted();
    return outputs;
  }

  async ready(): Promise<readonly string[]> {
    await Promise.all(this.senders.map((sender) => sender.ready()));
    return [];
  }

  kernelLosses(): KernelLosses {
    return NO_KERNEL_LOSSES;
  }

  [Symbol.dispose](): void {
    for (const sender of this.senders) sender.terminate();
  }

  #writing(probe: Probe, { linkHeader }: ScanNetwork): DryRunOptions {
    const frame = new DataView(new ArrayBuffer(probe.maxFrameBytes));
    probe.prepare(frame, 0);
    const protocolAt = probe.family === 4 ? IPV4_PROTOCOL : IPV6_NEXT_HEADER;
    const protocol = frame.getUint8(linkHeader.length + protocolAt);
    return {
      output: protocol === IP_PROTOCOL_TCP ? this.#dryRun.output : "text",
      lock: makeDryRunLock(),
    };
  }
}
