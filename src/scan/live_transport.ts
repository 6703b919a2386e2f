import { getLogger } from "@logtape/logtape";
import { formatIpv4 } from "../base/mod.ts";
import { runQuickCheck } from "../doctor/mod.ts";
import { LinkReader } from "../link/mod.ts";
import { MAX_FOLLOW_UPS } from "../loss/mod.ts";
import { KernelCounters, type KernelLosses } from "../monitor/mod.ts";
import {
  checkLibpcap,
  checkRights,
  dropPrivileges,
  type NetworkPlan,
  networkRequest,
  planProcessors,
  type ProcessorPlan,
  resolveNetwork,
  runOn,
  waitForPing,
} from "../preflight/mod.ts";
import type { Probe } from "../probe/mod.ts";
import type { ReceiveOptions } from "../receive/mod.ts";
import type { SendOptions } from "../send/mod.ts";
import type { ScanConfig } from "./config.ts";
import {
  commonFilter,
  openOutputs,
  type Output,
  type Waiting,
} from "./outputs.ts";
import type { Transport, TransportSetting } from "./transport.ts";
import { WorkerHandle } from "./worker_handle.ts";

/** The network: senders and a receiver with packet sockets. */
export class LiveTransport implements Transport {
  readonly isLive = true;
  readonly silentEnd = "a thread ended by itself";
  readonly receiver: WorkerHandle;
  readonly senders: readonly WorkerHandle[];
  readonly #config: ScanConfig;
  readonly #processors: ProcessorPlan;
  readonly #logger = getLogger(["pacemap", "scan"]);
  #reader: LinkReader | null = null;
  #counters: KernelCounters | null = null;

  /** Begins to load the threads' code, which takes a while: what else there is to do can be done meanwhile. */
  constructor(config: ScanConfig) {
    this.#config = config;
    this.#processors = planProcessors(config.processors, config.send.senders);
    const receiver = new URL("../receive/worker.ts", import.meta.url);
    const sender = new URL("../send/worker.ts", import.meta.url);
    this.receiver = new WorkerHandle(receiver, "receiver");
    this.senders = Array.from(
      { length: config.send.senders },
      () => new WorkerHandle(sender, "sender"),
    );
  }

  async plan(signal: AbortSignal): Promise<NetworkPlan | null> {
    checkRights();
    if (this.#config.capture.backend === "pcap") checkLibpcap();
    const network = await untilAborted(
      resolveNetwork(networkRequest(this.#config)),
      signal,
    );
    if (network === null) return null;
    this.#logger.info(network.reason);
    return await this.#hostAnswers(network, signal) ? network : null;
  }

  start(setting: TransportSetting): void {
    const { interfaceIndex } = setting.network;
    this.#reader = LinkReader.open();
    this.#counters = new KernelCounters(this.#reader, interfaceIndex);
    const common = commonOptions(this.#config, setting);
    this.receiver.start(this.#receiveOptions(common, setting));
    for (const [index, sender] of this.senders.entries()) {
      sender.start(this.#sendOptions(common, setting, index));
    }
    // While they start, on other processors.
    if (this.#config.hasPreflight) runQuickCheck(this.#config, setting.network);
  }

  openOutputs(probe: Probe, waiting: Waiting): Promise<readonly Output[]> {
    return openOutputs(this.#config.outputs, { probe, waiting });
  }

  async ready(): Promise<readonly string[]> {
    const threads = [this.receiver, ...this.senders];
    await Promise.all(threads.map((thread) => thread.ready()));
    // Not before: workers would inherit it.
    runOn(this.#processors.monitor);
    const backends = new Set(threads.map(({ backend }) => backend));
    return [...backends, dropPrivileges()];
  }

  kernelLosses(): KernelLosses {
    return this.#counters!.read();
  }

  [Symbol.dispose](): void {
    this.receiver.terminate();
    for (const sender of this.senders) sender.terminate();
    this.#reader?.[Symbol.dispose]();
  }

  /** With `--netmap-wait-ping`: waits for the host; false when a signal came before its answer. */
  async #hostAnswers(
    network: NetworkPlan,
    signal: AbortSignal,
  ): Promise<boolean> {
    const address = this.#config.network.waitPingAddress;
    if (address === null) return true;
    const host = formatIpv4(address);
    this.#logger.info("Waiting for {host} to answer a ping", { host });
    if (!await waitForPing({ address, network, signal })) return false;
    this.#logger.info("{host} answers", { host });
    return true;
  }

  #receiveOptions(
    common: CommonOptions,
    { memory: { receiver }, settings }: TransportSetting,
  ): ReceiveOptions {
    const { capture, dedup, outputs, probe } = this.#config;
    return {
      ...common,
      processor: this.#processors.receiver,
      bufferBytes: capture.bufferBytes,
      receiveBackend: capture.backend,
      filter: commonFilter(outputs),
      dedup,
      isPortChecked: probe.isPortChecked,
      measure: {
        answers: receiver.answers,
        firstFollowUp: probe.probesPerTarget,
        mostFollowUps: settings.followUpsOff === "" ? MAX_FOLLOW_UPS : 0,
      },
      control: receiver.control,
      counters: receiver.counters,
      queue: receiver.records,
    };
  }

  #sendOptions(
    common: CommonOptions,
    { memory, network }: TransportSetting,
    index: number,
  ): SendOptions {
    const { send } = this.#config;
    const sender = memory.senders[index]!;
    return {
      ...common,
      processor: this.#processors.senders[index]!,
      sendBackend: send.backend,
      deviceQueue: index,
      layer: network.layer,
      interfaceIndex: network.interfaceIndex,
      batch: send.batch,
      retries: send.retries,
      control: sender.control,
      counters: sender.counters,
      queue: sender.work,
      followUps: sender.followUps,
      bucket: memory.bucket,
      nextHops: memory.nextHops,
      dryRun: null,
    };
  }
}

/** What all threads are told alike. */
type CommonOptions = Pick<
  ReceiveOptions,
  | "interfaceName"
  | "sourceAddresses"
  | "probeModule"
  | "probeOptions"
  | "validationKey"
  | "targets"
>;

function commonOptions(
  { probe, targets }: ScanConfig,
  { network, settings }: TransportSetting,
): CommonOptions {
  return {
    interfaceName: network.interfaceName,
    sourceAddresses: network.sourceAddresses,
    probeModule: probe.module,
    probeOptions: settings.probeOptions,
    validationKey: crypto.getRandomValues(new Uint32Array(4)),
    targets,
  };
}

/** What the promise resolves to, or null as soon as the signal aborts. */
function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T | null> {
  const aborted = Promise.withResolvers<null>();
  const abort = (): void => aborted.resolve(null);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  return Promise.race([promise, aborted.promise])
    .finally(() => signal.removeEventListener("abort", abort));
}
