import { ConfigError } from "../base/mod.ts";
import type { MapGround } from "../report/mod.ts";
import { formatListenAddress, type ListenAddress } from "./listen_address.ts";
import type { WatchReply, WatchRequest } from "./protocol.ts";
import type { ViewSink } from "./view_sink.ts";
import type { Shown } from "./watch_site.ts";

/** How long the last words may take to reach who listens. */
const LAST_WORDS_MS = 2000;

/** The server of `--listen`, which has a thread of its own: whatever its clients do, the scan goes on. */
export class WatchServer implements ViewSink {
  readonly hasMap = true;
  readonly fault = null;
  readonly #worker: Worker;
  readonly #ended = Promise.withResolvers<void>();
  #address: ListenAddress;
  #threadId = 0;
  #isOver = false;
  readonly #onFault: (text: string) => void;

  private constructor(
    worker: Worker,
    address: ListenAddress,
    onFault: (text: string) => void,
  ) {
    this.#worker = worker;
    this.#address = address;
    this.#onFault = onFault;
  }

  /**
   * Begins to listen: while the program has the permission to, which its threads share.
   *
   * @param mostClients connections at the same time at most
   * @param onFault is told when it listens no more although it should
   * @throws {ConfigError} `--listen` when it cannot
   */
  static async open(
    address: ListenAddress,
    { mostClients, onFault }: {
      readonly mostClients: number;
      readonly onFault: (text: string) => void;
    },
  ): Promise<WatchServer> {
    if (address.kind === "unix") await removeOldSocket(address.path);
    const url = new URL("./watch_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module", name: "watch" });
    const server = new WatchServer(worker, address, onFault);
    await server.#start({ kind: "open", address, mostClients });
    return server;
  }

  /** Where it listens, as a link where there is one. */
  get place(): string {
    return formatListenAddress(this.#address);
  }

  get threads(): Readonly<Record<string, number>> {
    return { watch: this.#threadId };
  }

  begin(ground: MapGround): void {
    this.#tell({ kind: "begin", ground });
  }

  show({ ledger, view }: Shown): void {
    if (!this.#isOver) this.#tell({ kind: "show", ledger, view });
  }

  confine(): void {
    this.#tell({ kind: "confine" });
  }

  async finish(shown: Shown | null): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#tell(
      shown === null
        ? { kind: "end", view: null }
        : { kind: "end", ledger: shown.ledger, view: shown.view },
    );
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, LAST_WORDS_MS);
    await Promise.race([this.#ended.promise, late.promise]);
    clearTimeout(timer);
    this.#worker.terminate();
  }

  async #start(request: WatchRequest): Promise<void> {
    const ready = Promise.withResolvers<void>();
    let isReady = false;
    const fail = (message: string): void => {
      const isKnown = this.#isOver;
      this.#isOver = true;
      this.#ended.resolve();
      this.#worker.terminate();
      if (!isReady) ready.reject(listenError(message));
      else if (!isKnown) this.#onFault(message);
    };
    this.#worker.onmessage = ({ data }: MessageEvent<WatchReply>): void => {
      if (data.kind === "ready") {
        this.#address = data.address;
        this.#threadId = data.threadId;
        isReady = true;
        ready.resolve();
      } else if (data.kind === "ended") this.#ended.resolve();
      else fail(data.message);
    };
    this.#worker.onerror = (event): void => {
      event.preventDefault();
      const why = `${this.place}: ${event.message}`;
      // Once it runs, a fault of it ends no scan.
      fail(isReady ? `No more is shown at ${why}` : `Cannot listen at ${why}`);
    };
    this.#tell(request);
    await ready.promise;
  }

  #tell(request: WatchRequest): void {
    this.#worker.postMessage(request);
  }
}

/**
 * A socket that an earlier scan has left stands in the way of a new one: by its end a scan may not remove it any more.
 *
 * @throws {ConfigError} when something else is there, or somebody listens
 */
async function removeOldSocket(path: string): Promise<void> {
  let found: Deno.FileInfo;
  try {
    found = await Deno.lstat(path);
  } catch {
    // Nothing is there, or listening says better what is wrong.
    return;
  }
  if (found.isSocket !== true) {
    throw listenError(`Cannot listen at unix:${path}: this is no socket`);
  }
  try {
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionRefused)) return;
    await Deno.remove(path);
    return;
  }
  throw listenError(`Cannot listen at unix:${path}: somebody else does`);
}

function listenError(message: string): ConfigError {
  return new ConfigError(
    "--listen",
    message,
    "Name an address of this machine and a free port, for example 127.0.0.1:0",
  );
}
