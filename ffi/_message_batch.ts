// HOT PATH
import type { SocketHandle } from "./_socket.ts";
import { type AF_INET, AF_INET6, MSG_DONTWAIT } from "./constants.ts";
import { errnoWord } from "./errno.ts";
import { IOVEC, MMSGHDR, SOCKADDR_IN, SOCKADDR_IN6 } from "./layout.ts";
import { type Libc, openLibc } from "./libc.ts";

/** Frames start on cache lines, so that no two share one. */
const FRAME_ALIGNMENT = 64;

/** Place of the destination in an IPv6 packet: RFC 8200 section 3. */
const IPV6_DESTINATION = 24;
const IPV6_ADDRESS_BYTES = 16;

const IOVEC_WORDS = IOVEC.size / 4;
const IOVEC_LENGTH_WORD = IOVEC.iov_len / 4;

/**
 * Memory for a number of frames and the `struct mmsghdr` array that hands them to `sendmmsg(2)` in one
 * call. The kernel follows addresses from the headers to the frames, which V8 does not see: the arrays
 * are held here as long as the batch lives.
 */
export class MessageBatch {
  readonly view: DataView<ArrayBuffer>;
  readonly capacity: number;
  readonly strideBytes: number;
  readonly #libc: Libc = openLibc();
  readonly #errno: Int32Array = errnoWord();
  readonly #headers: Uint8Array<ArrayBuffer>;
  readonly #iovecs: Uint32Array<ArrayBuffer>;
  readonly #names: DataView<ArrayBuffer>;
  readonly #isIpv6: boolean;

  constructor(options: BatchOptions) {
    const { capacity, maxFrameBytes } = options;
    if (capacity < 1) {
      throw new RangeError(`Cannot make a batch of ${capacity} frames`);
    }
    this.capacity = capacity;
    this.strideBytes = Math.ceil(maxFrameBytes / FRAME_ALIGNMENT) *
      FRAME_ALIGNMENT;
    // Explicit buffers: V8 may keep small typed arrays in its movable heap.
    this.view = new DataView(new ArrayBuffer(capacity * this.strideBytes));
    this.#headers = new Uint8Array(new ArrayBuffer(capacity * MMSGHDR.size));
    this.#iovecs = new Uint32Array(new ArrayBuffer(capacity * IOVEC.size));
    this.#isIpv6 = options.family === AF_INET6;
    this.#names = new DataView(new ArrayBuffer(capacity * this.#nameBytes));
    this.#link(options);
  }

  get #nameBytes(): number {
    return this.#isIpv6 ? SOCKADDR_IN6.size : SOCKADDR_IN.size;
  }

  #link({ family, scopeId = 0 }: BatchOptions): void {
    const nameBytes = this.#nameBytes;
    const frames = addressOf(this.view.buffer);
    const iovecs = addressOf(this.#iovecs.buffer);
    const names = addressOf(this.#names.buffer);
    const headerView = new DataView(this.#headers.buffer);
    const iovecView = new DataView(this.#iovecs.buffer);
    for (let slot = 0; slot < this.capacity; slot++) {
      const frame = frames + BigInt(slot * this.strideBytes);
      iovecView.setBigUint64(slot * IOVEC.size + IOVEC.iov_base, frame, true);
      const at = slot * MMSGHDR.size;
      const iovec = iovecs + BigInt(slot * IOVEC.size);
      headerView.setBigUint64(at + MMSGHDR.msg_iov, iovec, true);
      headerView.setBigUint64(at + MMSGHDR.msg_iovlen, 1n, true);
      if (family === null) continue;
      const nameAt = slot * nameBytes;
      this.#names.setUint16(nameAt + SOCKADDR_IN.sin_family, family, true);
      if (this.#isIpv6) {
        this.#names.setUint32(
          nameAt + SOCKADDR_IN6.sin6_scope_id,
          scopeId,
          true,
        );
      }
      headerView.setBigUint64(
        at + MMSGHDR.msg_name,
        names + BigInt(nameAt),
        true,
      );
      headerView.setUint32(at + MMSGHDR.msg_namelen, nameBytes, true);
    }
  }

  setLength(slot: number, lengthBytes: number): void {
    this.#iovecs[slot * IOVEC_WORDS + IOVEC_LENGTH_WORD] = lengthBytes;
  }

  /** Has no effect where messages carry no destination; that of IPv6 is read from the packet in the slot. */
  setDestination(slot: number, address: number): void {
    if (this.#isIpv6) return this.#copyDestination(slot);
    this.#names.setUint32(
      slot * SOCKADDR_IN.size + SOCKADDR_IN.sin_addr,
      address,
    );
  }

  #copyDestination(slot: number): void {
    const from = slot * this.strideBytes + IPV6_DESTINATION;
    const to = slot * SOCKADDR_IN6.size + SOCKADDR_IN6.sin6_addr;
    for (let i = 0; i < IPV6_ADDRESS_BYTES; i += 4) {
      this.#names.setUint32(to + i, this.view.getUint32(from + i));
    }
  }

  /** Offers frames once: how many the kernel took, or the negative errno when it took none. */
  send(socket: SocketHandle, first: number, count: number): number {
    // Only what follows a partial batch starts behind the first header, so the allocation is rare.
    const headers = first === 0
      ? this.#headers
      : this.#headers.subarray(first * MMSGHDR.size);
    const taken = this.#libc.sendmmsg(socket.fd, headers, count, MSG_DONTWAIT);
    return taken < 0 ? -this.#errno[0]! : taken;
  }
}

/** Shape of a batch. */
export interface BatchOptions {
  /** Number of frames. */
  readonly capacity: number;
  readonly maxFrameBytes: number;
  /** Address family of the destination that each message carries, or null for none. */
  readonly family: typeof AF_INET | typeof AF_INET6 | null;
  /**
   * Index of the interface that link-local destinations of IPv6 are on.
   *
   * @default 0: none
   */
  readonly scopeId?: number;
}

function addressOf(buffer: ArrayBuffer): bigint {
  return BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(buffer)));
}
