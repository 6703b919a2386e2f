import { getLogger, type Logger } from "@logtape/logtape";
import { type KernelLosses, NO_KERNEL_LOSSES } from "../monitor/mod.ts";
import type { Probe } from "../probe/mod.ts";
import {
  type DryRunOptions,
  type Ipv6SendOptions,
  makeDryRunLock,
  type SendOptions,
} from "../send/mod.ts";
import {
  IP_PROTOCOL_TCP,
  IPV4_PROTOCOL,
  IPV6_NEXT_HEADER,
} from "../wire/mod.ts";
import {
  type DryRunConfig,
  ipv4ScanOf,
  ipv6ScanOf,
  type ScanConfig,
} from "./config.ts";
import { findDryNetwork, findDryNetwork6 } from "./dry_network.ts";
import { READER_GONE } from "./hooks.ts";
import { ipv6SourcesOf } from "./ipv6_sources.ts";
import type { SendTargets } from "./live_family.ts";
import type { ScanNetwork } from "./network.ts";
import { openOutputs, type Output, type Waiting } from "./outputs.ts";
import type { Transport, TransportSetting } from "./transport.ts";
import { WorkerHandle } from "./worker_handle.ts";

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
  #targets: SendTargets | null = null;

  constructor(config: ScanConfig, dryRun: DryRunConfig) {
    this.#config = config;
    this.#dryRun = dryRun;
    const url = new URL("../send/worker.ts", import.meta.url);
    this.senders = Array.from(
      { length: config.send.senders },
      () => new WorkerHandle(url, "sender"),
    );
  }

  plan(): Promise<ScanNetwork> {
    const logger = getLogger(["pacemap", "scan"]);
    const { network, targets } = planDryRun(this.#config, logger);
    this.#targets = targets;
    logger.info(network.reason);
    return Promise.resolve(network);
  }

  start({ memory, network, settings }: TransportSetting): void {
    const { probe, send } = this.#config;
    const dryRun = this.#writing(settings.probe, network);
    const validationKey = crypto.getRandomValues(new Uint32Array(4));
    for (const [index, sender] of this.senders.entries()) {
      const { control, counters, followUps, work } = memory.senders[index]!;
      const options: SendOptions | Ipv6SendOptions = {
        ...this.#targets!,
        processor: null,
        sendBackend: "sendmmsg",
        deviceQueue: 0,
        interfaceName: network.interfaceName,
        interfaceIndex: network.interfaceIndex,
        layer: network.layer,
        probeModule: probe.module,
        probeOptions: settings.probeOptions,
        validationKey,
        batch: send.batch,
        retries: send.retries,
        control,
        counters,
        queue: work,
        followUps,
        bucket: memory.bucket,
        nextHops: null,
        records: null,
        dryRun,
      };
      sender.start(options);
    }
  }

  /** A header, if any, stands above the packets; no rows follow. */
  async openOutputs(
    probe: Probe,
    waiting: Waiting,
  ): Promise<readonly Output[]> {
    const outputs = await openOutputs(this.#config.outputs, { probe, waiting });
    const abandon = (): void => {
      for (const { file } of outputs) {
        file.abandon(String(waiting.signal.reason));
      }
    };
    waiting.signal.addEventListener("abort", abandon);
    for (const { file, writer } of outputs) {
      await file.write(writer.take());
      await file.close();
    }
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

/** The network that a dry run shows, and what its senders are told of their targets. */
function planDryRun(
  config: ScanConfig,
  logger: Logger,
): { readonly network: ScanNetwork; readonly targets: SendTargets } {
  const ipv4 = ipv4ScanOf(config);
  if (ipv4 !== null) {
    const network = findDryNetwork(ipv4, logger);
    const { sourceAddresses } = network;
    const { targets } = ipv4;
    return { network, targets: { targets, sourceAddresses, routes: null } };
  }
  const ipv6 = ipv6ScanOf(config);
  if (ipv6 === null) throw new RangeError("Cannot scan without targets");
  const network = findDryNetwork6(ipv6, logger);
  const sources = ipv6SourcesOf(network, ipv6.targets.seed);
  const { targets } = ipv6;
  return { network, targets: { ipv6: { targets, sources, routes: null } } };
}
