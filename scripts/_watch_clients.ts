// deno-lint-ignore-file no-console
/**
 * Clients of `--listen` at 127.0.0.1:8080, run in the scanner's namespace until standard input ends: `_watch_clients.ts KIND
 * COUNT`. Prints what they did, as JSON. Kinds: `reading` follow the events, `idle` ask for them and read nothing, `slow`
 * send a byte of a request now and then, `flood` send as many requests as they can, `bodies` send a gigabyte each.
 */
const SERVER = { hostname: "127.0.0.1", port: 8080 };
const GET = "GET /api/status HTTP/1.1\r\nHost: localhost:8080\r\n\r\n";
const EVENTS = GET.replace("status", "events");
const BODY = GET.replace("\r\n\r\n", "\r\nContent-Length: 1073741824\r\n\r\n");
/** Requests that a client of a flood sends at once. */
const PIPELINED = 1000;
const RETRY_MS = 50;
const DRIP_MS = 200;

const [kind = "", count = "1"] = Deno.args;
const encoder = new TextEncoder();
const counts = { connections: 0, requests: 0, bytesSent: 0, bytesRead: 0 };
let isOver = false;

const clients: Readonly<Record<string, (conn: Deno.Conn) => Promise<void>>> = {
  async reading(conn): Promise<void> {
    await send(conn, encoder.encode(EVENTS));
    counts.requests++;
    await readAll(conn);
  },
  async idle(conn): Promise<void> {
    await send(conn, encoder.encode(EVENTS));
    counts.requests++;
    // It is dropped when the kernel keeps no more for it; nothing here notices.
    while (!isOver) await rest(DRIP_MS);
  },
  async slow(conn): Promise<void> {
    for (let i = 0; !isOver; i++) {
      await send(conn, encoder.encode(GET[i % 10]));
      await rest(DRIP_MS);
    }
  },
  async flood(conn): Promise<void> {
    await send(conn, FLOOD);
    counts.requests += PIPELINED;
    await readAll(conn);
  },
  async bodies(conn): Promise<void> {
    await send(conn, encoder.encode(BODY));
    counts.requests++;
    for (let i = 0; i < 1024 && !isOver; i++) await send(conn, PIECE);
  },
};
const FLOOD = encoder.encode(GET.repeat(PIPELINED));
const PIECE = new Uint8Array(1 << 20);

const open = new Set<Deno.Conn>();
const all = Array.from({ length: Number(count) }, () => client());
console.log("ready");
for await (const _ of Deno.stdin.readable);
isOver = true;
for (const conn of open) close(conn);
await Promise.all(all);
console.log(JSON.stringify(counts));

/** Connects, does what its kind does, and begins again when it was dropped. */
async function client(): Promise<void> {
  while (!isOver) {
    let conn: Deno.Conn;
    try {
      conn = await Deno.connect(SERVER);
    } catch {
      await rest(RETRY_MS);
      continue;
    }
    counts.connections++;
    open.add(conn);
    try {
      await clients[kind]!(conn);
    } catch {
      // It was dropped.
    }
    open.delete(conn);
    close(conn);
  }
}

async function send(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const length = await conn.write(bytes.subarray(at));
    counts.bytesSent += length;
    at += length;
  }
}

async function readAll(conn: Deno.Conn): Promise<void> {
  const piece = new Uint8Array(65_536);
  for (;;) {
    const length = await conn.read(piece);
    if (length === null) return;
    counts.bytesRead += length;
  }
}

function close(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It is closed.
  }
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
