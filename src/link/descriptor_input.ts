import { InputDescriptor } from "../../ffi/input_descriptor.ts";

const PIECE_BYTES = 1 << 20;

/**
 * Reads all of a file descriptor in pieces, each given to `take`, which must not keep it. The event loop goes on
 * while there is nothing to read.
 *
 * @param signal ends the waiting, within 100 ms
 * @throws {ErrnoError} when the descriptor is closed or cannot be read from
 */
export async function readDescriptor(
  fd: number,
  { signal, take }: {
    readonly signal: AbortSignal | null;
    readonly take: (piece: Uint8Array<ArrayBuffer>) => void;
  },
): Promise<void> {
  const input = new InputDescriptor(fd);
  const piece = new Uint8Array(new ArrayBuffer(PIECE_BYTES));
  for (;;) {
    signal?.throwIfAborted();
    const length = await input.read(piece);
    if (length === 0) return;
    if (length !== null) take(piece.subarray(0, length));
  }
}

/** Reads a file descriptor piece by piece, when asked to. The event loop goes on while there is nothing to read. */
export class DescriptorReader {
  readonly #input: InputDescriptor;
  readonly #piece: Uint8Array<ArrayBuffer>;

  /** @param pieceBytes length of a piece at most */
  constructor(fd: number, pieceBytes: number) {
    this.#input = new InputDescriptor(fd);
    this.#piece = new Uint8Array(new ArrayBuffer(pieceBytes));
  }

  /**
   * Waits for the next piece, which is good until the next call; null: the input has ended.
   *
   * @throws {ErrnoError} when the descriptor is closed or cannot be read from
   */
  async read(): Promise<Uint8Array | null> {
    for (;;) {
      const length = await this.#input.read(this.#piece);
      if (length === 0) return null;
      if (length !== null) return this.#piece.subarray(0, length);
    }
  }
}
