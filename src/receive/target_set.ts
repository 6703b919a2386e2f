// HOT PATH
/**
 * An exact set of (address, port) pairs that grows with its members, not with the address space: 64
 * open-addressing tables that grow one at a time, so that growing never doubles the whole.
 *
 * A slot holds less than an address. The hash of an address is one of 2^32 numbers, for a given port another
 * one for each address, so it says as much as the address does. Its upper bits name the table and the slot
 * where the member belongs; the slot where it lies, found by linear probing, holds how far that is from there,
 * and the remaining bits of the hash (Cleary, "Compact Hash Tables Using Bidirectional Linear Probing", 1984).
 * Together they are the hash again, hence exactly one address. In large tables both fit 16 bits: 2 bytes a slot
 * instead of 4, and 2 more for the port where there are several. Tables are between 3/8 and 3/4 full.
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
      () => makeTable(FIRST_SLOT_BITS, hasPorts),
    );
  }

  /** Number of members. */
  get size(): number {
    return this.#size;
  }

  /** Adds a pair; false when it was there already. */
  add(address: number, port: number): boolean {
    const hash = mix(address, port, this.#salt);
    const index = hash >>> TABLE_SHIFT;
    for (;;) {
      const table = this.#tables[index]!;
      const slot = find(table, hash & REST_MASK, port);
      if (slot === NO_ROOM) {
        this.#grow(index);
        continue;
      }
      if (table.entries[slot] !== 0) return false;
      put(table, slot, hash & REST_MASK, port);
      this.#size++;
      if (table.used * 4 > table.entries.length * 3) this.#grow(index);
      return true;
    }
  }

  /** Whether a pair is a member. */
  has(address: number, port: number): boolean {
    const hash = mix(address, port, this.#salt);
    const table = this.#tables[hash >>> TABLE_SHIFT]!;
    const slot = find(table, hash & REST_MASK, port);
    return slot !== NO_ROOM && table.entries[slot] !== 0;
  }

  #grow(index: number): void {
    const old = this.#tables[index]!;
    let bits = old.slotBits + 1;
    let grown = grownTable(old, bits, this.#hasPorts);
    while (grown === null) grown = grownTable(old, ++bits, this.#hasPorts);
    this.#tables[index] = grown;
    // Gives the memory back at once: as garbage, old tables would take as much as the new ones for long.
    old.entries.buffer.transfer(0);
    old.ports?.buffer.transfer(0);
  }
}

const TABLES = 64;
const TABLE_SHIFT = 26;
/** The bits of a hash that do not name its table. */
const REST_BITS = 26;
const REST_MASK = 2 ** REST_BITS - 1;
const FIRST_SLOT_BITS = 6;
/** From so many slots on, 16 bits have room for the remaining bits and for distances up to 255 at least. */
const SHORT_SLOT_BITS = 18;
/** What `find` returns when a member would lie too far from where it belongs. */
const NO_ROOM = -1;

interface Table {
  /** log2 of the number of slots. */
  readonly slotBits: number;
  /** (distance + 1) above the remaining bits of the hash; 0: free. */
  readonly entries: Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
  /** Largest distance that fits an entry. */
  readonly reach: number;
  readonly ports: Uint16Array<ArrayBuffer> | null;
  used: number;
}

function makeTable(slotBits: number, hasPorts: boolean): Table {
  const isShort = slotBits >= SHORT_SLOT_BITS;
  const slots = 2 ** slotBits;
  const distanceBits = (isShort ? 16 : 32) - (REST_BITS - slotBits);
  return {
    slotBits,
    entries: isShort ? new Uint16Array(slots) : new Uint32Array(slots),
    reach: Math.min(2 ** distanceBits, slots) - 2,
    ports: hasPorts ? new Uint16Array(slots) : null,
    used: 0,
  };
}

/**
 * The slot that holds the pair, or the free one where it is to lie.
 *
 * @param rest the bits of its hash that do not name the table
 */
function find(table: Table, rest: number, port: number): number {
  const { entries, ports, reach, slotBits } = table;
  const remainderBits = REST_BITS - slotBits;
  const mask = entries.length - 1;
  const step = 1 << remainderBits;
  let slot = rest >>> remainderBits;
  let entry = step | (rest & (step - 1));
  for (let distance = 0; distance <= reach; distance++) {
    const found = entries[slot]!;
    if (
      found === 0 ||
      (found === entry >>> 0 && (ports === null || ports[slot] === port))
    ) return slot;
    slot = (slot + 1) & mask;
    entry = (entry + step) | 0;
  }
  return NO_ROOM;
}

/** Makes the pair, of which `find` has found that it is to lie in this slot, a member. */
function put(table: Table, slot: number, rest: number, port: number): void {
  const { entries, ports, slotBits } = table;
  const remainderBits = REST_BITS - slotBits;
  const home = rest >>> remainderBits;
  const distance = (slot - home) & (entries.length - 1);
  const remainder = rest & ((1 << remainderBits) - 1);
  entries[slot] = ((distance + 1) << remainderBits) | remainder;
  if (ports !== null) ports[slot] = port;
  table.used++;
}

/** A larger table with the same members; null when one of them would lie too far from where it belongs. */
function grownTable(
  old: Table,
  slotBits: number,
  hasPorts: boolean,
): Table | null {
  const grown = makeTable(slotBits, hasPorts);
  const remainderBits = REST_BITS - old.slotBits;
  const mask = old.entries.length - 1;
  for (let slot = 0; slot < old.entries.length; slot++) {
    const entry = old.entries[slot]!;
    if (entry === 0) continue;
    const distance = (entry >>> remainderBits) - 1;
    const home = (slot - distance) & mask;
    const rest = (home << remainderBits) | (entry & ((1 << remainderBits) - 1));
    const port = old.ports === null ? 0 : old.ports[slot]!;
    const to = find(grown, rest, port);
    if (to === NO_ROOM) return null;
    put(grown, to, rest, port);
  }
  return grown;
}

/**
 * Finalizer of MurmurHash3 (Appleby, public domain) over the address, salted, and once more with the port: each
 * step can be undone, so no two addresses have the same hash with the same port.
 */
function mix(address: number, port: number, salt: number): number {
  let hash = (address ^ salt) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b) ^
    Math.imul(port, 0x9e37_79b1);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
