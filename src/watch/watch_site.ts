import type { Answer, Site } from "./http_server.ts";
import {
  allowedHosts,
  isAddressOfPort,
  isAnyAddress,
  type ListenAddress,
} from "./listen_address.ts";
import { METRICS_TYPE, metricsText } from "./metrics.ts";
import { renderPage } from "./page.ts";
import type { ScanView } from "./view.ts";

/** What the server shows of one moment. */
export interface Shown {
  readonly view: ScanView;
  /** The ledger, as the metadata have it. */
  readonly ledger: unknown;
}

const JSON_TYPE = "application/json";
/** What there is once there is a view. */
const OF_VIEW: ReadonlySet<string> = new Set([
  "/api/status",
  "/api/ledger",
  "/metrics",
]);

/** The pages of a running scan. Each is made once for each moment, however many ask. */
export class WatchSite implements Site {
  readonly #address: ListenAddress;
  readonly #hosts: ReadonlySet<string>;
  #shown: Shown | null = null;
  #made = new Map<string, Answer>();
  #event: Uint8Array | null = null;

  /** @param address where the server listens, with its port */
  constructor(address: ListenAddress) {
    this.#address = address;
    this.#hosts = allowedHosts(address);
  }

  /** Shows another moment; returns the event for who listens. */
  show(shown: Shown): Uint8Array {
    this.#shown = shown;
    this.#made = new Map();
    const text = JSON.stringify(shown.view);
    this.#made.set("/api/status", {
      type: JSON_TYPE,
      body: new TextEncoder().encode(`${text}\n`),
    });
    return this.#event = eventBytes("view", text);
  }

  firstEvent(): Uint8Array | null {
    return this.#event;
  }

  /** Through a Unix socket nothing needs to be named: no browser comes there by somebody else's page. */
  isHost(host: string | null): boolean {
    const address = this.#address;
    if (address.kind === "unix") return true;
    if (host === null || this.#hosts.has(host)) return host !== null;
    return isAnyAddress(address) && isAddressOfPort(host, address.port);
  }

  answer(path: string): ReturnType<Site["answer"]> {
    if (path === "/api/events") return "events";
    const made = this.#made.get(path);
    if (made !== undefined) return made;
    const answer = this.#make(path);
    if (typeof answer === "object" && answer !== null) {
      this.#made.set(path, answer);
    }
    return answer;
  }

  #make(path: string): Answer | "later" | null {
    const view = this.#shown?.view ?? null;
    if (path === "/") {
      const { html, policy } = renderPage(view);
      return { ...textAnswer("text/html; charset=utf-8", html), policy };
    }
    if (view === null) return OF_VIEW.has(path) ? "later" : null;
    switch (path) {
      case "/metrics":
        return textAnswer(METRICS_TYPE, metricsText(view));
      case "/api/ledger":
        return textAnswer(
          JSON_TYPE,
          `${JSON.stringify(this.#shown?.ledger)}\n`,
        );
      default:
        return null;
    }
  }
}

/** An event of a stream, as HTML's "Server-sent events" has it; `text` has no line ends. */
export function eventBytes(name: string, text: string): Uint8Array {
  return new TextEncoder().encode(`event: ${name}\ndata: ${text}\n\n`);
}

function textAnswer(type: string, text: string): Answer {
  return { type, body: new TextEncoder().encode(text) };
}
