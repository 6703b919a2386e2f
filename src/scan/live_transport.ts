import { getLogger } from "@logtape/logtape";
import { reportChecks } from "../doctor/quick_check.ts";
import {
  egressChains,
  type FirewallChain,
  LinkReader,
  LOOPBACK_INDEX,
  nameInterfacesThrough,
  readFirewall,
  readHostNames,
} from "../link/mod.ts";
import { MAX_FOLLOW_UPS } from "../loss/mod.ts";
import { KernelCounters, type KernelLosses } from "../monitor/mod.ts";
import {
  checkLibpcap,
  checkMtu,
  checkRights,
  planProcessors,
  type ProcessorPlan,
  runOn,
} from "../preflight/mod.ts";
import type { Probe } from "../probe/mod.ts";
import type { Ipv6OnlyReceiveOptions, ReceiveOptions } from "../receive/mod.ts";
import type {
  Ipv6SendOptions,
  MixedSendOptions,
  SendOptions,
} from "../send/mod.ts";
import { prepareProcess, type ProcessConfinement } from "../sandbox/mod.ts";
import { markFiltered, tellToConfine } from "../shm/mod.ts";
import type { ScanConfig } from "./config.ts";
import { LINK_TYPE_ETHERNET, LINK_TYPE_RAW } from "../wire/mod.ts";
import { FilterWatch } from "./filter_watch.ts";
import { makeLiveFamily } from "./live_families.ts";
import type { LiveFamily } from "./live_family.ts";
import type { ScanNetwork } from "./network.ts";
import type { NetworkWatch } from "./network_watch.ts";
import {
  commonFilter,
  openOutputs,
  type Output,
  portsOf,
  type Waiting,
} from "./outputs.ts";
import { prepareProbeCapture } from "./probe_capture.ts";
import { scanSettings } from "./settings.ts";
import type { ScanThreads } from "./threads.ts";
import type { ScanPlan, Transport, TransportSetting } from "./transport.ts";
import type { WorkerHandle } from "./worker_handle.ts";

/** The network: senders and a receiver with packet sockets. */
export class LiveTransport implements Transport {
  readonly isLive = true;
  readonly silentEnd = "a thread ended by itself";
  readonly receiver: WorkerHandle;
  readonly senders: readonly WorkerHandle[];
  #config: ScanConfig;
  readonly #family: LiveFamily;
  readonly #processors: ProcessorPlan;
  readonly #logger = getLogger(["pacemap", "scan"]);
  #reader: LinkReader | null = null;
  #counters: KernelCounters | null = null;
  #networkWatch: NetworkWatch | null = null;
  #filters: FilterWatch | null = null;
  #egress: readonly FirewallChain[] = [];
  #setting: TransportSetting | null = null;
  #ownAddresses = 0;

  /** @param threads with a receiver */
  constructor(config: ScanConfig, threads: ScanThreads) {
    this.#config = config;
    this.#family = makeLiveFamily(config);
    this.#processors = planProcessors(config.processors, config.send.senders);
    this.receiver = threads.receiver!;
    this.senders = threads.senders;
  }

  async plan(signal: AbortSignal): Promise<ScanPlan | null> {
    checkRights();
    if (this.#config.capture.backend === "pcap") checkLibpcap();
    const network = await untilAborted(this.#family.resolve(), signal);
    if (network === null) return null;
    const targets = this.#family.targets ?? this.#config.targets;
    this.#config = { ...this.#config, targets };
    this.#logger.info(network.reason);
    if (!await this.#family.hostAnswers(signal)) return null;
    await this.#askNeighbours(network, signal);
    return signal.aborted ? null : { network, targets };
  }

  start(setting: TransportSetting): void {
    const { interfaceIndex, interfaceName } = setting.network;
    this.#setting = setting;
    // Now, since the right to read the rules is given up later.
    this.#egress = egressChains(readFirewall(), interfaceName);
    this.#reader = LinkReader.open();
    nameInterfacesThrough(this.#reader);
    const { maxFrameBytes } = setting.settings;
    const { linkHeader } = setting.network;
    const packetBytes = maxFrameBytes - linkHeader.length;
    checkMtu(this.#reader, interfaceIndex, packetBytes);
    this.#counters = new KernelCounters(this.#reader, interfaceIndex);
    this.#networkWatch = this.#family.watch();
    this.#prepareCapture(setting);
    const common = commonOptions(setting);
    this.receiver.start(this.#receiveOptions(common, setting));
    for (const [index, sender] of this.senders.entries()) {
      sender.start(this.#sendOptions(common, setting, index));
    }
    // While they start, on other processors.
    if (this.#config.hasPreflight) reportChecks(this.#family.check());
    if (interfaceIndex !== LOOPBACK_INDEX) {
      this.#ownAddresses = this.#family.countOwn(this.#reader);
    }
  }

  openOutputs(probe: Probe, waiting: Waiting): Promise<readonly Output[]> {
    const { digests = [], keptOutputs = [] } = this.#setting?.memento ?? {};
    return openOutputs(this.#config.outputs, {
      digests,
      kept: keptOutputs,
      ports: portsOf(this.#config),
      probe,
      waiting,
      waitsForSpace: true,
    });
  }

  async ready(): Promise<readonly string[]> {
    const threads = [this.receiver, ...this.senders];
    const { checkpoint, confinement } = this.#config;
    const confine = prepareProcess({
      ...confinement,
      removedFile: checkpoint?.path ?? null,
    });
    await Promise.all(threads.map((thread) => thread.ready()));
    // Not before: workers would inherit it.
    runOn(this.#processors.monitor);
    this.#filters = this.#watchFilters();
    const backends = new Set(threads.map(({ backend }) => backend));
    return [...backends, ...this.#confine(confine)];
  }

  /** Gives up what the scan does not need any more. */
  #confine(confine: ProcessConfinement): readonly string[] {
    // For the metadata: files cannot be opened from now on.
    readHostNames();
    const { done, isFiltered, warnings } = confine();
    for (const warning of warnings) this.#logger.warn("{warning}", { warning });
    const { receiver, senders } = this.#setting!.memory;
    if (isFiltered) {
      for (const { control } of [receiver, ...senders]) tellToConfine(control);
    }
    return done;
  }

  get networkWatch(): NetworkWatch | null {
    return this.#networkWatch;
  }

  get ownAddresses(): number {
    return this.#ownAddresses;
  }

  kernelLosses(): KernelLosses {
    const kernel = this.#counters!.read();
    const { senders } = this.#setting!.memory;
    const filter = this.#filters?.update({
      nowMs: performance.now(),
      senders: senders.map(({ counters }) => counters),
      kernel,
    }) ?? null;
    for (const { control } of senders) markFiltered(control, filter !== null);
    return { ...kernel, filter };
  }

  [Symbol.dispose](): void {
    this.receiver.terminate();
    for (const sender of this.senders) sender.terminate();
    this.#networkWatch?.[Symbol.dispose]();
    nameInterfacesThrough(null);
    this.#reader?.[Symbol.dispose]();
  }

  /** What to take for the cause where frames are refused that no queue counts. */
  #watchFilters(): FilterWatch {
    const { interfaceName, layer } = this.#setting!.network;
    const chains = this.#egress.map(({ name }) => name).join(", ");
    // Through a socket for frames, a full queue is counted; elsewhere ENOBUFS has causes that nobody counts.
    const isCounted = layer === "ethernet" &&
      this.senders.every(({ backendName }) => backendName === "sendmmsg");
    const filter = chains !== ""
      ? `the egress filter of ${interfaceName} (nftables chain ${chains})`
      : isCounted
      ? `an egress filter of ${interfaceName} (nftables or tc)`
      : null;
    return new FilterWatch(filter, this.senders.length);
  }

  /** Finds the hosts on the link, as fast as the scan may send. */
  async #askNeighbours(
    network: ScanNetwork,
    signal: AbortSignal,
  ): Promise<void> {
    const { pace } = scanSettings(this.#config, network);
    const { maxRatePps, startRatePps, isAuto } = pace;
    const ratePps = isAuto ? maxRatePps : startRatePps;
    await this.#family.askNeighbours(ratePps, signal);
  }

  #receiveOptions(
    common: CommonOptions,
    { memento, memory: { receiver }, settings }: TransportSetting,
  ): ReceiveOptions | Ipv6OnlyReceiveOptions {
    const { capture, dedup, outputs, probe } = this.#config;
    return {
      ...common,
      ...this.#family.receiving(probe.module, settings.probeOptions),
      processor: this.#processors.receiver,
      bufferBytes: capture.bufferBytes,
      receiveBackend: capture.backend,
      filter: commonFilter(outputs),
      dedup,
      isJournaled: memento !== null && dedup.method !== "none",
      answeredBefore: memento?.answeredBefore ?? null,
      isPortChecked: probe.isPortChecked,
      measure: {
        answers: receiver.answers,
        firstFollowUp: probe.probesPerTarget,
        mostFollowUps: settings.followUpsOff === "" ? MAX_FOLLOW_UPS : 0,
        salt: memento?.held.job.salt ?? null,
      },
      control: receiver.control,
      counters: receiver.counters,
      queue: receiver.records,
    };
  }

  #sendOptions(
    common: CommonOptions,
    { memory, network, settings }: TransportSetting,
    index: number,
  ): SendOptions | Ipv6SendOptions | MixedSendOptions {
    const { probe, send } = this.#config;
    const sender = memory.senders[index]!;
    return {
      ...common,
      ...this.#family.sending(
        settings.probeOptions,
        memory.nextHops,
        memory.aliasTable ?? null,
      ),
      probeModule: probe.module,
      processor: this.#processors.senders[index]!,
      sendBackend: send.backend,
      deviceQueue: index,
      layer: network.layer,
      batch: send.batch,
      retries: send.retries,
      control: sender.control,
      counters: sender.counters,
      queue: sender.work,
      followUps: sender.followUps,
      aliases: sender.aliases ?? null,
      bucket: memory.bucket,
      records: memory.receiver.records,
      dryRun: null,
      capturePath: this.#config.report.probeCapturePath,
    };
  }

  #prepareCapture({ memento, network }: TransportSetting): void {
    const { probeCapturePath } = this.#config.report;
    if (probeCapturePath === null) return;
    prepareProbeCapture(probeCapturePath, {
      linkType: network.layer === "ethernet"
        ? LINK_TYPE_ETHERNET
        : LINK_TYPE_RAW,
      isResumed: memento !== null && memento.rest !== null,
    });
  }
}

/** What all threads are told alike. */
type CommonOptions = Pick<
  ReceiveOptions,
  "interfaceIndex" | "interfaceName" | "validationKey"
>;

function commonOptions({ network }: TransportSetting): CommonOptions {
  return {
    interfaceIndex: network.interfaceIndex,
    interfaceName: network.interfaceName,
    validationKey: crypto.getRandomValues(new Uint32Array(4)),
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
