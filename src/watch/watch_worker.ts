import { workerScope } from "../base/worker_scope.ts";
import {
  boundSendBuffers,
  currentThreadId,
  yieldToOthers,
} from "../link/thread_facts.ts";
import { ErrnoError } from "../link/errors.ts";
import { confineWorker } from "../sandbox/mod.ts";
import { HttpServer, SERVER_LIMITS } from "./http_server.ts";
import { formatListenAddress, type ListenAddress } from "./listen_address.ts";
import type { WatchReply, WatchRequest } from "./protocol.ts";
import { eventBytes, type Shown, WatchSite } from "./watch_site.ts";

/** What the kernel keeps at most for a client that takes nothing; it doubles that. */
const SEND_BUFFER_BYTES = 65_536;
/** Descriptors among which the socket is that listens: it is opened early. */
const FIRST_DESCRIPTORS = 512;
/** How long the last event may take to leave. */
const LAST_WORDS_MS = 500;
/** Below all that sends, receives and writes, <sys/resource.h>. */
const NICE = 10;
const worker = workerScope<WatchRequest>();

let site: WatchSite | null = null;
let server: HttpServer | null = null;

worker.onmessage = ({ data }): void => {
  switch (data.kind) {
    case "open":
      return open(data.address, data.mostClients);
    case "confine":
      return confine();
    case "begin":
      return site?.begin(data.ground);
    case "show": {
      const { ledger, view } = data;
      const event = site?.show({ ledger, view });
      if (event !== undefined) server?.send(event);
      return;
    }
    case "end":
      void end(data);
  }
};

function open(address: ListenAddress, mostClients: number): void {
  try {
    yieldToOthers(NICE);
    const listener = listen(address);
    const { addr } = listener;
    const found: ListenAddress = address.kind === "tcp" &&
        addr.transport === "tcp"
      ? { ...address, port: addr.port }
      : address;
    boundSendBuffers(SEND_BUFFER_BYTES, FIRST_DESCRIPTORS);
    site = new WatchSite(found);
    server = new HttpServer(listener, site, { ...SERVER_LIMITS, mostClients });
    post({ kind: "ready", address: found, threadId: currentThreadId() });
  } catch (error) {
    const what = formatListenAddress(address);
    const why = error instanceof Error ? error.message : String(error);
    post({ kind: "failed", message: `Cannot listen at ${what}: ${why}` });
  }
}

function listen(address: ListenAddress): Deno.Listener {
  if (address.kind === "tcp") {
    const { hostname, port } = address;
    return Deno.listen({ hostname, port });
  }
  const { path } = address;
  return Deno.listen({ transport: "unix", path });
}

/** Leaves this thread what answering needs; the permission to listen is given back by the main thread for all. */
function confine(): void {
  try {
    confineWorker("watch");
  } catch (error) {
    // What the kernel refused to filter for all threads, it refuses for this one.
    if (!(error instanceof ErrnoError)) throw error;
  }
}

/** Shows the final figures, says to all who listen that no more come, and ends. */
async function end(shown: Shown | { readonly view: null }): Promise<void> {
  if (server !== null && site !== null) {
    // Whoever is slow misses the one before, not the last one.
    await server.settled(LAST_WORDS_MS);
    const end = eventBytes("end", "{}");
    const last = shown.view === null ? new Uint8Array(0) : site.show(shown);
    const bytes = new Uint8Array(last.length + end.length);
    bytes.set(last);
    bytes.set(end, last.length);
    server.send(bytes);
    await server.close(LAST_WORDS_MS);
  }
  post({ kind: "ended" });
}

function post(reply: WatchReply): void {
  worker.postMessage(reply);
}
