// HOT PATH
/**
 * An exact set of (address, port) pairs that grows with its members, not with the address space: 64
 * open-addressing tables that grow one at a time, so that growing never doubles the whole. 4 bytes a slot
 * for one port, 6 for several; tables are between 3/8 and 3/4 full. Address 0.0.0.0 is no member: it is
 * never a target (RFC 1122 3.2.1.3).
 */
export class TargetSet {
  readonly #tables: Table[];
  readonly #hasPorts: boolean;
  readonly #salt: number;
  #size = 0;

  /** @param salt secret 32-bit word, so that no one can choose addresses that collide */
  constructor(hasPorts: boolean, salt: number) {
    this.#hasPorts = hasPorts;
    this.#salt = salt | 0;
    this.#tables = Array.from(
      { length: TABLES },
      () => makeTable(FIRST_SLOTS, hasPorts),
    );
  }

  /** Number of members. */
  get size(): number {
    return this.#size;
  }

  /** Adds a pair; false when it was there already. */
  add(address: number, port: number): boolean {
    const hash = mix(address, port, this.#salt);
    const table = this.#tables[hash >>> TABLE_SHIFT]!;
    const slot = find(table, hash, address, port);
    if (table.addresses[slot] !== 0) return false;
    table.addresses[slot] = address;
    if (table.ports !== null) table.ports[slot] = port;
    this.#size++;
    if (++table.used * 4 > table.addresses.length * 3) {
      this.#grow(hash >>> TABLE_SHIFT);
    }
    return true;
  }

  /** Whether a pair is a member. */
  has(address: number, port: number): boolean {
    const hash = mix(address, port, this.#salt);
    const table = this.#tables[hash >>> TABLE_SHIFT]!;
    return table.addresses[find(table, hash, address, port)] !== 0;
  }

  #grow(index: number): void {
    const old = this.#tables[index]!;
    const grown = makeTable(old.addresses.length * 2, this.#hasPorts);
    for (let slot = 0; slot < old.addresses.length; slot++) {
      const address = old.addresses[slot]!;
      if (address === 0) continue;
      const port = old.ports === null ? 0 : old.ports[slot]!;
      const to = find(grown, mix(address, port, this.#salt), address, port);
      grown.addresses[to] = address;
      if (grown.ports !== null) grown.ports[to] = port;
    }
    grown.used = old.used;
    this.#tables[index] = grown;
  }
}

const TABLES = 64;
const TABLE_SHIFT = 26;
const FIRST_SLOTS = 64;

interface Table {
  /** 0: free. */
  readonly addresses: Uint32Array;
  readonly ports: Uint16Array | null;
  used: number;
}

function makeTable(slots: number, hasPorts: boolean): Table {
  return {
    addresses: new Uint32Array(slots),
    ports: hasPorts ? new Uint16Array(slots) : null,
    used: 0,
  };
}

/** The slot that holds the pair, or the free one where it belongs. */
function find(
  table: Table,
  hash: number,
  address: number,
  port: number,
): number {
  const { addresses, ports } = table;
  const mask = addresses.length - 1;
  let slot = hash & mask;
  for (;;) {
    const found = addresses[slot]!;
    if (
      found === 0 ||
      (found === address && (ports === null || ports[slot] === port))
    ) return slot;
    slot = (slot + 1) & mask;
  }
}

/** Finalizer of MurmurHash3 (Appleby, public domain) over the salted pair. */
function mix(address: number, port: number, salt: number): number {
  let hash = (address ^ salt) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b) ^
    Math.imul(port, 0x9e37_79b1);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
