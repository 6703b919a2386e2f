import { SocketHandle } from "./_socket.ts";
import {
  AF_PACKET,
  EACCES,
  EPERM,
  ESOCKTNOSUPPORT,
  PR_GET_PDEATHSIG,
  PR_SET_NO_NEW_PRIVS,
  PR_SET_PDEATHSIG,
  SOCK_CLOEXEC,
  SOCK_STREAM,
} from "./constants.ts";
import { checkResult, ErrnoError } from "./errno.ts";
import { openLibc } from "./libc.ts";

/** The effective user id of this process. */
export function effectiveUserId(): number {
  return openLibc().geteuid();
}

/**
 * Whether this thread may open packet sockets here. Tries it: what counts is CAP_NET_RAW in the user
 * namespace that owns the network namespace, and `capget(2)` would tell about another one. Asks for a type that
 * there is not, which the kernel refuses only after a look at the rights (packet_create, af_packet.c): to close
 * a socket would take it up to 20 ms.
 *
 * @throws {ErrnoError} when the kernel has no packet sockets, or no more descriptors
 */
export function hasNetRaw(): boolean {
  try {
    new SocketHandle(AF_PACKET, SOCK_STREAM | SOCK_CLOEXEC, 0).close();
    return true;
  } catch (error) {
    if (!(error instanceof ErrnoError)) throw error;
    if (error.errno === ESOCKTNOSUPPORT) return true;
    if (error.errno === EPERM || error.errno === EACCES) return false;
    throw error;
  }
}

/**
 * Gives up root for good: supplementary groups, group and user of all threads, and with them all
 * capabilities; open sockets stay usable. The calling thread, and those that it starts from then on,
 * cannot gain rights through `execve(2)` either. A signal that the calling thread gets when its parent dies,
 * which the kernel would forget here, stays set.
 *
 * @throws {ErrnoError} when the kernel refuses a step; earlier steps are not undone
 * @throws {Error} when root could be regained
 */
export function dropPrivileges(userId: number, groupId: number): void {
  const libc = openLibc();
  checkResult(
    "set no_new_privs",
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n),
  );
  const deathSignal = new Int32Array(1);
  checkResult(
    "get parent-death signal",
    libc.prctl_get(PR_GET_PDEATHSIG, deathSignal, 0n, 0n, 0n),
  );
  const groups = Uint32Array.of(groupId);
  checkResult("set supplementary groups", libc.setgroups(1n, groups));
  checkResult(`set group ${groupId}`, libc.setgid(groupId));
  checkResult(`set user ${userId}`, libc.setuid(userId));
  checkResult(
    "set parent-death signal",
    libc.prctl(PR_SET_PDEATHSIG, BigInt(deathSignal[0]!), 0n, 0n, 0n),
  );
  if (userId !== 0 && libc.setuid(0) === 0) {
    throw new Error("Cannot give up root for good");
  }
}
