import { cString } from "./_c_string.ts";
import {
  DATA_AT,
  lastError,
  type MachineCode,
  mapSignalHandler,
} from "./_machine_code.ts";
import { SA_ONSTACK, SA_RESTART, SIG_IGN } from "./constants.ts";
import { ErrnoError } from "./errno.ts";
import { DIRENT, SIGACTION } from "./layout.ts";
import {
  numberOf,
  openSystemLibc,
  type SystemCall,
  systemCall,
  type SystemLibc,
} from "./system_call.ts";

/**
 * A signal handler that makes one system call: with its number and 5 arguments from the data behind the code. Keeps
 * what the kernel says when it refuses, and counts that it was there. Machine code, as the rights of a thread are
 * changed by that thread alone, and most threads here are the runtime's.
 */
const HANDLERS: MachineCode = {
  x86_64: [
    ...[0x53], // push rbx
    ...[0x48, 0x8d, 0x1d, 0xf8, 0xff, 0x00, 0x00], // lea rbx, [rip + 0x1_0000 - 8]
    ...[0x48, 0x8b, 0x03], // mov rax, [rbx]
    ...[0x48, 0x8b, 0x7b, 0x08], // mov rdi, [rbx + 8]
    ...[0x48, 0x8b, 0x73, 0x10], // mov rsi, [rbx + 16]
    ...[0x48, 0x8b, 0x53, 0x18], // mov rdx, [rbx + 24]
    ...[0x4c, 0x8b, 0x53, 0x20], // mov r10, [rbx + 32]
    ...[0x4c, 0x8b, 0x43, 0x28], // mov r8, [rbx + 40]
    ...[0x0f, 0x05], // syscall
    ...[0x48, 0x85, 0xc0], // test rax, rax
    ...[0x79, 0x04], // jns done
    ...[0x48, 0x89, 0x43, 0x30], // mov [rbx + 48], rax
    ...[0xf0, 0xff, 0x43, 0x38], // done: lock inc dword [rbx + 56]
    ...[0x5b], // pop rbx
    ...[0xc3], // ret
  ],
  aarch64: [
    ...[0x09, 0x00, 0x08, 0x10], // adr x9, . + 0x1_0000
    ...[0x28, 0x01, 0x40, 0xf9], // ldr x8, [x9]
    ...[0x20, 0x85, 0x40, 0xa9], // ldp x0, x1, [x9, #8]
    ...[0x22, 0x8d, 0x41, 0xa9], // ldp x2, x3, [x9, #24]
    ...[0x24, 0x15, 0x40, 0xf9], // ldr x4, [x9, #40]
    ...[0x01, 0x00, 0x00, 0xd4], // svc #0
    ...[0x40, 0x00, 0xf8, 0xb6], // tbz x0, #63, done
    ...[0x20, 0x19, 0x00, 0xf9], // str x0, [x9, #48]
    ...[0x2a, 0xe1, 0x00, 0x91], // done: add x10, x9, #56
    ...[0x4b, 0xfd, 0x5f, 0x88], // again: ldaxr w11, [x10]
    ...[0x6b, 0x05, 0x00, 0x11], // add w11, w11, #1
    ...[0x4b, 0xfd, 0x0c, 0x88], // stlxr w12, w11, [x10]
    ...[0xac, 0xff, 0xff, 0x35], // cbnz w12, again
    ...[0xc0, 0x03, 0x5f, 0xd6], // ret
  ],
};

/** The data of the handler, from its start. */
const CALL = { size: 64, number: 0, args: 8, refusal: 48, count: 56 } as const;
const ARGS = 5;
/** The last real-time signal: nobody else uses it here. */
const SIGNAL = 64;
/** Numbers in there are of the process namespace that `/proc` is of. */
const TASKS = "/proc/self/task";
/** <asm-generic/errno.h> */
const ESRCH = 3;
/** How long a thread may take to see the signal, and between two looks. */
const PATIENCE_MS = 1000;
const LOOK_MS = 0.05;
/** New threads have the rights of those that start them: a second look finds none that has others, unless they race. */
const ROUNDS = 8;

/** What became of a system call that every thread was to make. */
export interface ThreadReport {
  /** Threads that made it. */
  readonly threads: number;
  /** Threads that did not, as they keep signals off. */
  readonly silent: number;
  /** Why the kernel refused it in one of them; null: in none. */
  readonly refusal: ErrnoError | null;
}

/**
 * Makes system calls in all threads of the process, the runtime's included, in the order that is given. Memory
 * that they name is the caller's, who holds it until this returns.
 *
 * @throws {ErrnoError} ENOENT where `/proc` is not there, ESRCH where it is not of this process namespace, and when the calling thread is refused; EPERM where no memory may hold code
 */
export function inEveryThread(calls: readonly SystemCall[]): ThreadReport[] {
  const libc = openSystemLibc();
  const handler = mapSignalHandler(libc, HANDLERS);
  setHandler(libc, handler);
  try {
    return calls.map((call) => {
      // First, since this one may be unable to find the others then; meanwhile it starts none.
      const report = inAllOthers(libc, handler + BigInt(DATA_AT), call);
      systemCall(call);
      return report;
    });
  } finally {
    setHandler(libc, BigInt(SIG_IGN));
  }
}

function inAllOthers(
  libc: SystemLibc,
  dataAt: bigint,
  call: SystemCall,
): ThreadReport {
  const pointer = Deno.UnsafePointer.create(dataAt)!;
  const memory = Deno.UnsafePointerView.getArrayBuffer(pointer, CALL.size);
  const view = new DataView(memory);
  view.setBigInt64(CALL.number, numberOf(call.name, call.act), true);
  for (let i = 0; i < ARGS; i++) {
    view.setBigInt64(CALL.args + 8 * i, call.args[i] ?? 0n, true);
  }
  view.setBigInt64(CALL.refusal, 0n, true);
  const counts = new Uint32Array(memory, CALL.count, 1);
  const own = systemCall({ act: "name a thread", name: "gettid", args: [] });
  if (!listThreads(libc).includes(own)) {
    throw new ErrnoError(`find this process in "${TASKS}"`, ESRCH);
  }
  const handled = new Set([own]);
  let silent = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const others = listThreads(libc).filter((thread) => !handled.has(thread));
    if (others.length === 0) break;
    silent = others.filter((thread) => !handle(thread, counts)).length;
    for (const thread of others) handled.add(thread);
  }
  const refusal = Number(view.getBigInt64(CALL.refusal, true));
  return {
    threads: handled.size - silent,
    silent,
    refusal: refusal === 0 ? null : new ErrnoError(call.act, -refusal),
  };
}

/** Lets a thread handle the signal; false when it does not. One that has ended needs not. */
function handle(thread: number, counts: Uint32Array): boolean {
  const before = Atomics.load(counts, 0);
  if (!signal(thread, SIGNAL)) return true;
  const rest = new Int32Array(new SharedArrayBuffer(4));
  for (let ms = 0; ms < PATIENCE_MS; ms += LOOK_MS) {
    if (Atomics.load(counts, 0) !== before) return true;
    Atomics.wait(rest, 0, 0, LOOK_MS);
    if (!signal(thread, 0)) return true;
  }
  return false;
}

/** Sends a signal to a thread of this process, `tgkill(2)`; false when there is no such thread. */
function signal(thread: number, number: number): boolean {
  const args = [BigInt(Deno.pid), BigInt(thread), BigInt(number)];
  try {
    systemCall({ act: "signal a thread", name: "tgkill", args });
    return true;
  } catch (error) {
    if (error instanceof ErrnoError && error.code === "ESRCH") return false;
    throw error;
  }
}

/** Numbers of all threads of this process. */
function listThreads(libc: SystemLibc): number[] {
  const directory = libc.opendir(cString(TASKS));
  if (directory === null) throw lastError(libc, `read "${TASKS}"`);
  try {
    const threads: number[] = [];
    for (;;) {
      const entry = libc.readdir(directory);
      if (entry === null) return threads;
      const view = new Deno.UnsafePointerView(entry);
      const name = view.getCString(DIRENT.d_name);
      if (/^\d+$/.test(name)) threads.push(Number(name));
    }
  } finally {
    libc.closedir(directory);
  }
}

function setHandler(libc: SystemLibc, handler: bigint): void {
  const action = new Uint8Array(SIGACTION.size);
  const view = new DataView(action.buffer);
  view.setBigUint64(SIGACTION.sa_handler, handler, true);
  view.setUint32(SIGACTION.sa_flags, SA_RESTART | SA_ONSTACK, true);
  if (libc.sigaction(SIGNAL, action, null) < 0) {
    throw lastError(libc, "handle a signal");
  }
}
