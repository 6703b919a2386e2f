import { MappedMemory } from "./_mapped_memory.ts";
import { SocketHandle, type SocketOption } from "./_socket.ts";
import {
  AF_PACKET,
  ARPHRD_ETHER,
  EINVAL,
  ENETDOWN,
  ENODEV,
  ENOPROTOOPT,
  PACKET_IGNORE_OUTGOING,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_RAW,
  SOL_PACKET,
  SOL_SOCKET,
} from "./constants.ts";
import { cString } from "./_c_string.ts";
import { checkResult, ErrnoError } from "./errno.ts";
import { SOCKADDR_LL } from "./layout.ts";
import { openLibc } from "./libc.ts";
import * as r from "./ring_constants.ts";
import { SOCK_FPROG, SOCKADDR_LL_TYPES, TPACKET_REQ3 } from "./ring_layout.ts";

/**
 * Sizes of a block, the first that the kernel accepts: whole pages. Small, since a block is used up with each
 * tick in which a packet comes, however few: with 16 KiB a ring of 16 MiB holds what comes in ten seconds at
 * any rate, or 110,000 short packets.
 */
const BLOCK_SIZES = [1 << 14, 1 << 16];
/** How long the kernel lets packets gather in a block that is not full. */
const TICK_MS = 10;
/** The kernel wants to know how large frames might be; it does not matter to rings of blocks. */
const FRAME_BYTES = 2048;
const SMALLEST_BLOCK_COUNT = 4;

/** What is to be captured. */
export interface CaptureSocketOptions {
  /** The interface that packets arrive at. */
  readonly interfaceName: string;
  /** Makes the filter program for a link type: `struct sock_filter` one after the other. */
  readonly filter: (linkType: number) => Uint8Array<ArrayBuffer>;
  /** Size of the ring; whole blocks of 16 KiB are used. */
  readonly bufferBytes: number;
}

/** A packet socket with a ring that receives. */
export interface CaptureSocket {
  readonly socket: SocketHandle;
  readonly memory: MappedMemory;
  readonly blockBytes: number;
  readonly interfaceIndex: number;
  readonly linkType: number;
}

/** Opens a socket that already receives, and nothing but what passes the filter. */
export function openCaptureSocket(
  options: CaptureSocketOptions,
): CaptureSocket {
  const { interfaceName } = options;
  const index = openLibc().if_nametoindex(cString(interfaceName));
  const what = `capture on interface "${interfaceName}"`;
  if (index === 0) throw new ErrnoError(what, ENODEV);
  // Without Ethernet headers, what comes before the IP header depends on the device: the kernel removes it.
  const hasHeader = hasEthernetHeader(index);
  const linkType = hasHeader ? r.DLT_EN10MB : r.DLT_RAW;
  const type = hasHeader ? SOCK_RAW : SOCK_DGRAM;
  // Without a protocol the socket receives nothing until it is bound, when all else is in place.
  const socket = new SocketHandle(AF_PACKET, type | SOCK_CLOEXEC, 0);
  return socket.closeOnError(() => {
    setPacketOption(socket, "PACKET_VERSION", r.PACKET_VERSION, r.TPACKET_V3);
    attachFilter(socket, options.filter(linkType));
    ignoreOutgoing(socket);
    const blockBytes = makeRing(socket, options.bufferBytes);
    const blockCount = blockCountOf(options.bufferBytes, blockBytes);
    const memory = new MappedMemory(socket.fd, {
      lengthBytes: blockCount * blockBytes,
      offset: 0,
      what: "receive ring",
    });
    try {
      bind(socket, index, r.ETH_P_ALL);
      if (socketError(socket) === ENETDOWN) {
        throw new ErrnoError(what, ENETDOWN);
      }
    } catch (error) {
      memory.close();
      throw error;
    }
    return { socket, memory, blockBytes, interfaceIndex: index, linkType };
  });
}

/** Reads and clears the error that waits on a socket; 0 for none. */
export function socketError(socket: SocketHandle): number {
  const value = new Int32Array(new ArrayBuffer(4));
  const length = Uint32Array.of(value.byteLength);
  const { getsockopt } = openLibc();
  checkResult(
    "read SO_ERROR",
    getsockopt(socket.fd, SOL_SOCKET, r.SO_ERROR, value, length),
  );
  return value[0]!;
}

/** Index of the interface that a packet socket is bound to; -1 once that is gone. */
export function boundIndex(socket: SocketHandle): number {
  return ownAddress(socket).getInt32(SOCKADDR_LL.sll_ifindex, true);
}

function ownAddress(socket: SocketHandle): DataView {
  const address = new DataView(new ArrayBuffer(SOCKADDR_LL.size));
  const length = Uint32Array.of(address.byteLength);
  const bytes = new Uint8Array(address.buffer);
  checkResult(
    "read own address",
    openLibc().getsockname(socket.fd, bytes, length),
  );
  return address;
}

function hasEthernetHeader(interfaceIndex: number): boolean {
  const socket = new SocketHandle(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  try {
    bind(socket, interfaceIndex, 0);
    const at = SOCKADDR_LL_TYPES.sll_hatype;
    const type = ownAddress(socket).getUint16(at, true);
    return type === ARPHRD_ETHER || type === r.ARPHRD_LOOPBACK;
  } finally {
    socket.close();
  }
}

/** Binds a packet socket to an interface, 0 for all, and a protocol. */
export function bind(
  socket: SocketHandle,
  interfaceIndex: number,
  protocol: number,
): void {
  const address = new DataView(new ArrayBuffer(SOCKADDR_LL.size));
  address.setUint16(SOCKADDR_LL.sll_family, AF_PACKET, true);
  address.setUint16(SOCKADDR_LL.sll_protocol, protocol); // network order
  address.setInt32(SOCKADDR_LL.sll_ifindex, interfaceIndex, true);
  socket.bind(new Uint8Array(address.buffer));
}

/**
 * Attaches a filter program, `struct sock_filter` one after the other, to a socket.
 *
 * @throws {ErrnoError} when the kernel refuses it
 */
export function attachFilter(
  socket: SocketHandle,
  program: Uint8Array<ArrayBuffer>,
): void {
  const request = new DataView(new ArrayBuffer(SOCK_FPROG.size));
  const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(program));
  request.setUint16(SOCK_FPROG.len, program.length / 8, true);
  request.setBigUint64(SOCK_FPROG.filter, BigInt(address), true);
  socket.setOption("SO_ATTACH_FILTER", {
    level: SOL_SOCKET,
    name: r.SO_ATTACH_FILTER,
    value: new Uint8Array(request.buffer),
  });
}

/** Keeps sent packets out of the ring; where the kernel (before 4.20) cannot, the reader skips them. */
function ignoreOutgoing(socket: SocketHandle): void {
  try {
    const name = PACKET_IGNORE_OUTGOING;
    setPacketOption(socket, "PACKET_IGNORE_OUTGOING", name, 1);
  } catch (error) {
    if (!(error instanceof ErrnoError) || error.errno !== ENOPROTOOPT) {
      throw error;
    }
  }
}

/** Makes the ring; returns the size of its blocks. */
function makeRing(socket: SocketHandle, bufferBytes: number): number {
  for (const blockBytes of BLOCK_SIZES) {
    const blocks = blockCountOf(bufferBytes, blockBytes);
    const request = new DataView(new ArrayBuffer(TPACKET_REQ3.size));
    request.setUint32(TPACKET_REQ3.tp_block_size, blockBytes, true);
    request.setUint32(TPACKET_REQ3.tp_block_nr, blocks, true);
    request.setUint32(TPACKET_REQ3.tp_frame_size, FRAME_BYTES, true);
    const frames = blocks * (blockBytes / FRAME_BYTES);
    request.setUint32(TPACKET_REQ3.tp_frame_nr, frames, true);
    request.setUint32(TPACKET_REQ3.tp_retire_blk_tov, TICK_MS, true);
    const value = new Uint8Array(request.buffer);
    try {
      setPacketOption(socket, "PACKET_RX_RING", r.PACKET_RX_RING, value);
      return blockBytes;
    } catch (error) {
      const isLast = blockBytes === BLOCK_SIZES.at(-1);
      if (isLast || !(error instanceof ErrnoError) || error.errno !== EINVAL) {
        throw error;
      }
    }
  }
  throw new Error("No block size");
}

function blockCountOf(bufferBytes: number, blockBytes: number): number {
  return Math.max(Math.floor(bufferBytes / blockBytes), SMALLEST_BLOCK_COUNT);
}

function setPacketOption(
  socket: SocketHandle,
  what: string,
  name: number,
  value: SocketOption["value"],
): void {
  socket.setOption(what, { level: SOL_PACKET, name, value });
}
