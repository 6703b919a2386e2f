import assert from "node:assert/strict";
import { TestDirectory } from "../cli/_test_directory.ts";
import { LiveLink } from "./live_link.ts";

/** Asks a link for its page by a name of the server; returns what comes. */
async function ask(link: LiveLink, host: string): Promise<string> {
  const { hostname, port } = new URL(link.url);
  using client = await Deno.connect({ hostname, port: Number(port) });
  const request = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  await client.write(new TextEncoder().encode(request));
  return await new Response(client.readable).text();
}

Deno.test("LiveLink passes requests on that call this machine by its name, and no others", async () => {
  using directory = new TestDirectory();
  const path = `${directory.path}/socket`;
  using server = Deno.listen({ transport: "unix", path });
  void (async (): Promise<void> => {
    for await (const connection of server) {
      const bytes = new Uint8Array(1000);
      const length = await connection.read(bytes) ?? 0;
      const [line] = new TextDecoder().decode(bytes.subarray(0, length))
        .split("\r\n");
      await connection.write(new TextEncoder().encode(`got ${line}`));
      connection.close();
    }
  })().catch(() => {});
  using link = LiveLink.open(path)!;
  const { host, port } = new URL(link.url);
  assert.equal(await ask(link, host), "got GET / HTTP/1.1");
  assert.equal(await ask(link, `localhost:${port}`), "got GET / HTTP/1.1");
  assert.equal(await ask(link, `rebound.example:${port}`), "");
  assert.equal(await ask(link, "127.0.0.1:1"), "");
});
