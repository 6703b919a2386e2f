import { SocketHandle } from "./_socket.ts";
import {
  AF_INET,
  SO_SNDBUF,
  SO_SNDBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOL_SOCKET,
} from "./constants.ts";
import { checkResult } from "./errno.ts";
import { openLibc } from "./libc.ts";

/**
 * How many bytes of send buffer a socket gets that asks for `wantedBytes`, by trying: the system's limit holds
 * unless CAP_NET_ADMIN lifts it, `socket(7)`.
 *
 * @throws {ErrnoError} when there are no more descriptors
 */
export function grantedSendBuffer(wantedBytes: number): number {
  const socket = new SocketHandle(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  try {
    const names = { forceName: SO_SNDBUFFORCE, name: SO_SNDBUF };
    socket.setBufferBytes(names, wantedBytes);
    const value = new Int32Array(new ArrayBuffer(4));
    const length = Uint32Array.of(value.byteLength);
    const { getsockopt } = openLibc();
    checkResult(
      "read SO_SNDBUF",
      getsockopt(socket.fd, SOL_SOCKET, SO_SNDBUF, value, length),
    );
    // The kernel doubles what is asked for, to make room for its own bookkeeping.
    return value[0]! / 2;
  } finally {
    socket.close();
  }
}
