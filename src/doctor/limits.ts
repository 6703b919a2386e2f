import { formatCount } from "../base/mod.ts";
import { type Check, pass, warn } from "./check.ts";
import { bytes } from "./_text.ts";

/** Send buffer that the sender asks for. */
export const WANTED_SEND_BUFFER_BYTES: number = 4 << 20;
/** Descriptors of a scan with all its threads, with as many again to spare. */
const NEEDED_FILES = 128;

/** Whether the sender's socket gets the buffer that it asks for. */
export function socketBufferCheck(grantedBytes: number): Check {
  const name = "socket-buffers";
  const wanted = bytes(WANTED_SEND_BUFFER_BYTES);
  const needed = `${wanted} to send from; the capture's buffer has no limit`;
  const found = `${bytes(grantedBytes)} to send from`;
  if (grantedBytes >= WANTED_SEND_BUFFER_BYTES) {
    return pass(name, found, needed);
  }
  return warn(name, {
    found:
      `${found}, which the kernel fills sooner: the sender waits more often`,
    needed,
    remedy:
      `Raise the limit: sysctl net.core.wmem_max=${WANTED_SEND_BUFFER_BYTES}, or grant CAP_NET_ADMIN`,
  });
}

/** Whether a scan can open all its sockets and files. */
export function openFilesCheck(limit: number): Check {
  const name = "open-files";
  const found = limit === Infinity ? "no limit" : `limit ${formatCount(limit)}`;
  const needed = formatCount(NEEDED_FILES);
  if (limit >= NEEDED_FILES) return pass(name, found, needed);
  const remedy = "Raise the limit: ulimit -n 1024";
  return warn(name, { found, needed, remedy });
}
