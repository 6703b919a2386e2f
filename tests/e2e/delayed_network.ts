import assert from "node:assert/strict";
import { type Host, type Network, TARGET_RANGE } from "../../src/demo/mod.ts";
import type { DelayRange } from "./delay_line.ts";
import { interfaceIndex, type Script, startScript } from "./servers.ts";

/** Frames that the relay took and passed on, by their direction. */
interface RelayCounts {
  readonly probesIn: number;
  readonly probesOut: number;
  readonly answersIn: number;
  readonly answersOut: number;
  readonly answersHeld: number;
  /** Frames that came too fast for the relay. */
  readonly lost: number;
}

/** A test network whose target answers late. */
export interface Delay extends AsyncDisposable {
  /**
   * Ends the delay and checks that the relay has lost nothing, by its own count and by those of the interfaces at
   * both ends. To be called when nothing is on its way. Returns the number of answers that have passed.
   */
  end(): Promise<number>;
}

/** The new links' addresses, so that nobody has to ask for them. */
const ROUTER_MAC = "02:00:00:00:00:01";
const TARGET_MAC = "02:00:00:00:00:02";

/**
 * Puts a further host between router and target, which forwards nothing by itself: a relay copies frames from one of
 * its interfaces to the other, and holds back the target's answers for a time that depends on their host.
 */
export async function delayAnswers(
  network: Network,
  range: DelayRange,
): Promise<Delay> {
  const host = await network.scanner.createSibling();
  try {
    await insert(network, host);
    const relay = await startScript(host, "relay.ts", [
      ...["near0", await interfaceIndex(host, "near0")],
      ...["far0", await interfaceIndex(host, "far0")],
      ...[String(range.leastMs), String(range.mostMs)],
    ]);
    return {
      end: () => checkedEnd(network, relay),
      async [Symbol.asyncDispose](): Promise<void> {
        await relay[Symbol.asyncDispose]();
        await host.close();
      },
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}

async function insert(
  { router, target }: Network,
  relay: Host,
): Promise<void> {
  // Links that are made later follow "default". Nothing but probes and answers is to pass.
  for (const host of [router, target, relay]) {
    for (const which of ["all", "default"]) {
      const path = `/proc/sys/net/ipv6/conf/${which}/disable_ipv6`;
      await host.run("tee", [path], "1\n");
    }
  }
  const batch = (host: Host, lines: string): Promise<string> =>
    host.run("ip", ["-batch", "-"], lines);
  await batch(
    router,
    `link del down1
     link add down1 address ${ROUTER_MAC} type veth peer name near0 netns ${relay.processId}
     address add 203.0.113.254/24 dev down1
     link set down1 up
     neighbour add 203.0.113.1 lladdr ${TARGET_MAC} nud permanent dev down1
     route add ${TARGET_RANGE} via 203.0.113.1\n`,
  );
  await batch(
    target,
    `link add up0 address ${TARGET_MAC} type veth peer name far0 netns ${relay.processId}
     address add 203.0.113.1/24 dev up0
     link set up0 up
     neighbour add 203.0.113.254 lladdr ${ROUTER_MAC} nud permanent dev up0
     route add default via 203.0.113.254\n`,
  );
  await batch(relay, "link set near0 up\nlink set far0 up\n");
}

async function checkedEnd(network: Network, relay: Script): Promise<number> {
  const text = (await relay.stop()).slice("ready\n".length);
  const counts: RelayCounts = JSON.parse(text);
  assert.equal(counts.lost, 0, text);
  assert.equal(counts.probesIn, counts.probesOut, text);
  assert.equal(counts.answersIn, counts.answersOut, text);
  const atRouter = await framesOf(network.router, "down1");
  const atTarget = await framesOf(network.target, "up0");
  assert.equal(atRouter.sent, counts.probesIn, text);
  assert.equal(atTarget.received, counts.probesOut, text);
  assert.equal(atTarget.sent, counts.answersIn, text);
  assert.equal(atRouter.received, counts.answersOut, text);
  return counts.answersOut;
}

async function framesOf(
  host: Host,
  interfaceName: string,
): Promise<{ sent: number; received: number }> {
  const args = ["-json", "-stats", "link", "show", interfaceName];
  const { stats64 } = JSON.parse(await host.run("ip", args))[0];
  return { sent: stats64.tx.packets, received: stats64.rx.packets };
}
