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
import { inEveryThread } from "./every_thread.ts";
import { openLibc } from "./libc.ts";
import {
  _LINUX_CAPABILITY_VERSION_3,
  PR_SET_DUMPABLE,
} from "./sandbox_constants.ts";
import { addressOf, type SystemCall, systemCall } from "./system_call.ts";

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
 * capabilities; open sockets stay usable. A signal that the calling thread gets when its parent dies,
 * which the kernel would forget here, stays set.
 *
 * @throws {ErrnoError} when the kernel refuses a step; earlier steps are not undone
 * @throws {Error} when root could be regained
 */
export function becomeUser(userId: number, groupId: number): void {
  const libc = openLibc();
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

/** `struct __user_cap_header_struct` and two of `__user_cap_data_struct`, <linux/capability.h>: no rights at all. */
const NO_CAPABILITIES = new Uint8Array(
  Uint32Array.of(_LINUX_CAPABILITY_VERSION_3, 0, 0, 0, 0, 0, 0, 0).buffer,
);
const CAPABILITY_HEADER_BYTES = 8n;

/**
 * What takes a thread all its rights: it cannot gain any through `execve(2)`, and has no capabilities, whatever they
 * came from. Ambient ones go with those that they are a part of, capabilities(7).
 */
function withoutRights(): readonly SystemCall[] {
  const header = addressOf(NO_CAPABILITIES);
  return [
    {
      act: "set no_new_privs",
      name: "prctl",
      args: [BigInt(PR_SET_NO_NEW_PRIVS), 1n],
    },
    {
      act: "drop capabilities",
      name: "capset",
      args: [header, header + CAPABILITY_HEADER_BYTES],
    },
  ];
}

/**
 * Takes the calling thread all capabilities, and the means to gain rights.
 *
 * @throws {ErrnoError} when the kernel refuses
 */
export function dropRightsHere(): void {
  for (const call of withoutRights()) systemCall(call);
}

/**
 * As `dropRightsHere`, in every thread of the process; returns how many threads keep theirs.
 *
 * @throws {ErrnoError} ENOENT or ESRCH without a `/proc` of this process namespace, and when the kernel refuses
 */
export function dropRightsEverywhere(): number {
  const reports = inEveryThread(withoutRights());
  for (const { refusal } of reports) if (refusal !== null) throw refusal;
  return Math.max(...reports.map(({ silent }) => silent));
}

/**
 * Keeps the memory of this process from other programs of its user, and from core dumps; what `/proc` tells of it
 * belongs to root from now on.
 *
 * @throws {ErrnoError} when the kernel refuses
 */
export function hideMemory(): void {
  checkResult(
    "set dumpable",
    openLibc().prctl(PR_SET_DUMPABLE, 0n, 0n, 0n, 0n),
  );
}
