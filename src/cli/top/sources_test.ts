import assert from "node:assert/strict";
import { ConfigError } from "../../base/mod.ts";
import type { ScanView } from "../../page/view.ts";
import { viewAt } from "../../report/_test_scan.ts";
import { TestDirectory } from "../_test_directory.ts";
import { viewsOf } from "./events.ts";
import { followStatus } from "./status_file.ts";

const NEVER = new AbortController().signal;

/** Answers one connection with pieces of text, and returns the port. */
function serve(pieces: readonly string[]): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  void (async (): Promise<void> => {
    const connection = await listener.accept();
    listener.close();
    await connection.read(new Uint8Array(1000));
    for (const piece of pieces) {
      await connection.write(new TextEncoder().encode(piece));
    }
    connection.close();
  })();
  return listener.addr.port;
}

async function viewsFrom(...pieces: string[]): Promise<ScanView[]> {
  const port = serve(pieces);
  const address = { kind: "tcp", hostname: "127.0.0.1", port } as const;
  return await Array.fromAsync(viewsOf(address, NEVER));
}

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

Deno.test("viewsOf() reads the events of a scan, however they are cut", async () => {
  const events = [1, 2].map((second) =>
    `event: view\ndata: ${JSON.stringify(viewAt(second))}\n\n`
  ).join("");
  const text =
    `${HEAD}${events}event: other\ndata: 1\n\nevent: end\ndata: {}\n\n`;
  const views = await viewsFrom(
    text.slice(0, 70),
    text.slice(70, 900),
    text.slice(900),
  );
  assert.deepEqual(views.map(({ elapsed_seconds }) => elapsed_seconds), [1, 2]);
});

Deno.test("viewsOf() says what is no scan", async () => {
  await assert.rejects(
    viewsFrom("HTTP/1.1 404 Not Found\r\n\r\n"),
    /answers "HTTP\/1\.1 404/,
  );
  await assert.rejects(viewsFrom(""), /does not answer/);
  const nobody = { kind: "unix", path: "/nonexistent/socket" } as const;
  await assert.rejects(Array.fromAsync(viewsOf(nobody, NEVER)), ConfigError);
});

Deno.test("followStatus() tells the last row, and those that are added", async () => {
  using directory = new TestDirectory();
  const head = "real-time,time-elapsed,sent-total,rate-wanted,path-loss\n";
  const path = directory.write("status.csv", `${head}x,1,10,5,\nx,2,20,5,\n`);
  const end = new AbortController();
  const seen: [number, number, number | null][] = [];
  for await (const view of followStatus(path, end.signal)) {
    const { elapsed_seconds, packets_sent, path_loss } = view;
    seen.push([elapsed_seconds, packets_sent, path_loss?.estimate ?? null]);
    if (seen.length === 1) {
      await Deno.writeTextFile(path, "x,3,30,5,50\n", { append: true });
    } else end.abort();
  }
  assert.deepEqual(seen, [[2, 20, null], [3, 30, 0.5]]);
});

Deno.test("followStatus() refuses what is no status file", async () => {
  using directory = new TestDirectory();
  for (const text of ["saddr\n1.2.3.4\n", '{"saddr":"x"}\n']) {
    const path = directory.write("rows", text);
    await assert.rejects(
      Array.fromAsync(followStatus(path, NEVER)),
      /no status file/,
    );
  }
});
