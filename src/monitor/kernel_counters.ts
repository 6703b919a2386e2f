import type { LinkReader } from "../link/mod.ts";

/** Packets that the kernel dropped on the scan's interface since the scan began. */
export interface KernelLosses {
  /** By the queueing discipline, after the kernel had taken the frame. */
  readonly sendQueue: number;
  /** By the driver: `tx_dropped` and `tx_errors` of `IFLA_STATS64`. */
  readonly sendDevice: number;
  /** Before the kernel's stack: `rx_dropped`, `rx_missed`, `rx_fifo` and `rx_over` errors. */
  readonly receiveDevice: number;
  /** Times that the link went away or came back. */
  readonly carrierChanges: number;
  /** Packets that wait in the queueing discipline now. */
  readonly sendBacklog: number;
  /** What drops frames on their way out instead of a full queue; null: nothing known. */
  readonly filter: string | null;
}

/** No loss: what is known where no interface is involved. */
export const NO_KERNEL_LOSSES: KernelLosses = {
  sendQueue: 0,
  sendDevice: 0,
  receiveDevice: 0,
  carrierChanges: 0,
  sendBacklog: 0,
  filter: null,
};

const WRAP_32 = 2 ** 32;

/**
 * The kernel's drop counters of one interface as differences from the time of construction, so that what
 * other programs lost before is not ours. Other programs' losses since then cannot be told apart.
 */
export class KernelCounters {
  readonly #reader: LinkReader;
  readonly #interfaceIndex: number;
  #last: KernelLosses;
  #total: KernelLosses = NO_KERNEL_LOSSES;

  constructor(reader: LinkReader, interfaceIndex: number) {
    this.#reader = reader;
    this.#interfaceIndex = interfaceIndex;
    this.#last = this.#readNow() ?? NO_KERNEL_LOSSES;
  }

  /** Reads the counters; when the interface is gone, the last known totals. */
  read(): KernelLosses {
    const now = this.#readNow();
    if (now === null) return this.#total;
    const last = this.#last;
    const total = this.#total;
    this.#last = now;
    this.#total = {
      sendQueue: total.sendQueue + difference(now.sendQueue, last.sendQueue),
      sendDevice: total.sendDevice +
        difference(now.sendDevice, last.sendDevice),
      receiveDevice: total.receiveDevice +
        difference(now.receiveDevice, last.receiveDevice),
      carrierChanges: total.carrierChanges +
        difference(now.carrierChanges, last.carrierChanges),
      sendBacklog: now.sendBacklog,
      filter: null,
    };
    return this.#total;
  }

  #readNow(): KernelLosses | null {
    const link = this.#reader.readLinkCounters(this.#interfaceIndex);
    const queue = this.#reader.readQueueCounters(this.#interfaceIndex);
    if (link === null) return null;
    return {
      sendQueue: queue?.dropped ?? 0,
      sendDevice: link.txDropped + link.txErrors,
      receiveDevice: link.rxDropped + link.rxMissed + link.rxFifoErrors +
        link.rxOverErrors,
      carrierChanges: link.carrierChanges,
      sendBacklog: queue?.backlogPackets ?? 0,
      filter: null,
    };
  }
}

/** Growth of a counter that may be 32 bits wide and wrap, or start again when its device does. */
function difference(now: number, last: number): number {
  if (now >= last) return now - last;
  return last < WRAP_32 && last > WRAP_32 / 2 ? now + WRAP_32 - last : now;
}
