import {
  GATEWAY_ADDRESS,
  type Host,
  type Network,
  SCANNER_ADDRESS,
  SCANNER_INTERFACE,
} from "../../src/demo/mod.ts";

/** A host on the link between scanner and router, and its interface there. */
interface End {
  readonly host: Host;
  readonly address: string;
  readonly device: string;
}

/** Tells the router where the scanner is, which else asks for it when its link is back, and drops answers meanwhile. */
export async function pinScanner(network: Network): Promise<void> {
  const { gateway, scanner } = endsOf(network);
  await pin(gateway, scanner);
}

/** Tells the scanner's kernel where the gateway is, which else holds packets while it asks, and reports nothing of them. */
export async function pinGateway(network: Network): Promise<void> {
  const { gateway, scanner } = endsOf(network);
  await pin(scanner, gateway);
}

function endsOf(network: Network): { gateway: End; scanner: End } {
  return {
    gateway: {
      host: network.router,
      address: GATEWAY_ADDRESS,
      device: "down0",
    },
    scanner: {
      host: network.scanner,
      address: SCANNER_ADDRESS,
      device: SCANNER_INTERFACE,
    },
  };
}

/** Makes a permanent entry for `other` in the neighbour table of `own`. */
async function pin(own: End, other: End): Promise<void> {
  const show = ["-j", "link", "show", other.device];
  const { address } = JSON.parse(await other.host.run("ip", show))[0];
  await own.host.run("ip", [
    ...["neigh", "replace", other.address, "lladdr", address],
    ...["nud", "permanent", "dev", own.device],
  ]);
}
