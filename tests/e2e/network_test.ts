import assert from "node:assert/strict";
import { Network, TARGET_RANGE } from "../../src/demo/mod.ts";
import { networkTest } from "./network_fixture.ts";

/** One echo request per address, without waiting for more than the kernel needs. */
const PING_SCRIPT =
  `for last in 1 2 3; do : >/dev/udp/198.18.77.$last/9 || exit 1; echo -n x >/dev/udp/198.18.77.$last/9; done`;

networkTest(
  "Network counts each arriving probe, and those that repeat",
  async (network) => {
    await network.countProbes();
    await network.scanner.run("bash", ["-c", PING_SCRIPT]);
    await network.scanner.run("bash", ["-c", PING_SCRIPT]);
    assert.deepEqual(await network.probeCount(), { probes: 6, repeated: 3 });
  },
);

networkTest(
  "Network.limitRouter() drops what exceeds the rate, until lifted",
  async (network) => {
    await network.countProbes();
    await network.limitRouter(1);
    for (let i = 0; i < 3; i++) {
      await network.scanner.run("bash", ["-c", PING_SCRIPT]);
    }
    const { probes } = await network.probeCount();
    assert.equal(probes + await network.routerDropped(), 9);
    assert.ok(probes < 9, `${probes} of 9 passed`);
    await network.limitRouter(0);
    await network.scanner.run("bash", ["-c", PING_SCRIPT]);
    assert.equal((await network.probeCount()).probes, probes + 3);
  },
);

networkTest(
  "Network.startWebServer() answers on any address",
  async (network) => {
    await network.startWebServer();
    const script = `exec 3<>/dev/tcp/198.19.200.7/80
    printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3`;
    const page = await network.scanner.run("bash", ["-c", script]);
    assert.match(page, /^HTTP\/1.1 200 OK\r\n[^]*pacemap test host\n$/);
  },
);

networkTest(
  "Network.create() builds networks side by side",
  async (network) => {
    await using other = await Network.create();
    await other.target.run("ip", [
      "route",
      "del",
      "local",
      TARGET_RANGE,
      "dev",
      "lo",
    ]);
    const routes = await network.target.run("ip", [
      "route",
      "show",
      "table",
      "local",
    ]);
    assert.ok(routes.includes(TARGET_RANGE));
  },
);

networkTest(
  "Network vanishes with its process, even killed",
  async (network) => {
    const module = new URL("../../src/demo/mod.ts", import.meta.url).href;
    const source = `import { Network } from ${JSON.stringify(module)};
    const inner = await Network.create();
    await inner.startWebServer();
    const { scanner, router, target } = inner;
    console.log(scanner.processId, router.processId, target.processId);
    await new Promise((resolve) => setTimeout(resolve, 60_000));`;
    const child = network.scanner.spawn(Deno.execPath(), ["eval", source], {
      stdout: "piped",
    });
    const reader = child.stdout.getReader();
    const line = new TextDecoder().decode((await reader.read()).value);
    const processIds = line.trim().split(" ");
    assert.equal(processIds.length, 3);
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    // The holders end when they read the end of their pipe: soon, not at once.
    const script = `for id in "$@"; do
    for try in $(seq 100); do kill -0 $id 2>/dev/null || continue 2; sleep 0.05; done
    exit 1
  done`;
    await network.scanner.run("bash", ["-c", script, "bash", ...processIds]);
  },
);
