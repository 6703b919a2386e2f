import { MappedMemory } from "./_mapped_memory.ts";
import type { SocketHandle } from "./_socket.ts";
import type { XdpRing } from "./_xdp_queue.ts";
import { checkResult, ErrnoError } from "./errno.ts";
import { openLibc } from "./libc.ts";
import * as r from "./ring_constants.ts";
import {
  XDP_DESC,
  XDP_MMAP_OFFSETS_STRUCT,
  XDP_RING_OFFSET,
} from "./ring_layout.ts";

/** Entries of the fill and completion rings are addresses. */
const ADDRESS_BYTES = 8;

/** A ring: where the kernel describes it, how large an entry is, and what to map. */
interface RingPlace {
  readonly describedAt: number;
  readonly entryBytes: number;
  readonly offset: number;
}

/** The rings of an AF_XDP socket that sends. */
export type XdpRingName = "send" | "fill" | "completion";

const RINGS: Readonly<Record<XdpRingName, RingPlace>> = {
  send: {
    describedAt: XDP_MMAP_OFFSETS_STRUCT.tx,
    entryBytes: XDP_DESC.size,
    offset: r.XDP_PGOFF_TX_RING,
  },
  fill: {
    describedAt: XDP_MMAP_OFFSETS_STRUCT.fr,
    entryBytes: ADDRESS_BYTES,
    offset: r.XDP_UMEM_PGOFF_FILL_RING,
  },
  completion: {
    describedAt: XDP_MMAP_OFFSETS_STRUCT.cr,
    entryBytes: ADDRESS_BYTES,
    offset: r.XDP_UMEM_PGOFF_COMPLETION_RING,
  },
};

/** The rings of a socket that have been mapped. */
export class XdpRings {
  readonly #socket: SocketHandle;
  readonly #mappings: MappedMemory[] = [];

  constructor(socket: SocketHandle) {
    this.#socket = socket;
  }

  /**
   * Maps a ring, whose number of entries the socket has been told.
   *
   * @throws {ErrnoError} when the kernel refuses it, EOPNOTSUPP before Linux 5.4
   */
  map(name: XdpRingName, entries: number): XdpRing {
    const { describedAt, entryBytes, offset } = RINGS[name];
    const offsets = this.#readOffsets();
    const byteOf = (field: number): number =>
      Number(offsets.getBigUint64(describedAt + field, true));
    const descriptorsAt = byteOf(XDP_RING_OFFSET.desc);
    const mapping = new MappedMemory(this.#socket.fd, {
      lengthBytes: descriptorsAt + entries * entryBytes,
      offset,
      what: `${name} ring`,
    });
    this.#mappings.push(mapping);
    return {
      words: new Uint32Array(mapping.buffer),
      producer: byteOf(XDP_RING_OFFSET.producer) / 4,
      consumer: byteOf(XDP_RING_OFFSET.consumer) / 4,
      flags: byteOf(XDP_RING_OFFSET.flags) / 4,
      descriptors: descriptorsAt / 4,
    };
  }

  #readOffsets(): DataView {
    const offsets = new DataView(new ArrayBuffer(XDP_MMAP_OFFSETS_STRUCT.size));
    const length = readXdpOption(this.#socket, r.XDP_MMAP_OFFSETS, offsets);
    // Kernels before 5.4 have shorter ones, without flags.
    if (length !== XDP_MMAP_OFFSETS_STRUCT.size) {
      throw new ErrnoError("use AF_XDP of this old kernel", r.EOPNOTSUPP);
    }
    return offsets;
  }

  /** Gives all memory back; further calls do nothing. */
  close(): void {
    this.#mappings.forEach((mapping) => mapping.close());
  }
}

/** Sets an option of an AF_XDP socket; `what` names it in the error. */
export function setXdpOption(
  socket: SocketHandle,
  what: string,
  name: number,
  value: number | Uint8Array<ArrayBuffer>,
): void {
  socket.setOption(what, { level: r.SOL_XDP, name, value });
}

/** Reads an option of an AF_XDP socket into `value`; returns how many bytes it has. */
export function readXdpOption(
  socket: SocketHandle,
  name: number,
  value: DataView<ArrayBuffer>,
): number {
  const length = Uint32Array.of(value.byteLength);
  const bytes = new Uint8Array(value.buffer);
  checkResult(
    "read AF_XDP option",
    openLibc().getsockopt(socket.fd, r.SOL_XDP, name, bytes, length),
  );
  return length[0]!;
}
