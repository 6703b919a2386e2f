import assert from "node:assert/strict";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import { indexOf, VETH_SETUP } from "../../tests/ffi/frames.ts";
import { parseIpv6 } from "../base/mod.ts";
import { LinkMonitor, type LinkNews } from "./link_monitor.ts";

/** Waits for the second message that the kernel sends of a link that comes up: a test would take it for its own. */
const SETUP = `${VETH_SETUP}
until ip link show up0 | grep -q "state UP"; do :; done`;
const NOTHING: LinkNews = {
  isChanged: false,
  wasDown: false,
  isNeighbourChanged: false,
};
const NEIGHBOUR = 0xc00002fe;

function open(hasRoutes = false): LinkMonitor {
  const interfaceIndex = indexOf("up0");
  const neighbours = [NEIGHBOUR];
  return LinkMonitor.open({
    interfaceIndex,
    neighbours,
    hasRoutes,
    version: 4,
  });
}

/** Whether a change is told of after a command; the kernel does not do all at once that IPv6 addresses need. */
async function isChangedSoon(
  monitor: LinkMonitor,
  args: readonly string[],
): Promise<boolean> {
  let news = await after(monitor, ...args);
  for (let tries = 0; tries < 1000 && !news.isChanged; tries++) {
    await pause(10);
    news = monitor.take();
  }
  return news.isChanged;
}

/** Waits until nothing new is told of for a while. */
async function settled(monitor: LinkMonitor): Promise<void> {
  do await pause(100); while (monitor.take().isChanged);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What is new after a command; the kernel tells it before the command ends, but for what links do later. */
async function after(
  monitor: LinkMonitor,
  ...args: string[]
): Promise<LinkNews> {
  await run("ip", ...args);
  return monitor.take();
}

namespaceTest(
  import.meta,
  "LinkMonitor.take() tells of link, addresses and neighbours that change, and of nothing else",
  {
    setup: SETUP,
    async run(): Promise<void> {
      using monitor = open();
      assert.deepEqual(monitor.take(), NOTHING);
      const changed = { ...NOTHING, isChanged: true };
      const dev = ["dev", "up0"];
      assert.deepEqual(
        await after(monitor, "addr", "add", "198.51.100.7/24", ...dev),
        changed,
      );
      assert.deepEqual(
        await after(monitor, "addr", "del", "198.51.100.7/24", ...dev),
        changed,
      );
      assert.deepEqual(monitor.take(), NOTHING);
      const neighbour = { ...NOTHING, isNeighbourChanged: true };
      const lladdr = ["lladdr", "02:00:00:00:00:07", ...dev];
      assert.deepEqual(
        await after(monitor, "neigh", "replace", "192.0.2.254", ...lladdr),
        neighbour,
      );
      assert.deepEqual(
        await after(monitor, "neigh", "replace", "192.0.2.99", ...lladdr),
        NOTHING,
      );
      const route = ["route", "add", "203.0.113.0/24", ...dev];
      assert.deepEqual(await after(monitor, ...route), NOTHING);
      await run("ip", "link", "set", "up0", "down");
      await run("ip", "link", "set", "up0", "up");
      const { isChanged, wasDown } = monitor.take();
      assert.deepEqual([isChanged, wasDown], [true, true]);
    },
  },
);

namespaceTest(
  import.meta,
  "LinkMonitor.take() tells of routes where they matter",
  {
    setup: SETUP,
    async run(): Promise<void> {
      using monitor = open(true);
      const route = ["route", "add", "203.0.113.0/24", "dev", "up0"];
      assert.equal((await after(monitor, ...route)).isChanged, true);
    },
  },
);

namespaceTest(
  import.meta,
  "LinkMonitor.take() says that anything may have changed when messages were lost",
  {
    setup: `${SETUP}
i=0
while [ $i -lt 20000 ]; do
  echo "route add 10.$((i / 256)).$((i % 256)).0/24 dev up0"
  i=$((i + 1))
done >/run/routes`,
    async run(): Promise<void> {
      using monitor = open(true);
      await run("ip", "-batch", "/run/routes");
      assert.deepEqual(monitor.take(), {
        isChanged: true,
        wasDown: false,
        isNeighbourChanged: true,
      });
      while (monitor.take().isChanged);
      const address = ["addr", "add", "198.51.100.7/24", "dev", "up0"];
      assert.equal((await after(monitor, ...address)).isChanged, true);
    },
  },
);

namespaceTest(
  import.meta,
  "LinkMonitor.take() tells of addresses, neighbours and routes of IPv6, and not of those of IPv4",
  {
    setup: `${SETUP}
ip link set up0 addrgenmode none
sysctl -qw net.ipv6.conf.up0.disable_ipv6=0`,
    async run(): Promise<void> {
      using monitor = LinkMonitor.open({
        interfaceIndex: indexOf("up0"),
        neighbours: [parseIpv6("fe80::fe")!],
        hasRoutes: true,
        version: 6,
      });
      const dev = ["dev", "up0"];
      const first = ["addr", "add", "fd00::1/64", ...dev, "nodad"];
      assert.ok(await isChangedSoon(monitor, first));
      await settled(monitor);
      const lladdr = ["lladdr", "02:00:00:00:00:07", ...dev];
      const neighbour = await after(
        monitor,
        "neigh",
        "add",
        "fe80::fe",
        ...lladdr,
      );
      assert.equal(neighbour.isNeighbourChanged, true);
      const other = await after(monitor, "neigh", "add", "fe80::fd", ...lladdr);
      assert.equal(other.isNeighbourChanged, false);
      const ipv4 = [
        await after(monitor, "addr", "add", "198.51.100.7/24", ...dev),
        await after(monitor, "route", "add", "203.0.113.0/24", ...dev),
      ];
      assert.deepEqual(ipv4, [NOTHING, NOTHING]);
      const second = ["addr", "add", "fd00::2/64", ...dev, "nodad"];
      assert.ok(await isChangedSoon(monitor, second));
      await settled(monitor);
      const route = ["route", "add", "2a00::/32", ...dev];
      assert.ok(await isChangedSoon(monitor, route));
    },
  },
);
