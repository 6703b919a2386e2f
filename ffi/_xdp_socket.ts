import { SocketHandle } from "./_socket.ts";
import type { XdpQueueOptions, XdpRing } from "./_xdp_queue.ts";
import { readXdpOption, setXdpOption, XdpRings } from "./_xdp_rings.ts";
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
import { ErrnoError, errnoWord } from "./errno.ts";
import { openLibc } from "./libc.ts";
import type { LinkSenderOptions } from "./packet_sender.ts";
import * as r from "./ring_constants.ts";
import {
  SOCKADDR_XDP,
  XDP_OPTIONS_STRUCT,
  XDP_UMEM_REG_STRUCT,
} from "./ring_layout.ts";

/** How a sender through AF_XDP is opened. */
export interface XdpSenderOptions extends LinkSenderOptions {
  /** Which of the interface's queues: one sender each. */
  readonly queue: number;
  /** Whether to ask the driver for zero-copy before copy mode. */
  readonly wantsZeroCopy: boolean;
}

/** Unit of the frames' memory: the smallest that the kernel allows. Several frames share one. */
const CHUNK_BYTES = 2048;
const SMALLEST_STRIDE_BYTES = 128;
/** Memory is aligned to this, the largest page size that Linux has. */
const ALIGNMENT = 1 << 16;
const SMALLEST_CAPACITY = 512;
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
    const what = `send frames of ${options.maxFrameBytes} bytes through AF_XDP`;
    throw new ErrnoError(what, r.EMSGSIZE);
  }
  const capacity = ceilPowerOf2(Math.max(options.capacity, SMALLEST_CAPACITY));
  const sendBytes = capacity * strideBytes;
  const lentChunks = mode === r.XDP_ZEROCOPY ? ZERO_COPY_FILL : 0;
  const memoryBytes = sendBytes + lentChunks * CHUNK_BYTES;
  const memory = new ArrayBuffer(memoryBytes + ALIGNMENT);
  const socket = new SocketHandle(r.AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
  const rings = new XdpRings(socket);
  const close = (): void => {
    socket.close();
    rings.close();
  };
  try {
    const names = { forceName: SO_SNDBUFFORCE, name: SO_SNDBUF };
    socket.setBufferBytes(names, options.sendBufferBytes);
    const framesAt = register(socket, memory, memoryBytes);
    makeRings(socket, capacity, lentChunks || NO_FILL);
    const send = rings.map("send", capacity);
    const completion = rings.map("completion", capacity);
    if (lentChunks > 0) lend(rings.map("fill", lentChunks), sendBytes);
    bind(socket, options, mode);
    const isZeroCopy = readZeroCopy(socket);
    if (isZeroCopy) checkWakeUp(socket);
    const frames = new DataView(memory, framesAt, sendBytes);
    const shape = { capacity, strideBytes, send, completion };
    return { ...shape, socket, frames, isZeroCopy, close };
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
  const value = new Uint8Array(request.buffer);
  setXdpOption(socket, "XDP_UMEM_REG", r.XDP_UMEM_REG, value);
  return at;
}

/** Tells the socket how many entries its rings have. */
function makeRings(
  socket: SocketHandle,
  capacity: number,
  fillEntries: number,
): void {
  const fill = r.XDP_UMEM_FILL_RING;
  const completion = r.XDP_UMEM_COMPLETION_RING;
  setXdpOption(socket, "XDP_UMEM_FILL_RING", fill, fillEntries);
  setXdpOption(socket, "XDP_UMEM_COMPLETION_RING", completion, capacity);
  setXdpOption(socket, "XDP_TX_RING", r.XDP_TX_RING, capacity);
  try {
    // One call may send a whole ring, where the kernel (6.17) can; else it is 32 frames a call.
    const budget = r.XDP_MAX_TX_SKB_BUDGET;
    setXdpOption(socket, "XDP_MAX_TX_SKB_BUDGET", budget, capacity);
  } catch (error) {
    if (!(error instanceof ErrnoError) || error.errno !== ENOPROTOOPT) {
      throw error;
    }
  }
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
  readXdpOption(socket, r.XDP_OPTIONS, options);
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

function ceilPowerOf2(value: number): number {
  return 2 ** Math.ceil(Math.log2(value));
}
