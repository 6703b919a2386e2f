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
