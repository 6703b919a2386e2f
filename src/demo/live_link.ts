/** Bytes of a request that are read before it is passed on: browsers send the head of one at once. */
const MOST_FIRST_BYTES = 8192;

/**
 * A link to the live page of a scan that runs in a network namespace, where no browser of this machine comes: connections
 * to loopback are passed on to the socket in the file system at which the scan listens.
 */
export class LiveLink implements Disposable {
  readonly #listener: Deno.TcpListener;
  readonly #connections = new Set<Deno.Conn>();

  private constructor(listener: Deno.TcpListener, socketPath: string) {
    this.#listener = listener;
    void this.#acceptAll(socketPath);
  }

  /** Opens a link to a socket, which need not be there yet; null: this machine has no loopback that may be listened at. */
  static open(socketPath: string): LiveLink | null {
    try {
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      return new LiveLink(listener, socketPath);
    } catch {
      // The demo does without.
      return null;
    }
  }

  /** For a browser. */
  get url(): string {
    return `http://127.0.0.1:${this.#listener.addr.port}/`;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#connections) connection.close();
    this.#connections.clear();
  }

  async #acceptAll(socketPath: string): Promise<void> {
    try {
      for await (const client of this.#listener) {
        // One that fails is the client's own matter.
        void this.#passOn(client, socketPath).catch(() => {});
      }
    } catch {
      // Closed.
    }
  }

  async #passOn(client: Deno.TcpConn, path: string): Promise<void> {
    this.#connections.add(client);
    try {
      const first = new Uint8Array(MOST_FIRST_BYTES);
      const length = await client.read(first) ?? 0;
      const head = first.subarray(0, length);
      if (!this.#isNamed(new TextDecoder().decode(head))) return;
      const scan = await Deno.connect({ transport: "unix", path });
      this.#connections.add(scan);
      await scan.write(head);
      // Either end closes both: the server ends a connection with its answer.
      await Promise.race([
        client.readable.pipeTo(scan.writable, { preventClose: true })
          .then(() => new Promise(() => {})),
        scan.readable.pipeTo(client.writable),
      ]);
      this.#drop(scan);
    } finally {
      this.#drop(client);
    }
  }

  /** Through its socket the scan takes any name; a page of somebody else's that leads here by one must not be passed on. */
  #isNamed(head: string): boolean {
    const host = /^host:[ \t]*(?:127\.0\.0\.1|localhost):(\d+)[ \t]*\r?$/im
      .exec(head);
    return Number(host?.[1]) === this.#listener.addr.port;
  }

  #drop(connection: Deno.Conn): void {
    if (!this.#connections.delete(connection)) return;
    try {
      connection.close();
    } catch {
      // Closed already.
    }
  }
}
