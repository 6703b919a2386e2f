import { PreflightError } from "../base/mod.ts";
import { ErrnoError, errnoText } from "../../ffi/errno.ts";
import { LIBPCAP_REMEDY, openLibpcap } from "../../ffi/libpcap.ts";
import { hasNetRaw } from "../../ffi/privileges.ts";

/**
 * Checks that raw sockets may be opened here.
 *
 * @throws {PreflightError} `rights` when they may not
 */
export function checkRights(): void {
  try {
    if (hasNetRaw()) return;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw ffiRefused(error);
    if (!(error instanceof ErrnoError)) throw error;
    const message = `Cannot open raw sockets: ${errnoText(error.errno)}`;
    const remedy = "Use a kernel or a container that permits packet sockets";
    throw new PreflightError("rights", message, remedy, error);
  }
  throw new PreflightError(
    "rights",
    "Cannot open raw sockets: CAP_NET_RAW is missing",
    "Run it with sudo, or grant the right to the executable once: " +
      "sudo setcap cap_net_raw+ep FILE (FILE is pacemap, or deno when run from source)",
  );
}

/**
 * Checks that libpcap can be loaded.
 *
 * @throws {PreflightError} `libpcap` when it is not installed, `rights` when `--allow-ffi` does not cover it
 */
export function checkLibpcap(): void {
  try {
    openLibpcap();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw ffiRefused(error);
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const message = "Cannot find libpcap";
    throw new PreflightError("libpcap", message, LIBPCAP_REMEDY, error);
  }
}

function ffiRefused(cause: Error): PreflightError {
  return new PreflightError(
    "rights",
    cause.message,
    "Allow it: --allow-ffi, without paths: a list of them does not permit the use of memory",
    cause,
  );
}
