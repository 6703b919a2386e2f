import { openFirst } from "./_open_first.ts";
import { SA_ONSTACK, SA_RESTART, SIG_IGN } from "./constants.ts";
import {
  DATA_AT,
  lastError,
  MACHINE_CODE_SYMBOLS,
  type MachineCode,
  mapSignalHandler,
} from "./_machine_code.ts";
import { SIGACTION } from "./layout.ts";
import { LIBC_PATHS } from "./library_paths.ts";

/** A table of its own, since it is opened before all else: the whole one takes 14 ms, these 1 ms. */
const SYMBOLS = {
  ...MACHINE_CODE_SYMBOLS,
  // int sigaction(int signal, const struct sigaction *action, struct sigaction *old_action)
  sigaction: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
} as const;
type SignalLibc = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** Signals are numbered from 1 to 64. */
const COUNTER_COUNT = 65;

/**
 * A signal handler, `void handler(int signal)`: adds 1 to the 32-bit counter of the signal and returns. It
 * is machine code since a handler runs on any thread at any moment, where JavaScript cannot; no C library
 * has a function that counts its calls by its argument.
 */
const HANDLERS: MachineCode = {
  x86_64: [
    ...[0x48, 0x8d, 0x05, 0xf9, 0xff, 0x00, 0x00], // lea rax, [rip + 0x1_0000 - 7]
    ...[0x89, 0xff], // mov edi, edi
    ...[0xf0, 0xff, 0x04, 0xb8], // lock inc dword [rax + 4 * rdi]
    ...[0xc3], // ret
  ],
  aarch64: [
    ...[0x01, 0x00, 0x08, 0x10], // adr x1, . + 0x1_0000
    ...[0x21, 0x48, 0x20, 0x8b], // add x1, x1, w0, uxtw #2
    ...[0x22, 0xfc, 0x5f, 0x88], // again: ldaxr w2, [x1]
    ...[0x42, 0x04, 0x00, 0x11], // add w2, w2, #1
    ...[0x22, 0xfc, 0x03, 0x88], // stlxr w3, w2, [x1]
    ...[0xa3, 0xff, 0xff, 0x35], // cbnz w3, again
    ...[0xc0, 0x03, 0x5f, 0xd6], // ret
  ],
};

/**
 * Counts signals in the kernel's own way, `sigaction(2)`: whatever the runtime does about them, it does no
 * longer. For the whole process, on all its threads, and until it ends: a handler may run at any moment,
 * so its memory is never given back.
 */
export class SignalCounter {
  readonly #libc: SignalLibc;
  readonly #handler: bigint;
  readonly #counts: Uint32Array;

  /**
   * @throws {Deno.errors.NotCapable} without `--allow-ffi` for the C library
   * @throws {Deno.errors.NotFound} where no C library is found
   * @throws {ErrnoError} where the kernel permits no memory that holds code
   */
  constructor() {
    const options = { paths: LIBC_PATHS, symbols: SYMBOLS };
    this.#libc = openFirst("the C library", options).symbols;
    this.#handler = mapSignalHandler(this.#libc, HANDLERS);
    const counters = this.#handler + BigInt(DATA_AT);
    this.#counts = new Uint32Array(
      Deno.UnsafePointerView.getArrayBuffer(
        Deno.UnsafePointer.create(counters)!,
        COUNTER_COUNT * Uint32Array.BYTES_PER_ELEMENT,
      ),
    );
  }

  /**
   * Counts a signal from now on, and keeps it from whoever handled it until now. Who sets a handler later
   * takes it over.
   *
   * @throws {ErrnoError} when no handler may be set for it
   */
  take(signal: number): void {
    this.#setHandler(signal, this.#handler);
  }

  /**
   * Makes nothing happen on a signal, whoever handled it until now.
   *
   * @throws {ErrnoError} when it cannot be ignored
   */
  ignore(signal: number): void {
    this.#setHandler(signal, BigInt(SIG_IGN));
  }

  /**
   * Whether nothing happens on a signal, as who started the process may have chosen.
   *
   * @throws {ErrnoError} when there is no such signal
   */
  isIgnored(signal: number): boolean {
    const action = new Uint8Array(SIGACTION.size);
    if (this.#libc.sigaction(signal, null, action) < 0) {
      throw lastError(this.#libc, "look at the handler of a signal");
    }
    const view = new DataView(action.buffer);
    return view.getBigUint64(SIGACTION.sa_handler, true) === BigInt(SIG_IGN);
  }

  /** How many have come since it was taken, modulo 2^32. Signals that wait for delivery are merged by the kernel. */
  count(signal: number): number {
    return Atomics.load(this.#counts, signal);
  }

  #setHandler(signal: number, handler: bigint): void {
    const action = new Uint8Array(SIGACTION.size);
    const view = new DataView(action.buffer);
    view.setBigUint64(SIGACTION.sa_handler, handler, true);
    view.setUint32(SIGACTION.sa_flags, SA_RESTART | SA_ONSTACK, true);
    if (this.#libc.sigaction(signal, action, null) < 0) {
      throw lastError(this.#libc, "handle a signal");
    }
  }
}
