import type { MapGround } from "../report/mod.ts";
import type { ListenAddress } from "./listen_address.ts";
import type { Shown } from "./watch_site.ts";

/** What the thread of the server is told. */
export type WatchRequest =
  | {
    readonly kind: "open";
    readonly address: ListenAddress;
    /** Connections at the same time at most. */
    readonly mostClients: number;
  }
  /** Rights and system calls are given up. */
  | { readonly kind: "confine" }
  /** What the map is made from. */
  | { readonly kind: "begin"; readonly ground: MapGround }
  | ({ readonly kind: "show" } & Shown)
  /** The final figures; null: there are none. */
  | ({ readonly kind: "end" } & (Shown | { readonly view: null }));

/** What it says. */
export type WatchReply =
  | {
    readonly kind: "ready";
    /** Where it listens, with the port that it was given. */
    readonly address: ListenAddress;
    /** The kernel's number of the thread. */
    readonly threadId: number;
  }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "ended" };
