import { MappedMemory } from "./_mapped_memory.ts";
import { SocketHandle } from "./_socket.ts";
import type { XdpQueueOptions, XdpRing } from "./_xdp_queue.ts";
import { MonotonicClock } from "./clock.ts";
import {
  EINVAL,
  ENOPROTOOPT,
  MSG_DONTWAIT,
  SO_SNDBUF,
  SO_SNDBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_RAW,
} from "./constants.ts";
import { checkResult, ErrnoError, errnoWord } from "./errno.ts";
import { openLibc } from "./libc.ts";
import * as r from "./ring_constants.ts";
import {
  SOCKADDR_XDP,
  XDP_DESC,
  XDP_MMAP_OFFSETS_STRUCT,
  XDP_OPTIONS_STRUCT,
  XDP_RING_OFFSET,
  XDP_UMEM_REG_STRUCT,
} from "./ring_layout.ts";
import type { XdpSenderOptions } from "./xdp_sender.ts";

/** Unit of the frames' memory: the smallest that the kernel allows. Several frames share one. */
const CHUNK_BYTES = 2048;
const SMALLEST_STRIDE_BYTES = 128;
/** Memory is aligned to this, the largest page size that Linux has. */
const ALIGNMENT = 1 << 16;
const SMALLEST_CAPACITY = 512;
const COMPLETION_BYTES = 8;
/** Entries of the fill ring where nothing is received. */
const NO_FILL = 2;
/**
 * In zero-copy mode some drivers receive a queue's packets only into memory of its socket. This many chunks
 * are lent to them, so that packets on that queue still reach the kernel and the capture; it gets them back
 * with each packet that it copies.
 */
const ZERO_COPY_FILL = 2048;

/** The kernel gives a queue free some moments after its socket was closed. */
const RELEASE_TRIES = 20;
const RELEASE_PAUSE_NS = 5e6;

/** An open AF_XDP socket with its memory. */
export interface XdpSocket extends XdpQueueOptions {
  readonly socket: SocketHandle;
  readonly frames: DataView;
  readonly isZeroCopy: boolean;
  close(): void;
}

/** Opens a socket in zero-copy mode where that is wanted and works, else in copy mode. */
export function openXdpSocket(options: XdpSenderOptions): XdpSocket {
  if (options.wantsZeroCopy) {
    try {
      return open(options, r.XDP_ZEROCOPY);
    } catch (error) {
      // Drivers say in many ways that they cannot; what is wrong besides copy mode will meet again.
      if (!(error instanceof ErrnoError)) throw error;
    }
  }
  return open(options, r.XDP_COPY);
}

function open(options: XdpSenderOptions, mode: number): XdpSocket {
  const strideBytes = ceilPowerOf2(
    Math.max(options.maxFrameBytes, SMALLEST_STRIDE_BYTES),
  );
  if (strideBytes > CHUNK_BYTES) {
    throw new RangeError(
      `Cannot send frames of ${options.maxFrameBytes} bytes through AF_XDP`,
    );
  }
  const capacity = ceilPowerOf2(Math.max(options.capacity, SMALLEST_CAPACITY));
  const sendBytes = capacity * strideBytes;
  const fillEntries = mode === r.XDP_ZEROCOPY ? ZERO_COPY_FILL : NO_FILL;
  const fillBytes = mode === r.XDP_ZEROCOPY ? ZERO_COPY_FILL * CHUNK_BYTES : 0;
  const memory = new ArrayBuffer(sendBytes + fillBytes + ALIGNMENT);
  const socket = new SocketHandle(r.AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
  const mappings: MappedMemory[] = [];
  const close = (): void => {
    socket.close();
    mappings.forEach((mapping) => mapping.close());
  };
  try {
    const names = { forceName: SO_SNDBUFFORCE, name: SO_SNDBUF };
    socket.setBufferBytes(names, options.sendBufferBytes);
    const at = register(socket, memory, sendBytes + fillBytes);
    setOption(socket, "XDP_UMEM_FILL_RING", r.XDP_UMEM_FILL_RING, fillEntries);
    setOption(
      socket,
      "XDP_UMEM_COMPLETION_RING",
      r.XDP_UMEM_COMPLETION_RING,
      capacity,
    );
    setOption(socket, "XDP_TX_RING", r.XDP_TX_RING, capacity);
    raiseBudget(socket, capacity);
    const offsets = readOffsets(socket);
    const map = (
      ring: "tx" | "fr" | "cr",
      entryBytes: number,
      entries: number,
      offset: number,
    ): XdpRing => {
      const layout = ringAt(offsets, XDP_MMAP_OFFSETS_STRUCT[ring]);
      const lengthBytes = layout.descriptors * 4 + entries * entryBytes;
      const what = "AF_XDP ring";
      const mapping = new MappedMemory(socket.fd, {
        lengthBytes,
        offset,
        what,
      });
      mappings.push(mapping);
      return { ...layout, words: new Uint32Array(mapping.buffer) };
    };
    const send = map("tx", XDP_DESC.size, capacity, r.XDP_PGOFF_TX_RING);
    const completion = map(
      "cr",
      COMPLETION_BYTES,
      capacity,
      r.XDP_UMEM_PGOFF_COMPLETION_RING,
    );
    if (mode === r.XDP_ZEROCOPY) {
      lend(
        map(
          "fr",
          COMPLETION_BYTES,
          fillEntries,
          r.XDP_UMEM_PGOFF_FILL_RING,
        ),
        sendBytes,
      );
    }
    bind(socket, options, mode);
    const isZeroCopy = readZeroCopy(socket);
    if (isZeroCopy) checkWakeUp(socket);
    const frames = new DataView(memory, at, sendBytes);
    return {
      socket,
      frames,
      send,
      completion,
      capacity,
      strideBytes,
      isZeroCopy,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** Hands memory to the kernel, which pins it; returns the offset of its first byte. */
function register(
  socket: SocketHandle,
  memory: ArrayBuffer,
  lengthBytes: number,
): number {
  const start = Deno.UnsafePointer.value(Deno.UnsafePointer.of(memory));
  const at = Number(-BigInt(start) & BigInt(ALIGNMENT - 1));
  const request = new DataView(new ArrayBuffer(XDP_UMEM_REG_STRUCT.size));
  request.setBigUint64(
    XDP_UMEM_REG_STRUCT.addr,
    BigInt(start) + BigInt(at),
    true,
  );
  request.setBigUint64(XDP_UMEM_REG_STRUCT.len, BigInt(lengthBytes), true);
  request.setUint32(XDP_UMEM_REG_STRUCT.chunk_size, CHUNK_BYTES, true);
  setOption(
    socket,
    "XDP_UMEM_REG",
    r.XDP_UMEM_REG,
    new Uint8Array(request.buffer),
  );
  return at;
}

/** Lets one call send a whole ring, where the kernel (6.17) can; else it is 32 frames a call. */
function raiseBudget(socket: SocketHandle, frames: number): void {
  try {
    setOption(socket, "XDP_MAX_TX_SKB_BUDGET", r.XDP_MAX_TX_SKB_BUDGET, frames);
  } catch (error) {
    if (!(error instanceof ErrnoError) || error.errno !== ENOPROTOOPT) {
      throw error;
    }
  }
}

function readOffsets(socket: SocketHandle): DataView {
  const offsets = new DataView(new ArrayBuffer(XDP_MMAP_OFFSETS_STRUCT.size));
  const length = readOption(socket, r.XDP_MMAP_OFFSETS, offsets);
  // Kernels before 5.4 have shorter ones, without flags.
  if (length !== XDP_MMAP_OFFSETS_STRUCT.size) {
    throw new ErrnoError("use AF_XDP of this old kernel", r.EOPNOTSUPP);
  }
  return offsets;
}

function ringAt(offsets: DataView, at: number): Omit<XdpRing, "words"> {
  const wordOf = (field: number): number =>
    Number(offsets.getBigUint64(at + field, true)) / 4;
  return {
    producer: wordOf(XDP_RING_OFFSET.producer),
    consumer: wordOf(XDP_RING_OFFSET.consumer),
    flags: wordOf(XDP_RING_OFFSET.flags),
    descriptors: wordOf(XDP_RING_OFFSET.desc),
  };
}

/** Puts the chunks behind the frames into the fill ring. */
function lend(fill: XdpRing, startBytes: number): void {
  for (let i = 0; i < ZERO_COPY_FILL; i++) {
    fill.words[fill.descriptors + 2 * i] = startBytes + i * CHUNK_BYTES;
  }
  Atomics.store(fill.words, fill.producer, ZERO_COPY_FILL);
}

function bind(
  socket: SocketHandle,
  options: XdpSenderOptions,
  mode: number,
): void {
  const address = new DataView(new ArrayBuffer(SOCKADDR_XDP.size));
  address.setUint16(SOCKADDR_XDP.sxdp_family, r.AF_XDP, true);
  address.setUint16(
    SOCKADDR_XDP.sxdp_flags,
    mode | r.XDP_USE_NEED_WAKEUP,
    true,
  );
  address.setUint32(SOCKADDR_XDP.sxdp_ifindex, options.interfaceIndex, true);
  address.setUint32(SOCKADDR_XDP.sxdp_queue_id, options.queue, true);
  const clock = new MonotonicClock();
  for (let tries = RELEASE_TRIES;; tries--) {
    try {
      return socket.bind(new Uint8Array(address.buffer));
    } catch (error) {
      const isBusy = error instanceof ErrnoError && error.errno === r.EBUSY;
      if (!isBusy || tries === 0) throw error;
      clock.sleepUntil(clock.nowNs() + RELEASE_PAUSE_NS);
    }
  }
}

function readZeroCopy(socket: SocketHandle): boolean {
  const options = new DataView(new ArrayBuffer(XDP_OPTIONS_STRUCT.size));
  readOption(socket, r.XDP_OPTIONS, options);
  const flags = options.getUint32(XDP_OPTIONS_STRUCT.flags, true);
  return (flags & r.XDP_OPTIONS_ZEROCOPY) !== 0;
}

/** Some drivers accept the socket, but send nothing for it without a BPF program: they refuse this call. */
function checkWakeUp(socket: SocketHandle): void {
  const result = openLibc().send_nothing(socket.fd, null, 0n, MSG_DONTWAIT);
  const errno = result < 0 ? errnoWord()[0]! : 0;
  if (errno === EINVAL || errno === r.ENXIO || errno === r.EOPNOTSUPP) {
    throw new ErrnoError("wake the driver", errno);
  }
}

function setOption(
  socket: SocketHandle,
  what: string,
  name: number,
  value: number | Uint8Array<ArrayBuffer>,
): void {
  socket.setOption(what, { level: r.SOL_XDP, name, value });
}

function readOption(
  socket: SocketHandle,
  name: number,
  value: DataView<ArrayBuffer>,
): number {
  const length = Uint32Array.of(value.byteLength);
  const { getsockopt } = openLibc();
  const bytes = new Uint8Array(value.buffer);
  checkResult(
    "read AF_XDP option",
    getsockopt(socket.fd, r.SOL_XDP, name, bytes, length),
  );
  return length[0]!;
}

function ceilPowerOf2(value: number): number {
  return 2 ** Math.ceil(Math.log2(value));
}
