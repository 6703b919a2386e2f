/** Bytes of a hardware address on Ethernet. */
const MAC_BYTES = 6;

/** Memory of `NextHops`; survives `postMessage`. */
export interface NextHopMemory {
  /** One number, even while the addresses are whole, odd while one of them is written. */
  readonly version: Int32Array;
  /** Six bytes for each next hop. */
  readonly macs: Uint8Array;
}

/** Makes the memory of next hops with these hardware addresses, six bytes each. */
export function makeNextHopMemory(
  macs: readonly Uint8Array[],
): NextHopMemory {
  const memory: NextHopMemory = {
    version: new Int32Array(new SharedArrayBuffer(4)),
    macs: new Uint8Array(new SharedArrayBuffer(macs.length * MAC_BYTES)),
  };
  macs.forEach((mac, index) => memory.macs.set(mac, index * MAC_BYTES));
  return memory;
}

/** A part of the next hops, which keeps to the same memory: `count` of them from `first` on, or all the rest. */
export function sliceNextHops(
  { macs, version }: NextHopMemory,
  first: number,
  count: number = macs.length / MAC_BYTES - first,
): NextHopMemory {
  const from = first * MAC_BYTES;
  return { version, macs: macs.subarray(from, from + count * MAC_BYTES) };
}

/**
 * The hardware addresses of the next hops of a scan. One thread writes them while others read them: a gateway
 * may change its address in the middle of a scan.
 */
export class NextHops {
  readonly #memory: NextHopMemory;

  constructor(memory: NextHopMemory) {
    this.#memory = memory;
  }

  /** How many there are. */
  get count(): number {
    return this.#memory.macs.length / MAC_BYTES;
  }

  /** Another number after each change. */
  get version(): number {
    return Atomics.load(this.#memory.version, 0);
  }

  /** Changes the address of one next hop; one thread only may do so. */
  setMac(index: number, mac: Uint8Array): void {
    const { macs, version } = this.#memory;
    Atomics.add(version, 0, 1);
    macs.set(mac, index * MAC_BYTES);
    Atomics.add(version, 0, 1);
  }

  /** Copies all addresses, six bytes each, and returns the version that they are of. */
  read(into: Uint8Array): number {
    for (;;) {
      const before = this.version;
      into.set(this.#memory.macs);
      // Odd: it is written at this moment, which takes less than a microsecond.
      if (before % 2 === 0 && before === this.version) return before;
    }
  }
}
