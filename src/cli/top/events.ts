import { ConfigError } from "../../base/mod.ts";
import type { ScanView } from "../../page/view.ts";
import {
  formatListenAddress,
  type ListenAddress,
} from "../../watch/listen_address.ts";

/** Characters of an event at most: a view with its log and lists has some 20,000. */
const MOST_LENGTH = 1 << 20;
const HEAD_END = "\r\n\r\n";
const EVENT_END = "\n\n";

/**
 * The views of a running scan as they come, until it has ended.
 *
 * @throws {ConfigError} when nobody listens there, or it is no scan
 */
export async function* viewsOf(
  address: ListenAddress,
  signal: AbortSignal,
): AsyncGenerator<ScanView> {
  const place = formatListenAddress(address);
  using connection = await connect(address, place);
  signal.addEventListener("abort", () => connection.close(), { once: true });
  const host = address.kind === "tcp" ? hostOf(address) : "localhost";
  const request = `GET /api/events HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  let text = "";
  let hasHead = false;
  for await (const part of textOf(connection, signal)) {
    text += part;
    if (text.length > MOST_LENGTH) throw noScan(place, "it says too much");
    if (!hasHead) {
      const end = text.indexOf(HEAD_END);
      if (end < 0) continue;
      checkHead(text.slice(0, end), place);
      hasHead = true;
      text = text.slice(end + HEAD_END.length);
    }
    const events = text.split(EVENT_END);
    text = events.pop()!;
    for (const event of events) {
      if (event.startsWith("event: end\n")) return;
      const view = viewIn(event);
      if (view !== null) yield view;
    }
  }
  if (!hasHead && !signal.aborted) throw noScan(place, "it does not answer");
}

function hostOf({ hostname, port }: ListenAddress & { kind: "tcp" }): string {
  return hostname.includes(":")
    ? `[${hostname}]:${port}`
    : `${hostname}:${port}`;
}

async function connect(
  address: ListenAddress,
  place: string,
): Promise<Deno.Conn> {
  try {
    return address.kind === "tcp"
      ? await Deno.connect({ hostname: address.hostname, port: address.port })
      : await Deno.connect({ transport: "unix", path: address.path });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw noScan(place, why, error);
  }
}

async function* textOf(
  connection: Deno.Conn,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(1 << 14);
  for (;;) {
    const count = await connection.read(bytes).catch((error) => {
      // Whoever ends it, or a scan that ends, closes the connection.
      if (signal.aborted || error instanceof Deno.errors.ConnectionReset) {
        return null;
      }
      throw error;
    });
    if (count === null) return;
    yield decoder.decode(bytes.subarray(0, count), { stream: true });
  }
}

function checkHead(head: string, place: string): void {
  const [status = ""] = head.split("\r\n");
  if (/^HTTP\/1\.[01] 200\b/.test(status) && /event-stream/i.test(head)) return;
  throw noScan(place, `it answers "${status}"`);
}

function viewIn(event: string): ScanView | null {
  const data = /^data: (.*)$/m.exec(event)?.[1];
  if (!event.startsWith("event: view\n") || data === undefined) return null;
  const view: unknown = JSON.parse(data);
  return typeof view === "object" && view !== null && "format" in view &&
      view.format === 1
    ? view as ScanView
    : null;
}

function noScan(place: string, why: string, cause?: unknown): ConfigError {
  return new ConfigError(
    place,
    `Cannot watch a scan there: ${why}`,
    "Give the address that a running scan has said with --listen, or a status file",
    cause,
  );
}
