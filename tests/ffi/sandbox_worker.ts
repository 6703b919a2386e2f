/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { confineWorker, type ThreadKind } from "../../src/sandbox/mod.ts";
import { tryAll } from "./attempts.ts";

/** What a worker is to become; null: nothing. */
interface Order {
  readonly kind: Exclude<ThreadKind, "any"> | null;
  /** A path without a file. */
  readonly free: string;
}

self.postMessage("loaded");
self.onmessage = ({ data }: MessageEvent<Order>): void => {
  if (data.kind !== null) confineWorker(data.kind);
  self.postMessage(tryAll(data.free));
};
