import type { ReceiveBackend } from "../backend/mod.ts";
import { PreflightError } from "../base/mod.ts";
import { libpcapVersion } from "../../ffi/libpcap.ts";
import { checkLibpcap } from "../preflight/mod.ts";
import { type Check, fail, pass } from "./check.ts";

/**
 * Whether libpcap can be loaded, and which; an error only where nothing else will do. The C library is there:
 * without it there is no program to ask.
 */
export function librariesCheck(backend: ReceiveBackend): Check {
  const name = "libraries";
  if (backend === "packet") return pass(name, "none needed");
  const needed = backend === "pcap"
    ? "libpcap, which captures the answers"
    : "libpcap, if it is there; pacemap can capture by itself";
  try {
    checkLibpcap();
  } catch (error) {
    if (!(error instanceof PreflightError)) throw error;
    const { message, remedy } = error;
    return backend === "pcap"
      ? fail(name, { found: message, needed, remedy })
      : pass(name, message, needed);
  }
  return pass(name, libpcapVersion(), needed);
}
