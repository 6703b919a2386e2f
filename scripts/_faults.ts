import { type Network, SCANNER_INTERFACE } from "../src/demo/mod.ts";
import { sleep } from "./_lab.ts";

/** How long a fault lasts. */
const FAULT_MS = 3000;

/** Something that goes wrong with a scan; it is right again when the promise resolves. */
export interface Fault<Scan> {
  readonly name: string;
  strike(network: Network, scan: Scan): Promise<void>;
}

/** What the faults of every scan need of it. */
export interface SignalledScan {
  /** Sends the scan a signal. */
  signal(name: Deno.Signal): void;
}

/** What can befall the network of a scan, and its process. */
export const COMMON_FAULTS: readonly Fault<SignalledScan>[] = [
  {
    name: "link down",
    async strike({ router }): Promise<void> {
      await router.run("ip", ["link", "set", "down0", "down"]);
      await sleep(FAULT_MS);
      await router.run("ip", ["link", "set", "down0", "up"]);
    },
  },
  {
    name: "gateway with another hardware address",
    async strike({ router }): Promise<void> {
      const [last] = crypto.getRandomValues(new Uint8Array(1));
      const address = `02:00:00:00:01:${last!.toString(16).padStart(2, "0")}`;
      await router.run("ip", ["link", "set", "down0", "address", address]);
    },
  },
  {
    name: "process stopped",
    strike: (_network, scan) =>
      lasting(() => scan.signal("SIGSTOP"), () => scan.signal("SIGCONT")),
  },
  {
    name: "interface renamed",
    async strike({ scanner }): Promise<void> {
      const rename = (from: string, to: string): Promise<string> =>
        scanner.run("ip", ["link", "set", from, "name", to]);
      await rename(SCANNER_INTERFACE, "renamed0");
      await sleep(FAULT_MS);
      await rename("renamed0", SCANNER_INTERFACE);
    },
  },
];

/** A fault that lasts as long as all do. */
export async function lasting(
  begin: () => Promise<void> | void,
  end: () => Promise<void> | void,
): Promise<void> {
  await begin();
  await sleep(FAULT_MS);
  await end();
}
