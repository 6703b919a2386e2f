import { SocketHandle } from "./_socket.ts";
import {
  AF_UNIX,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
} from "./constants.ts";
import { checkResult } from "./errno.ts";
import { SOCKADDR_UN } from "./layout.ts";
import { openLibc } from "./libc.ts";

/** Marks a socket in the abstract namespace, `unix(7)`, in the variable; a zero byte marks it for the kernel. */
const ABSTRACT = "@";

/** The socket on which a service manager is told how a service stands, `sd_notify(3)`. */
export class NotifySocket {
  readonly #socket: SocketHandle;

  private constructor(socket: SocketHandle) {
    this.#socket = socket;
  }

  /**
   * Connects to the socket that `NOTIFY_SOCKET` names. To write to it later needs no rights.
   *
   * @param address an absolute path, or a name in the abstract namespace behind "@"
   * @throws {SyntaxError} when it is neither
   * @throws {RangeError} when it is too long
   * @throws {ErrnoError} when nobody listens there
   */
  static open(address: string): NotifySocket {
    const bytes = addressBytes(address);
    const socket = new SocketHandle(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return socket.closeOnError(() => {
      checkResult(
        "connect to the service manager",
        openLibc().connect(socket.fd, bytes, bytes.length),
      );
      return new NotifySocket(socket);
    });
  }

  /**
   * Sends assignments, a line each. Never waits.
   *
   * @throws {ErrnoError} when they cannot be sent: EAGAIN when the service manager does not read
   */
  send(assignments: string): void {
    const bytes = new TextEncoder().encode(assignments);
    const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    const { fd } = this.#socket;
    const length = BigInt(bytes.length);
    checkResult(
      "tell the service manager",
      Number(openLibc().send(fd, bytes, length, flags)),
    );
  }

  /** Closes the socket. May be called again. */
  close(): void {
    this.#socket.close();
  }
}

/** `struct sockaddr_un` without the unused rest of the path: in the abstract namespace its bytes would count. */
function addressBytes(address: string): Uint8Array<ArrayBuffer> {
  const isAbstract = address.startsWith(ABSTRACT);
  if (!isAbstract && !address.startsWith("/")) {
    throw new SyntaxError(
      `Cannot read "${address}" as a socket: it is neither an absolute path nor begins with ${ABSTRACT}`,
    );
  }
  const name = new TextEncoder().encode(address);
  const most = SOCKADDR_UN.size - SOCKADDR_UN.sun_path;
  if (name.length > most || (!isAbstract && name.length === most)) {
    throw new RangeError(`Socket "${address}" is longer than a path may be`);
  }
  const ending = isAbstract ? 0 : 1;
  const bytes = new Uint8Array(SOCKADDR_UN.sun_path + name.length + ending);
  new DataView(bytes.buffer).setUint16(SOCKADDR_UN.sun_family, AF_UNIX, true);
  bytes.set(name, SOCKADDR_UN.sun_path);
  if (isAbstract) bytes[SOCKADDR_UN.sun_path] = 0;
  return bytes;
}
