import { cString } from "./_c_string.ts";
import {
  O_CLOEXEC,
  O_RDONLY,
  SEEK_SET,
  SO_ACCEPTCONN,
  SO_SNDBUF,
  SOL_SOCKET,
} from "./constants.ts";
import { ErrnoError } from "./errno.ts";
import { TIMESPEC } from "./layout.ts";
import { openLibc } from "./libc.ts";
import { setSocketOption } from "./_socket.ts";
import { systemCall } from "./system_call.ts";

/** Bits of a clock of the processor time of one thread, <linux/posix-timers_types.h>: CPUCLOCK_PERTHREAD, CPUCLOCK_SCHED. */
const CPU_CLOCK_OF_THREAD = 6;
const THREAD_SHIFT = 3;
/** `setpriority(2)`, <sys/resource.h>. */
const PRIO_PROCESS = 0;
/** Length of what is known of the process: some 60 lines. */
const STATUS_BYTES = 8192;

/** The kernel's number of the calling thread, `gettid(2)`; 0 where the C library is too old to tell. */
export function currentThreadId(): number {
  return openLibc().gettid?.() ?? 0;
}

/** Processor time that a thread of this process has used, in seconds; null where there is no such thread any more. */
export function threadProcessorSeconds(threadId: number): number | null {
  if (threadId === 0) return null;
  const clock = (~threadId << THREAD_SHIFT) | CPU_CLOCK_OF_THREAD;
  const time = new DataView(new ArrayBuffer(TIMESPEC.size));
  const bytes = new Uint8Array(time.buffer);
  if (openLibc().clock_gettime(clock, bytes) !== 0) return null;
  return Number(time.getBigInt64(TIMESPEC.tv_sec, true)) +
    Number(time.getBigInt64(TIMESPEC.tv_nsec, true)) / 1e9;
}

/** Lets the calling thread go behind others where they want the same processor: "nice", from 1 to 19. */
export function yieldToOthers(nice: number): void {
  try {
    systemCall({
      act: "lower the priority of a thread",
      name: "setpriority",
      args: [BigInt(PRIO_PROCESS), 0n, BigInt(nice)],
    });
  } catch (error) {
    // A container's filter: then the thread is as important as the others.
    if (!(error instanceof ErrnoError)) throw error;
  }
}

/**
 * Bounds the memory that the kernel keeps for what clients have not taken, in bytes: of all sockets of this process that
 * listen among its first descriptors, as connections have what their listener has.
 */
export function boundSendBuffers(bytes: number, descriptors: number): void {
  const libc = openLibc();
  const isListening = new Uint8Array(4);
  const length = new Uint8Array(4);
  for (let fd = 0; fd < descriptors; fd++) {
    isListening.fill(0);
    length.set([4, 0, 0, 0]);
    const result = libc.getsockopt(
      fd,
      SOL_SOCKET,
      SO_ACCEPTCONN,
      isListening,
      length,
    );
    if (result !== 0 || isListening[0] === 0) continue;
    const option = { level: SOL_SOCKET, name: SO_SNDBUF, value: bytes };
    setSocketOption(fd, "the send buffer", option);
  }
}

/** Memory of this process, in bytes. */
export interface ProcessMemory {
  readonly residentBytes: number;
  /** The most that it ever was. */
  readonly peakBytes: number;
}

/** What the kernel tells of this process. Open, it can be read in a sandbox too. */
export class ProcessStatus implements Disposable {
  #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** Opens it; null where there is no `/proc`. */
  static open(): ProcessStatus | null {
    const path = cString("/proc/self/status");
    const fd = openLibc().open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? null : new ProcessStatus(fd);
  }

  /** The memory of the process now; null where the kernel does not tell. */
  memory(): ProcessMemory | null {
    const libc = openLibc();
    const bytes = new Uint8Array(new ArrayBuffer(STATUS_BYTES));
    if (Number(libc.lseek(this.#fd, 0n, SEEK_SET)) < 0) return null;
    const length = Number(libc.read(this.#fd, bytes, BigInt(bytes.length)));
    if (length <= 0) return null;
    const text = new TextDecoder().decode(bytes.subarray(0, length));
    const read = (name: string): number | null => {
      const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text);
      return match === null ? null : Number(match[1]) * 1024;
    };
    const [residentBytes, peakBytes] = [read("VmRSS"), read("VmHWM")];
    return residentBytes === null || peakBytes === null
      ? null
      : { residentBytes, peakBytes };
  }

  /** Closes it. May be called again. */
  [Symbol.dispose](): void {
    if (this.#fd < 0) return;
    openLibc().close(this.#fd);
    this.#fd = -1;
  }
}
