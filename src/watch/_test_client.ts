/** Sends bytes to a server of this machine, and reads what it answers. */
export class TestClient implements Disposable {
  readonly #conn: Deno.TcpConn;
  #isClosed = false;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  static async connect(port: number): Promise<TestClient> {
    return new TestClient(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Sends all of a text, each character a byte; false when the server does not take it. */
  async send(text: string): Promise<boolean> {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    try {
      for (let at = 0; at < bytes.length;) {
        at += await this.#conn.write(bytes.subarray(at));
      }
      return true;
    } catch {
      return false;
    }
  }

  /** What comes next, as text; null: the server has ended. */
  async next(): Promise<string | null> {
    const bytes = new Uint8Array(65_536);
    try {
      const count = await this.#conn.read(bytes);
      return count === null
        ? null
        : new TextDecoder().decode(bytes.subarray(0, count));
    } catch {
      return null;
    }
  }

  /** Reads so many bytes, or until the server ends; returns how many came. */
  async skip(length: number): Promise<number> {
    const bytes = new Uint8Array(65_536);
    let total = 0;
    while (total < length) {
      const most = Math.min(bytes.length, length - total);
      const count = await this.#conn.read(bytes.subarray(0, most));
      if (count === null) break;
      total += count;
    }
    return total;
  }

  /** All that comes until the server ends, or `isEnough` says so. */
  async all(
    isEnough: (text: string) => boolean = () => false,
  ): Promise<string> {
    let text = "";
    while (!isEnough(text)) {
      const piece = await this.next();
      if (piece === null) break;
      text += piece;
    }
    return text;
  }

  /** Closes the connection. May be called again. */
  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#conn.close();
  }
}

/** The answer of a server of this machine to a request. */
export async function ask(port: number, request: string): Promise<string> {
  using client = await TestClient.connect(port);
  await client.send(request);
  return await client.all();
}
