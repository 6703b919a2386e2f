import { isSpecialFile } from "../link/mod.ts";
import { outputDescriptor } from "./open_sink.ts";

/** Bytes that are read at a time. */
const PIECE_BYTES = 1 << 16;
const NEWLINE = 0x0a;

/** Length of a file up to its last line end; 0 where there is no file, or none that can be continued. */
export function wholeLinesBytes(path: string): number {
  try {
    if (outputDescriptor(path) !== null || isSpecialFile(path)) return 0;
    using file = Deno.openSync(path);
    const piece = new Uint8Array(PIECE_BYTES);
    let end = file.seekSync(0, Deno.SeekMode.End);
    while (end > 0) {
      const start = Math.max(0, end - PIECE_BYTES);
      file.seekSync(start, Deno.SeekMode.Start);
      const length = file.readSync(piece.subarray(0, end - start)) ?? 0;
      const last = piece.subarray(0, length).lastIndexOf(NEWLINE);
      if (last >= 0) return start + last + 1;
      end = start;
    }
    return 0;
  } catch {
    // Opening it for writing says what is wrong with it.
    return 0;
  }
}
