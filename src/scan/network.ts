import type { IpAddress } from "../base/mod.ts";
import type { NetworkPlan } from "../preflight/mod.ts";

/** Where and how the probes of a scan leave, whatever the family of its targets: as `NetworkPlan`. */
export interface ScanNetwork extends
  Pick<
    NetworkPlan,
    | "gatewayMac"
    | "interfaceIndex"
    | "interfaceName"
    | "layer"
    | "linkHeader"
    | "reason"
    | "sourceMac"
  > {
  readonly sourceAddresses: readonly IpAddress[];
  readonly gatewayAddress: IpAddress | null;
  readonly nextHops: readonly {
    readonly address: IpAddress | null;
    readonly mac: Uint8Array;
  }[];
  /** Null: all targets have the same gateway, or the kernel decides. */
  readonly routes: {
    readonly neighbours: {
      readonly addresses: { readonly count: number };
      readonly macs: Uint8Array;
    };
  } | null;
}

/** `ScanNetwork` with addresses of IPv6. */
export interface Ipv6Network extends ScanNetwork {
  readonly sourceAddresses: readonly bigint[];
  readonly gatewayAddress: bigint | null;
}
