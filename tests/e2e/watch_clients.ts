/** Clients of `--listen` at a Unix socket: who behaves, and who does not. */
import type { ScanView } from "../../src/watch/view.ts";

/** Connections that say nothing, that send a head byte by byte, and that ask at once. */
const SILENT = 100;
const SLOW = 20;
const MANY = 200;
const GET = "GET /api/status HTTP/1.1\r\nHost: localhost\r\n";
/** Requests, and how they are answered. */
const WRONG: readonly (readonly [request: string, status: number])[] = [
  ["GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 404],
  ["GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 404],
  ["POST /api/status HTTP/1.1\r\nHost: localhost\r\n\r\n", 405],
  [
    `${GET}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  [`${GET}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`, 400],
  [`${GET}Content-Length: 1073741824\r\n\r\n`, 413],
  [`${GET}A: b\r\n c\r\n\r\n`, 400],
  ["GET / HTTP/1.1\nHost: localhost\n\n\r\n\r\n", 400],
  ["GET / HTTP/1.1\r\n\r\n", 400],
  [`${GET}Host: localhost\r\n\r\n`, 400],
  [`${GET}A: ${"b".repeat(10_000)}\r\n\r\n`, 431],
  [`\x16\x03\x01\x02\x00\x01\r\n\r\n`, 400],
];

/** The body of what is at a path. */
export async function ask(path: string, what: string): Promise<string> {
  const text = await converse(
    path,
    `GET ${what} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  );
  return text.slice(text.indexOf("\r\n\r\n") + 4);
}

/** Follows the events until they end. */
export async function followEvents(
  path: string,
): Promise<{ readonly views: readonly ScanView[]; readonly isEnded: boolean }> {
  const text = await converse(
    path,
    "GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n",
  );
  const events = [...text.matchAll(/^event: (\S+)\ndata: (.*)$/gm)];
  const views = events.filter(([, name]) => name === "view")
    .map(([, , data]) => JSON.parse(data!));
  return { views, isEnded: events.at(-1)?.[1] === "end" };
}

/** Does all that clients do to a server that they want to fall; some stay until `leave`. */
export async function attack(
  path: string,
): Promise<{ readonly wrongAnswers: string; leave(): void }> {
  const staying = await Promise.all([
    ...Array.from({ length: SILENT }, () => connect(path)),
    ...Array.from({ length: SLOW }, () => connect(path)),
  ]);
  const slow = staying.slice(SILENT);
  let isOver = false;
  const dripping = Promise.all(slow.map(async (conn) => {
    for (let i = 0; !isOver; i++) {
      try {
        await conn.write(new TextEncoder().encode(GET[i % GET.length]));
      } catch {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }));
  const reader = await connect(path);
  await reader.write(
    new TextEncoder().encode(`${GET.replace("status", "events")}\r\n`),
  );
  const answers = await Promise.all(WRONG.map(async ([request, status]) => {
    const answer = await converse(path, request);
    return answer.startsWith(`HTTP/1.1 ${status} `)
      ? ""
      : `${JSON.stringify(request.slice(0, 80))}: ${answer.slice(0, 80)}\n`;
  }));
  await Promise.all([
    hugeBody(path),
    ...Array.from({ length: MANY }, () => converse(path, `${GET}\r\n`)),
  ]);
  return {
    wrongAnswers: answers.join(""),
    leave: () => {
      isOver = true;
      for (const conn of [...staying, reader]) conn.close();
      dripping.catch(() => {});
    },
  };
}

/** Announces 1 GiB, and sends as much of it as the server takes. */
async function hugeBody(path: string): Promise<void> {
  using conn = await connect(path);
  const piece = new Uint8Array(1 << 20);
  try {
    const head = `${GET}Content-Length: ${1 << 30}\r\n\r\n`;
    await conn.write(new TextEncoder().encode(head));
    for (let i = 0; i < 1024; i++) await conn.write(piece);
  } catch {
    // It is not taken.
    return;
  }
  throw new Error("The server has taken a body of 1 GiB");
}

async function converse(path: string, request: string): Promise<string> {
  using conn = await connect(path);
  const bytes = Uint8Array.from(request, (one) => one.charCodeAt(0));
  let text = "";
  const decoder = new TextDecoder();
  try {
    await conn.write(bytes);
    const piece = new Uint8Array(65_536);
    for (;;) {
      const count = await conn.read(piece);
      if (count === null) return text;
      text += decoder.decode(piece.subarray(0, count), { stream: true });
    }
  } catch {
    return text;
  }
}

function connect(path: string): Promise<Deno.UnixConn> {
  return Deno.connect({ transport: "unix", path });
}
