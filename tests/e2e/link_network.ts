import { DEMO_REQUIREMENTS, Host } from "../../src/demo/mod.ts";
import { findSkipReason, testUnless } from "./skip.ts";

const SKIP_REASON = await findSkipReason(DEMO_REQUIREMENTS);

/** Addresses on the scanner's link that hosts have: 4,096. */
export const NEAR_RANGE = "10.9.0.0/20";
/** Addresses on the link that nobody has: 256. */
export const EMPTY_RANGE = "10.9.64.0/24";
/** Addresses of hosts behind the default gateway, and behind another one: 256 each. */
export const EAST_RANGE = "198.18.0.0/24";
export const WEST_RANGE = "198.18.1.0/24";
/** The same, 8,192 addresses each. */
export const WIDE_EAST_RANGE = "198.18.64.0/19";
export const WIDE_WEST_RANGE = "198.18.96.0/19";
/** The default gateway and the other one. */
export const EAST_GATEWAY = "10.9.255.3";
export const WEST_GATEWAY = "10.9.255.4";
/** The host of `NEAR_RANGE`. */
export const NEAR_GATEWAY = "10.9.255.2";

/**
 * A scanner on an Ethernet with other hosts: one that has all addresses of `NEAR_RANGE`, and two gateways, each of
 * which is the host of its range and forwards nothing.
 *
 *     scanner 10.9.255.1/16 -- switch -- near, east 10.9.255.3, west 10.9.255.4
 */
export class LinkNetwork {
  readonly scanner: Host;
  readonly #others: readonly Host[];

  private constructor(scanner: Host, others: readonly Host[]) {
    this.scanner = scanner;
    this.#others = others;
  }

  static async create(): Promise<LinkNetwork> {
    const scanner = await Host.create();
    const others: Host[] = [];
    const network = new LinkNetwork(scanner, others);
    try {
      for (let i = 0; i < 4; i++) others.push(await scanner.createSibling());
      await connect(scanner, others);
      return network;
    } catch (error) {
      await network.close();
      throw error;
    }
  }

  /** The host that is the other gateway. */
  get west(): Host {
    return this.#others[3]!;
  }

  /** Waits until the other gateway has received so many pings. */
  async westHears(pings: number): Promise<void> {
    for (;;) {
      const text = await this.west.run("cat", ["/proc/self/net/snmp"]);
      const [names, values] = text.split("\n")
        .filter((line) => line.startsWith("Icmp:"))
        .map((line) => line.split(" "));
      if (Number(values![names!.indexOf("InEchos")]) >= pings) return;
    }
  }

  /** Has the host of `NEAR_RANGE` take the place of the other gateway, which hears nothing any more. */
  async replaceWest(): Promise<void> {
    const near = this.#others[1]!;
    const local = ["route", "add", "local", WIDE_WEST_RANGE, "dev", "lo"];
    await near.run("ip", local);
    await this.west.run("ip", ["link", "set", "up0", "down"]);
    const route = ["route", "replace", WIDE_WEST_RANGE, "via", NEAR_GATEWAY];
    await this.scanner.run("ip", route);
  }

  /** Removes the network. */
  async close(): Promise<void> {
    const hosts = [this.scanner, ...this.#others];
    await Promise.all(hosts.map((host) => host.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** As `networkTest`, on such a network. */
export function linkNetworkTest(
  name: string,
  run: (network: LinkNetwork) => Promise<void>,
): void {
  testUnless(SKIP_REASON, name, async () => {
    await using network = await LinkNetwork.create();
    await run(network);
  });
}

async function connect(scanner: Host, others: readonly Host[]): Promise<void> {
  const [bridge, near, east, west] = others as [Host, Host, Host, Host];
  const batch = (host: Host, lines: string): Promise<string> =>
    host.run("ip", ["-batch", "-"], `link set lo up\n${lines}\n`);
  const ports = [scanner, near, east, west].map(({ processId }, i) =>
    `link add port${i} type veth peer name up0 netns ${processId}
     link set port${i} master br0
     link set port${i} up`
  );
  await batch(
    bridge,
    `link add br0 type bridge\nlink set br0 up\n${ports.join("\n")}`,
  );
  await batch(
    scanner,
    `address add 10.9.255.1/16 dev up0
     link set up0 up
     route add default via ${EAST_GATEWAY}
     route add ${WEST_RANGE} via ${WEST_GATEWAY}
     route add ${WIDE_WEST_RANGE} via ${WEST_GATEWAY}
     route add blackhole 198.51.100.0/24`,
  );
  const answering = (address: string, ...ranges: string[]): string =>
    `address add ${address}/16 dev up0
     link set up0 up
     ${ranges.map((range) => `route add local ${range} dev lo`).join("\n")}`;
  await batch(near, answering(NEAR_GATEWAY, NEAR_RANGE));
  await batch(east, answering(EAST_GATEWAY, EAST_RANGE, WIDE_EAST_RANGE));
  await batch(west, answering(WEST_GATEWAY, WEST_RANGE, WIDE_WEST_RANGE));
}
