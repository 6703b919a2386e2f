import assert from "node:assert/strict";
import type { Network } from "../../src/demo/mod.ts";
import type { LiarReport, Lies } from "./lies.ts";
import { interfaceIndex, startScript } from "./servers.ts";

/** Hosts of a test network that lie, and the count of what they were asked. */
export interface Liars extends AsyncDisposable {
  /** Ends them and returns what they did. Has to be called once the scan is over. */
  end(): Promise<LiarReport>;
}

/** Makes hosts lie, or none with `NO_LIES`; probes are counted all the same. */
export async function startLiars(
  network: Network,
  lies: Lies,
): Promise<Liars> {
  const script = await startScript(network.router, "liar.ts", [
    "down0",
    await interfaceIndex(network.router, "down0"),
    JSON.stringify(lies),
  ]);
  return {
    async end(): Promise<LiarReport> {
      const text = await script.stop();
      const report: LiarReport = JSON.parse(text.slice("ready\n".length));
      assert.equal(report.lost, 0, text);
      return report;
    },
    [Symbol.asyncDispose]: () => script[Symbol.asyncDispose](),
  };
}
