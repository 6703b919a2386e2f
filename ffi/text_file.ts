import { EINTR, O_CLOEXEC, O_RDONLY } from "./constants.ts";
import { cString } from "./_c_string.ts";
import { errnoWord } from "./errno.ts";
import { type Libc, openLibc } from "./libc.ts";

const PIECE_BYTES = 4096;
/** What the kernel's files hold is far shorter; a table of a million entries is not read whole. */
const MAX_BYTES = 1 << 18;

/**
 * The text of a file of `/proc` or `/sys`, which Deno opens only with `--allow-all`, up to 256 KiB; null
 * when it is not there or may not be read. Files below `/proc/sys/net` and `/proc/self/net` tell about the
 * calling thread's network namespace.
 */
export function readTextFile(path: string): string | null {
  const libc = openLibc();
  const fd = libc.open(cString(path), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return null;
  try {
    return readAll(libc, fd);
  } finally {
    libc.close(fd);
  }
}

function readAll(libc: Libc, fd: number): string | null {
  const decoder = new TextDecoder();
  const piece = new Uint8Array(new ArrayBuffer(PIECE_BYTES));
  let text = "";
  for (let total = 0; total < MAX_BYTES;) {
    const length = Number(libc.read(fd, piece, BigInt(piece.length)));
    if (length < 0 && errnoWord()[0] === EINTR) continue;
    if (length < 0) return null;
    if (length === 0) break;
    text += decoder.decode(piece.subarray(0, length), { stream: true });
    total += length;
  }
  return text;
}
