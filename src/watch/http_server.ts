/**
 * The server of `--listen`: a reader of requests of its own over Deno's sockets. `Deno.serve` cannot say how many
 * connections there may be, nor how long one may take to ask: of Deno 2.9, one that says nothing stays open for good, each
 * holds a descriptor of the scan, and the head of a request may have 400 KB. What is needed here is small: GET and HEAD,
 * no body, one request for each connection, so that there is nothing between two requests to disagree about.
 *
 * All is bounded: connections, the time that each may take, what is kept for it, and how many are taken in a second. What
 * is beyond that waits in the kernel, and the scan does not notice.
 * @module
 */
import { Client, type Connection, TOO_LONG } from "./client.ts";
import { readRequestHead, type Refusal } from "./request_head.ts";

/** What is answered to a request for a path. */
export interface Answer {
  readonly type: string;
  readonly body: Uint8Array;
  /**
   * The content security policy.
   *
   * @default {undefined} nothing may be loaded or run
   */
  readonly policy?: string;
}

/** What the server tells. */
export interface Site {
  /** Whether a client may call the server so. */
  isHost(host: string | null): boolean;
  /** What there is at a path; "events" for the stream of events, "later" for what is not known yet, null for nothing. */
  answer(path: string): Answer | "events" | "later" | null;
  /** The first event of a client; null: there is none yet. */
  firstEvent(): Uint8Array | null;
}

/** Where connections come from. */
export interface ConnectionSource {
  accept(): Promise<Connection>;
  close(): void;
}

/** Bounds of the server. */
export interface ServerLimits {
  /** Connections at the same time. */
  readonly mostClients: number;
  /** Connections that are taken in a second, after as many at once. */
  readonly acceptsPerSecond: number;
  /** How long a request may take to come. */
  readonly askMs: number;
  /** How long an answer, or an event, may take to leave. */
  readonly answerMs: number;
}

/** Those of a scan. A request takes the processor for some 0.2 ms: 250 of them are 5% of one. */
export const SERVER_LIMITS: ServerLimits = {
  mostClients: 1024,
  acceptsPerSecond: 250,
  askMs: 5000,
  answerMs: 10_000,
};

/** How long no connection is taken after one could not be: too few descriptors. */
const REFUSED_MS = 200;
/** How long one may stay that has its answer. */
const LEAVE_MS = 1000;
/** How often clients are looked for whose time is over. */
const SWEEP_MS = 500;
const SETTLE_MS = 10;
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD"]);
/** What a page may do that has no policy of its own. */
const NO_POLICY = "default-src 'none'; frame-ancestors 'none'";
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Content Too Large",
  414: "URI Too Long",
  417: "Expectation Failed",
  421: "Misdirected Request",
  431: "Request Header Fields Too Large",
  501: "Not Implemented",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
};

/** Answers requests until it is closed. None of its calls waits for a client. */
export class HttpServer {
  readonly #source: ConnectionSource;
  readonly #site: Site;
  readonly #limits: ServerLimits;
  readonly #clients = new Set<Client>();
  readonly #sweep: ReturnType<typeof setInterval>;
  readonly #nowMs: () => number;
  #credit: number;
  #creditMs: number;
  #isClosed = false;
  /** Ends once it is closed. */
  readonly #accepting: Promise<void>;

  /**
   * Begins to take connections.
   *
   * @param nowMs the time that deadlines are about
   */
  constructor(
    source: ConnectionSource,
    site: Site,
    limits: ServerLimits = SERVER_LIMITS,
    nowMs: () => number = () => performance.now(),
  ) {
    this.#nowMs = nowMs;
    this.#source = source;
    this.#site = site;
    this.#limits = limits;
    this.#credit = limits.acceptsPerSecond;
    this.#creditMs = nowMs();
    this.#sweep = setInterval(() => this.#dropLate(), SWEEP_MS);
    this.#accepting = this.#acceptAll();
  }

  /** Connections that there are. */
  get clientCount(): number {
    return this.#clients.size;
  }

  /** Gives an event to all who listen; one who has not taken the last one gets no other until then. */
  send(event: Uint8Array): void {
    const deadlineMs = this.#nowMs() + this.#limits.answerMs;
    for (const client of this.#clients) {
      if (client.state !== "listening" || client.isWriting) continue;
      client.deadlineMs = deadlineMs;
      this.#write(client, event);
    }
  }

  /** Waits until all have what they were given, or for `patienceMs`. */
  async settled(patienceMs: number): Promise<void> {
    const endMs = performance.now() + patienceMs;
    const isBusy = ({ isWriting, state }: Client): boolean =>
      isWriting || state === "answering";
    while ([...this.#clients].some(isBusy) && performance.now() < endMs) {
      await rest(SETTLE_MS);
    }
  }

  /** Takes no further connections; ends those that there are once they have what they were given, or after `patienceMs`. May be called again. */
  async close(patienceMs: number): Promise<void> {
    if (!this.#isClosed) this.#source.close();
    this.#isClosed = true;
    await this.#accepting;
    await this.settled(patienceMs);
    clearInterval(this.#sweep);
    for (const client of this.#clients) client.drop();
  }

  async #acceptAll(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#awaitCredit();
        const conn = await this.#source.accept();
        this.#serve(conn);
      } catch {
        if (!this.#isClosed) await rest(REFUSED_MS);
      }
    }
  }

  /** So many are taken in a second; what is more waits in the kernel, which refuses what is too much. */
  async #awaitCredit(): Promise<void> {
    const { acceptsPerSecond } = this.#limits;
    while (!this.#isClosed) {
      const nowMs = this.#nowMs();
      const more = (nowMs - this.#creditMs) * acceptsPerSecond / 1000;
      this.#credit = Math.min(acceptsPerSecond, this.#credit + more);
      this.#creditMs = nowMs;
      if (this.#credit >= 1) break;
      await rest(1000 / acceptsPerSecond);
    }
    this.#credit--;
  }

  #serve(conn: Connection): void {
    const client = new Client(conn, this.#nowMs() + this.#limits.askMs);
    if (this.#clients.size >= this.#limits.mostClients) this.#makeRoom();
    if (this.#clients.size >= this.#limits.mostClients) return client.drop();
    this.#clients.add(client);
    this.#converse(client).catch(() => {}).finally(() => {
      client.drop();
      this.#clients.delete(client);
    });
  }

  /** Who has not asked yet goes first: the one that has taken longest. */
  #makeRoom(): void {
    for (const client of this.#clients) {
      if (client.state !== "asking") continue;
      client.drop();
      this.#clients.delete(client);
      return;
    }
  }

  async #converse(client: Client): Promise<void> {
    const head = await client.readHead();
    if (head === null || client.state === "ended") return;
    client.state = "answering";
    client.deadlineMs = this.#nowMs() + this.#limits.answerMs;
    const response = this.#respond(head);
    if (!await client.write(response.bytes)) return;
    if (!response.isStream) {
      client.deadlineMs = this.#nowMs() + LEAVE_MS;
      return await client.finish();
    }
    const first = this.#site.firstEvent();
    if (first !== null && !await client.write(first)) return;
    client.state = "listening";
    client.deadlineMs = Infinity;
    await client.left();
  }

  async #write(client: Client, event: Uint8Array): Promise<void> {
    if (!await client.write(event)) return client.drop();
    client.deadlineMs = Infinity;
  }

  #dropLate(): void {
    const nowMs = this.#nowMs();
    for (const client of this.#clients) {
      if (client.deadlineMs < nowMs) client.drop();
    }
  }

  #respond(
    head: string,
  ): { readonly bytes: Uint8Array; readonly isStream: boolean } {
    if (head === TOO_LONG) {
      return refused({ status: 431, reason: "the head is too long" });
    }
    const request = readRequestHead(head);
    if ("status" in request) return refused(request);
    const { host, method, path } = request;
    if (!METHODS.has(method)) {
      return plain(
        405,
        "Only GET and HEAD are answered",
        true,
        "Allow: GET, HEAD\r\n",
      );
    }
    const hasBody = method === "GET";
    if (!this.#site.isHost(host)) {
      return plain(421, "This server has no such name", hasBody);
    }
    const answer = this.#site.answer(path);
    if (answer === null) return plain(404, "There is no such page", hasBody);
    if (answer === "later") {
      return plain(503, "Nothing is known yet", hasBody, "Retry-After: 1\r\n");
    }
    return answer === "events"
      ? { bytes: eventHead(), isStream: hasBody }
      : { bytes: whole(200, answer, { hasBody }), isStream: false };
  }
}

function refused({ reason, status }: Refusal): ReturnType<typeof plain> {
  return plain(status, `Refused: ${reason}`, true);
}

function plain(
  status: number,
  text: string,
  hasBody: boolean,
  more = "",
): { readonly bytes: Uint8Array; readonly isStream: false } {
  const body = new TextEncoder().encode(`${text}\n`);
  const answer = { type: "text/plain; charset=utf-8", body };
  return { bytes: whole(status, answer, { hasBody, more }), isStream: false };
}

function whole(
  status: number,
  { body, policy = NO_POLICY, type }: Answer,
  { hasBody, more = "" }: { readonly hasBody: boolean; readonly more?: string },
): Uint8Array {
  const head = new TextEncoder().encode(
    commonHead(status, type, policy) + more +
      `Content-Length: ${body.length}\r\n\r\n`,
  );
  if (!hasBody) return head;
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}

function eventHead(): Uint8Array {
  return new TextEncoder().encode(
    `${commonHead(200, "text/event-stream", NO_POLICY)}\r\n`,
  );
}

/** No CORS: who is no page of this server reads nothing. */
function commonHead(status: number, type: string, policy: string): string {
  return [
    `HTTP/1.1 ${status} ${REASONS[status] ?? ""}`,
    `Content-Type: ${type}`,
    `Content-Security-Policy: ${policy}`,
    "Cache-Control: no-store",
    "Cross-Origin-Resource-Policy: same-origin",
    "Referrer-Policy: no-referrer",
    "X-Content-Type-Options: nosniff",
    "X-Frame-Options: DENY",
    "Connection: close",
    "",
  ].join("\r\n");
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
