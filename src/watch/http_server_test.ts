import assert from "node:assert/strict";
import { ask, TestClient } from "./_test_client.ts";
import {
  type Answer,
  HttpServer,
  SERVER_LIMITS,
  type ServerLimits,
  type Site,
} from "./http_server.ts";

const SITE: Site = {
  isHost: (host) => host === "localhost",
  answer: (path): Answer | "events" | "later" | null =>
    path === "/events" || path === "/later"
      ? path.slice(1) as "events" | "later"
      : path === "/"
      ? { type: "text/plain", body: new TextEncoder().encode("hello") }
      : null,
  firstEvent: () => new TextEncoder().encode("first\n"),
};
const GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const LISTEN = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";

/** Runs `use` with a server, and closes that. */
async function serve(
  use: (port: number, server: HttpServer) => Promise<void>,
  limits: Partial<ServerLimits> = {},
  nowMs?: () => number,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const all = { ...SERVER_LIMITS, ...limits };
  const server = new HttpServer(listener, SITE, all, nowMs);
  try {
    await use(port, server);
  } finally {
    await server.close(0);
    // What has ended leaves in its own time.
    while (server.clientCount > 0) await new Promise((r) => setTimeout(r, 5));
  }
}

Deno.test("HttpServer answers GET and HEAD of what there is, and nothing else", async () => {
  await serve(async (port) => {
    const whole = await ask(port, GET);
    const [head = "", body] = whole.split("\r\n\r\n");
    assert.equal(body, "hello");
    assert.deepEqual(head.split("\r\n"), [
      "HTTP/1.1 200 OK",
      "Content-Type: text/plain",
      "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
      "Cache-Control: no-store",
      "Cross-Origin-Resource-Policy: same-origin",
      "Referrer-Policy: no-referrer",
      "X-Content-Type-Options: nosniff",
      "X-Frame-Options: DENY",
      "Connection: close",
      "Content-Length: 5",
    ]);
    assert.equal(
      await ask(port, GET.replace("GET", "HEAD")),
      `${head}\r\n\r\n`,
    );
    const cases: readonly (readonly [string, string])[] = [
      [GET.replace("GET", "POST"), "405 Method Not Allowed"],
      [GET.replace("GET", "OPTIONS"), "405 Method Not Allowed"],
      [GET.replace("localhost", "evil.example"), "421 Misdirected Request"],
      [GET.replace(" / ", " /../../etc/passwd "), "404 Not Found"],
      [GET.replace(" / ", " /%2e%2e/etc/passwd "), "404 Not Found"],
      [GET.replace(" / ", " //etc/passwd "), "404 Not Found"],
      [GET.replace(" / ", " /later "), "503 Service Unavailable"],
      ["nonsense\r\n\r\n", "400 Bad Request"],
    ];
    for (const [request, status] of cases) {
      const answer = await ask(port, request);
      assert.ok(answer.startsWith(`HTTP/1.1 ${status}\r\n`), answer);
      assert.ok(!answer.includes("Access-Control"), answer);
    }
  });
});

Deno.test("HttpServer answers one request of a connection: what follows is no request", async () => {
  await serve(async (port) => {
    const answer = await ask(port, GET + GET.replace(" / ", " /secret "));
    assert.equal(answer.split("HTTP/1.1").length, 2);
    assert.ok(answer.endsWith("hello"));
  });
});

Deno.test("HttpServer takes no more than 8 KiB of a head and 64 KiB of what follows", async () => {
  await serve(async (port) => {
    const long = GET.replace("\r\n\r\n", `\r\nA: ${"b".repeat(8192)}`);
    const answer = await ask(port, long);
    assert.match(answer, /^HTTP\/1.1 431 /);
    using client = await TestClient.connect(port);
    const body =
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1073741824\r\n\r\n";
    await client.send(body);
    assert.match(await client.next() ?? "", /^HTTP\/1.1 413 /);
    // Far less than it announced.
    const piece = "x".repeat(1 << 20);
    let taken = 0;
    while (taken < 256 && await client.send(piece)) taken++;
    assert.ok(taken < 256);
  });
});

Deno.test("HttpServer drops who does not ask in time, byte by byte or not at all", async () => {
  await serve(async (port) => {
    using silent = await TestClient.connect(port);
    using slow = await TestClient.connect(port);
    let sent = 0;
    const dripping = (async (): Promise<void> => {
      while (await slow.send(GET[sent % 10]!)) {
        sent++;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    assert.equal(await silent.next(), null);
    assert.equal(await slow.next(), null);
    await dripping;
    assert.ok((await ask(port, GET)).endsWith("hello"));
  }, { askMs: 100 });
});

Deno.test("HttpServer makes room for who asks: the oldest that has not goes", async () => {
  await serve(async (port, server) => {
    using first = await TestClient.connect(port);
    using second = await TestClient.connect(port);
    while (server.clientCount < 2) await new Promise((r) => setTimeout(r, 1));
    assert.ok((await ask(port, GET)).endsWith("hello"));
    assert.equal(await first.next(), null);
    await second.send(GET);
    assert.ok((await second.all()).endsWith("hello"));
    // Those who listen stay.
    using one = await TestClient.connect(port);
    await one.send(LISTEN);
    await one.all((text) => text.includes("first"));
    using two = await TestClient.connect(port);
    await two.send(LISTEN);
    await two.all((text) => text.includes("first"));
    assert.equal(await ask(port, GET), "");
  }, { mostClients: 2 });
});

Deno.test("HttpServer sends events to all who listen, and drops who does not take them", async () => {
  let nowMs = 0;
  await serve(
    async (port, server) => {
      using listener = await TestClient.connect(port);
      using stuck = await TestClient.connect(port);
      for (const client of [listener, stuck]) {
        await client.send(LISTEN);
        await client.all((text) => text.endsWith("first\n"));
      }
      while (server.clientCount < 2) await new Promise((r) => setTimeout(r, 1));
      // More than the kernel keeps for a client that reads nothing.
      const event = new Uint8Array(1 << 23).fill(32);
      server.send(event);
      assert.equal(await listener.skip(event.length), event.length);
      nowMs += SERVER_LIMITS.answerMs + 1;
      while (server.clientCount === 2) {
        await new Promise((r) => setTimeout(r, 1));
      }
      server.send(new TextEncoder().encode("last\n"));
      assert.equal(await listener.next(), "last\n");
      let left = 0;
      for (let text = await stuck.next(); text !== null;) {
        left += text.length;
        text = await stuck.next();
      }
      assert.ok(left < event.length);
    },
    {},
    () => nowMs,
  );
});

Deno.test("HttpServer takes so many connections in a second, and lets others wait", async () => {
  await serve(async (port) => {
    const startMs = performance.now();
    const asked = Array.from({ length: 15 }, () => ask(port, GET));
    const answers = await Promise.all(asked);
    assert.ok(answers.every((answer) => answer.endsWith("hello")));
    // 10 at once, and 5 more at 10 a second.
    assert.ok(performance.now() - startMs >= 400);
  }, { acceptsPerSecond: 10 });
});

Deno.test("HttpServer.close() lets who listens have the last event", async () => {
  await serve(async (port, server) => {
    using listener = await TestClient.connect(port);
    await listener.send(LISTEN);
    await listener.all((text) => text.endsWith("first\n"));
    await server.settled(60_000);
    server.send(new TextEncoder().encode("last\n"));
    await server.close(60_000);
    assert.equal(await listener.all(), "last\n");
    await assert.rejects(TestClient.connect(port));
  });
});
