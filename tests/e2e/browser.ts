import type { Host } from "../../src/demo/mod.ts";

/** Chromium without a window, without a network but its host's, and commanded through its descriptors 3 and 4. */
const CHROMIUM = `
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
HOME=$home chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --no-first-run \\
  --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage \\
  --host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1' --allow-file-access-from-files \\
  --user-data-dir="$home" --remote-debugging-pipe about:blank 3<&0 4>&1 </dev/null >/dev/null 2>&1`;

/** What the browser says: an answer to a command, or that something has happened. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** A page in a browser on a host, by the Chrome DevTools Protocol. */
export class Browser implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting = new Map<number, PromiseWithResolvers<Message>>();
  readonly #events: ((message: Message) => void)[] = [];
  readonly #reading: Promise<void>;
  #session: string | undefined;
  #count = 0;
  /** What the page's console has said that is wrong. */
  readonly complaints: string[] = [];

  private constructor(host: Host) {
    this.#child = host.spawn("sh", ["-c", CHROMIUM], {
      stdin: "piped",
      stdout: "piped",
    });
    this.#writer = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** Starts a browser with one empty page. */
  static async open(host: Host): Promise<Browser> {
    const browser = new Browser(host);
    const { targetInfos } = await browser.command("Target.getTargets");
    const page = (targetInfos as { type: string; targetId: string }[])
      .find(({ type }) => type === "page")!;
    const { sessionId } = await browser.command("Target.attachToTarget", {
      targetId: page.targetId,
      flatten: true,
    });
    browser.#session = sessionId as string;
    browser.#events.push((message) => browser.#listen(message));
    for (const domain of ["Page", "Runtime", "Log", "Network"]) {
      await browser.command(`${domain}.enable`);
    }
    return browser;
  }

  /** Gives a command, and returns what comes of it. */
  async command(
    method: string,
    params: object = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#count;
    const answer = Promise.withResolvers<Message>();
    this.#waiting.set(id, answer);
    const sessionId = this.#session;
    const text = JSON.stringify({ id, method, params, sessionId });
    await this.#writer.write(new TextEncoder().encode(`${text}\0`));
    const { error, result = {} } = await answer.promise;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** Goes to an address, and waits until it is loaded. */
  async go(url: string): Promise<void> {
    const loaded = Promise.withResolvers<void>();
    this.#events.push(({ method }) => {
      if (method === "Page.loadEventFired") loaded.resolve();
    });
    const { errorText } = await this.command("Page.navigate", { url });
    if (errorText !== undefined) throw new Error(`${url}: ${errorText}`);
    await loaded.promise;
  }

  /** Runs a script in the page, and returns its result, which may be a promise, as JSON has it. */
  async run<T>(expression: string): Promise<T> {
    const answer = await this.command("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    const { exceptionDetails, result } = answer as {
      exceptionDetails?: { exception?: { description?: string } };
      result: { value: T };
    };
    if (exceptionDetails !== undefined) {
      throw new Error(exceptionDetails.exception?.description ?? "it threw");
    }
    return result.value;
  }

  /** Makes the page as wide as a screen, in light or dark. */
  async resize(
    width: number,
    { height = 900, scheme = "light" }: {
      readonly height?: number;
      readonly scheme?: "light" | "dark";
    } = {},
  ): Promise<void> {
    await this.command("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await this.command("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: scheme }],
    });
  }

  /** A picture of the whole page, as a PNG file has it. */
  async picture(): Promise<Uint8Array> {
    const { data } = await this.command("Page.captureScreenshot", {
      captureBeyondViewport: true,
      format: "png",
    });
    return Uint8Array.from(
      atob(data as string),
      (character) => character.charCodeAt(0),
    );
  }

  /** Presses a key. */
  async press(key: string): Promise<void> {
    for (const type of ["keyDown", "keyUp"]) {
      await this.command("Input.dispatchKeyEvent", { type, key });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session = undefined;
    await this.command("Browser.close").catch(() => {});
    await this.#writer.close().catch(() => {});
    await this.#reading;
    await this.#child.status;
  }

  #listen({ method, params }: Message): void {
    const texts: Readonly<Record<string, () => unknown>> = {
      "Runtime.exceptionThrown": () => params,
      "Runtime.consoleAPICalled": () =>
        params?.type === "error" || params?.type === "warning" ? params : null,
      "Log.entryAdded": () => params?.entry,
    };
    const told = texts[method ?? ""]?.() ?? null;
    if (told !== null) this.complaints.push(JSON.stringify(told));
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    for await (const bytes of this.#child.stdout) {
      text += decoder.decode(bytes, { stream: true });
      const messages = text.split("\0");
      text = messages.pop()!;
      for (const one of messages) this.#take(JSON.parse(one));
    }
    for (const { reject } of this.#waiting.values()) {
      reject(new Error("The browser has ended"));
    }
  }

  #take(message: Message): void {
    const { id } = message;
    if (id === undefined) {
      for (const listener of this.#events) listener(message);
      return;
    }
    this.#waiting.get(id)?.resolve(message);
    this.#waiting.delete(id);
  }
}
