// HOT PATH
import type { SocketHandle } from "./_socket.ts";
import { MSG_DONTWAIT } from "./constants.ts";
import { errnoWord } from "./errno.ts";
import { IOVEC, MMSGHDR, SOCKADDR_IN } from "./layout.ts";
import { type Libc, openLibc } from "./libc.ts";

/** Frames start on cache lines, so that no two share one. */
const FRAME_ALIGNMENT = 64;

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
    this.#names = new DataView(new ArrayBuffer(capacity * SOCKADDR_IN.size));
    this.#link(options.family);
  }

  #link(family: number | null): void {
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
      const nameAt = slot * SOCKADDR_IN.size;
      this.#names.setUint16(nameAt + SOCKADDR_IN.sin_family, family, true);
      headerView.setBigUint64(
        at + MMSGHDR.msg_name,
        names + BigInt(nameAt),
        true,
      );
      headerView.setUint32(at + MMSGHDR.msg_namelen, SOCKADDR_IN.size, true);
    }
  }

  setLength(slot: number, lengthBytes: number): void {
    this.#iovecs[slot * IOVEC_WORDS + IOVEC_LENGTH_WORD] = lengthBytes;
  }

  /** Has no effect where messages carry no destination. */
  setDestination(slot: number, address: number): void {
    this.#names.setUint32(
      slot * SOCKADDR_IN.size + SOCKADDR_IN.sin_addr,
      address,
    );
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
  readonly family: number | null;
}

function addressOf(buffer: ArrayBuffer): bigint {
  return BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(buffer)));
}
