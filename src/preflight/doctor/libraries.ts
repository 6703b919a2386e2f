import { PreflightError } from "../../base/mod.ts";
import { libpcapVersion } from "../../../ffi/libpcap.ts";
import { checkLibpcap } from "../rights.ts";
import { type Check, fail, pass } from "./check.ts";

/** Whether libpcap can be loaded, and which. The C library is: without it there is no program to ask. */
export function librariesCheck(): Check {
  const needed = "libpcap, which captures the answers";
  try {
    checkLibpcap();
  } catch (error) {
    if (!(error instanceof PreflightError)) throw error;
    const { message, remedy } = error;
    return fail("libraries", { found: message, needed, remedy });
  }
  return pass("libraries", libpcapVersion(), needed);
}
