import type { IpAddress } from "../base/mod.ts";
import type { NetworkPlan } from "../preflight/mod.ts";

/** Which target has which next hop, as far as it does not depend on the family. */
export interface ScanRoutes {
  readonly neighbours: {
    readonly addresses: { readonly count: number };
    readonly macs: Uint8Array;
  };
}

/** Where and how the probes of a scan leave, whatever the family of its targets. */
export type ScanNetwork = NetworkPlan<IpAddress, ScanRoutes>;
