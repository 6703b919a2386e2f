/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** Opens libpcap, says so, and ends when it is sent a message, if nobody ends it before. */
import { openLibpcap } from "../../ffi/libpcap.ts";

self.onmessage = (): void => self.close();
openLibpcap();
self.postMessage(null);
