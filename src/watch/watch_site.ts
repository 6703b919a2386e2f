import type { Answer, Site } from "./http_server.ts";
import {
  allowedHosts,
  isAddressOfPort,
  isAnyAddress,
  type ListenAddress,
} from "./listen_address.ts";
import { METRICS_TYPE, metricsText } from "./metrics.ts";
import { type MapGround, ScanBook } from "../report/mod.ts";
import { WAITING_PAGE } from "./page.ts";
import type { ScanView } from "../page/view.ts";

/** What the server shows of one moment. */
export interface Shown {
  readonly view: ScanView;
  /** The ledger, as the metadata have it. */
  readonly ledger: unknown;
  /**
   * All facts about a scan that has ended, as its metadata have them.
   *
   * @default {undefined} it runs, or has failed
   */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

const JSON_TYPE = "application/json";
const HTML_TYPE = "text/html; charset=utf-8";
/** Answers that are kept for others who ask the same in the same second: each part of the map is one. */
const MOST_KEPT = 32;
/** A prefix follows. */
const MAP_PATH = "/api/map/";
/** What there is once there is a view. */
const OF_VIEW: ReadonlySet<string> = new Set([
  "/api/status",
  "/api/ledger",
  "/api/series",
  "/metrics",
]);

/** The pages of a running scan. Each is made once for each moment, however many ask. */
export class WatchSite implements Site {
  readonly #address: ListenAddress;
  readonly #hosts: ReadonlySet<string>;
  #shown: Shown | null = null;
  #book: ScanBook | null = null;
  #made = new Map<string, Answer>();
  #event: Uint8Array | null = null;

  /** @param address where the server listens, with its port */
  constructor(address: ListenAddress) {
    this.#address = address;
    this.#hosts = allowedHosts(address);
  }

  /** Learns what the map is made from, before the first moment. */
  begin(ground: MapGround): void {
    this.#book = new ScanBook(ground);
  }

  /** Shows another moment; returns the event for who listens. */
  show(shown: Shown): Uint8Array {
    this.#shown = shown;
    this.#made = new Map();
    this.#book?.update(shown.view);
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
    const isKept = typeof answer === "object" && answer !== null;
    if (isKept && this.#made.size < MOST_KEPT) {
      this.#made.set(path, answer);
    }
    return answer;
  }

  #make(path: string): Answer | "later" | null {
    const view = this.#shown?.view ?? null;
    const book = this.#book;
    if (path === "/") {
      const { html, policy } = view === null || book === null
        ? WAITING_PAGE
        : { html: book.page(view), policy: book.policy };
      return { ...textAnswer(HTML_TYPE, html), policy };
    }
    if (view === null) return OF_VIEW.has(path) ? "later" : null;
    if (path.startsWith(MAP_PATH)) {
      return jsonAnswer(book?.map(path.slice(MAP_PATH.length)) ?? null);
    }
    switch (path) {
      case "/metrics":
        return textAnswer(METRICS_TYPE, metricsText(view));
      case "/api/series":
        return jsonAnswer(book?.series() ?? null);
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

function jsonAnswer(text: string | null): Answer | null {
  return text === null ? null : textAnswer(JSON_TYPE, `${text}\n`);
}

function textAnswer(type: string, text: string): Answer {
  return { type, body: new TextEncoder().encode(text) };
}
