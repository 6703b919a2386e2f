import type { MapGround } from "../report/mod.ts";
import type { Shown } from "./watch_site.ts";

/** Where the views of a running scan go: a server, a file. No call of `show` waits or throws. */
export interface ViewSink {
  /** Whether it shows where answers come from, which has to be counted for it. */
  readonly hasMap: boolean;
  /** What is wrong with what it has written, once it has finished; null: nothing. */
  readonly fault: string | null;
  /** Learns what the map is made from; called once, before the first moment, where it shows one. */
  begin(ground: MapGround): void;
  /** Shows a moment; called once a second. */
  show(shown: Shown): void;
  /** Gives up what it does not need, as the scan does. */
  confine(): void;
  /** Shows the final figures, null for none, and closes. Resolves soon, never rejects. May be called again. */
  finish(shown: Shown | null): Promise<void>;
  /** Threads that it has, by name: their numbers in the kernel. */
  readonly threads: Readonly<Record<string, number>>;
}
