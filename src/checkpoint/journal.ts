/** Bytes of one entry. */
export const JOURNAL_ENTRY_BYTES = 8;

/** A target that has answered, by the two words that it is known by, the second of 16 bits. */
export interface JournalEntry {
  /** IPv4: the address. IPv6: the lower 32 bits of the target number. */
  first: number;
  /** IPv4: the port. IPv6: the upper 16 bits of the target number. */
  second: number;
  /** It answered with a failure, not with a success. */
  isFailure: boolean;
  isIpv6: boolean;
}

const FAILURE = 1;
const IPV6 = 2;
const FLAG_BITS = 2;
const FIRST_CAPACITY = 1024;

/** Entries that wait to be written. */
export class JournalBuffer {
  #bytes = new Uint8Array(FIRST_CAPACITY * JOURNAL_ENTRY_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #entries = 0;
  /** Entries that were added before those in the buffer. */
  #before: number;

  /** @param before entries that the journal has already */
  constructor(before = 0) {
    this.#before = before;
  }

  /** Number of all entries, written or not. */
  get end(): number {
    return this.#before + this.#entries;
  }

  /** Adds an entry behind all others. */
  add({ first, isFailure, isIpv6, second }: Readonly<JournalEntry>): void {
    const at = this.#entries * JOURNAL_ENTRY_BYTES;
    if (at === this.#bytes.length) this.#grow();
    const flags = (isFailure ? FAILURE : 0) | (isIpv6 ? IPV6 : 0);
    const check = checkBits(this.end, first, second, flags);
    this.#view.setUint32(at, first);
    this.#view.setUint16(at + 4, second);
    this.#view.setUint16(at + 6, (check << FLAG_BITS) | flags);
    this.#entries++;
  }

  /** A copy of what was added since entry number `from`, which is not below what `drop` has left. */
  since(from: number): Uint8Array<ArrayBuffer> {
    const start = (from - this.#before) * JOURNAL_ENTRY_BYTES;
    return this.#bytes.slice(start, this.#entries * JOURNAL_ENTRY_BYTES);
  }

  /** Forgets what stands before entry number `to`: it is written. */
  drop(to: number): void {
    const count = to - this.#before;
    this.#bytes.copyWithin(0, count * JOURNAL_ENTRY_BYTES);
    this.#entries -= count;
    this.#before = to;
  }

  #grow(): void {
    const bytes = new Uint8Array(2 * this.#bytes.length);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/**
 * Reads all entries of a journal, in order, each into the same object.
 *
 * @param bytes whole entries
 * @param from number of the first of them
 * @returns the number of the first entry that is damaged, or -1
 */
export function readJournal(
  bytes: Uint8Array,
  from: number,
  take: (entry: Readonly<JournalEntry>) => void,
): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entry = { first: 0, second: 0, isFailure: false, isIpv6: false };
  for (let at = 0; at < bytes.length; at += JOURNAL_ENTRY_BYTES) {
    const index = from + at / JOURNAL_ENTRY_BYTES;
    const first = view.getUint32(at);
    const second = view.getUint16(at + 4);
    const rest = view.getUint16(at + 6);
    const flags = rest & (FAILURE | IPV6);
    if (rest >>> FLAG_BITS !== checkBits(index, first, second, flags)) {
      return index;
    }
    entry.first = first;
    entry.second = second;
    entry.isFailure = (flags & FAILURE) !== 0;
    entry.isIpv6 = (flags & IPV6) !== 0;
    take(entry);
  }
  return -1;
}

/**
 * 14 bits of a hash of an entry and its place (the finalizer of MurmurHash3): what is torn, or stands in the wrong
 * place, has others, but for one in 16,384.
 */
function checkBits(
  index: number,
  first: number,
  second: number,
  flags: number,
): number {
  let hash = Math.imul(index + 1, 0x9e37_79b1) ^ first;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b) ^ (second << 2) ^ flags;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) & 0x3fff;
}
