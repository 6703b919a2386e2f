import type { IpAddress } from "../base/mod.ts";
import type { NetworkPlan } from "../preflight/mod.ts";

/** Which target has which next hop, as far as it does not depend on the family. */
export interface ScanRoutes {
  /** First addresses of ranges, as words. */
  readonly starts: Uint32Array;
  /** For each range the number of its gateway, or one of the values beside `TargetRoutes`. */
  readonly hops: Int32Array;
  readonly neighbours: {
    readonly addresses: { readonly count: number };
    readonly macs: Uint8Array;
  };
}

/** Where and how the probes of a scan leave, whatever the families of its targets. */
export interface ScanNetwork extends NetworkPlan<IpAddress, ScanRoutes> {
  /** The same for each of two families; undefined: there is one. */
  readonly families?: readonly NetworkPlan<IpAddress, ScanRoutes>[];
}
