import { ErrnoError, errnoWord } from "./errno.ts";
import { type Libc, openLibc } from "./libc.ts";
import {
  MAP_POPULATE,
  MAP_SHARED,
  PROT_READ,
  PROT_WRITE,
} from "./ring_constants.ts";

const MAP_FAILED = -1n;

/** Which part of a socket to map. */
export interface MappingOptions {
  readonly lengthBytes: number;
  /** Offset by which the kernel knows the ring. */
  readonly offset: number;
  /** Names the ring in errors. */
  readonly what: string;
}

/** Memory of a socket that the kernel and this program share, `mmap(2)`. */
export class MappedMemory {
  /** The memory; empty once closed, so that views of it read nothing instead of what is no longer there. */
  readonly buffer: ArrayBuffer;
  readonly #libc: Libc = openLibc();
  readonly #address: bigint;
  readonly #lengthBytes: bigint;
  #isOpen = true;

  /** @throws {ErrnoError} when the kernel refuses it */
  constructor(fd: number, { lengthBytes, offset, what }: MappingOptions) {
    this.#lengthBytes = BigInt(lengthBytes);
    this.#address = this.#libc.mmap(
      null,
      this.#lengthBytes,
      PROT_READ | PROT_WRITE,
      MAP_SHARED | MAP_POPULATE,
      fd,
      BigInt(offset),
    );
    if (this.#address === MAP_FAILED) {
      throw new ErrnoError(`map ${what}`, errnoWord()[0]!);
    }
    const pointer = Deno.UnsafePointer.create(this.#address);
    this.buffer = Deno.UnsafePointerView.getArrayBuffer(pointer!, lengthBytes);
  }

  /** Gives the memory back; further calls do nothing. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    // Takes the memory from `buffer` and all its views, without copying it.
    this.buffer.transfer();
    this.#libc.munmap(this.#address, this.#lengthBytes);
  }
}
