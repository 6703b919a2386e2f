import assert from "node:assert/strict";
import {
  GATEWAY_ADDRESS,
  type Network,
  SCANNER_ADDRESS,
  SCANNER_INTERFACE,
} from "../../src/demo/mod.ts";
import { networkTest, runScan, type ScanOutcome } from "./network_fixture.ts";

const HOSTS = 16_384;
const SCAN = [
  ...["-M", "icmp_echoscan", "-f", "saddr", "-c", "1", "--no-preflight"],
  "198.18.0.0/18",
];
const FIXED_RATE = ["-r", "4000"];
const AUTO_RATE = ["--rate", "auto", "--max-rate", "4000"];
const NEW_MAC = "02:00:00:00:00:99";

interface OutageEntry {
  readonly cause: string;
  readonly reason: string;
  readonly start_time: string;
  readonly end_time: string | null;
  readonly sent_again: number;
}

/** Scans, and lets something happen once the target has got so many probes. */
async function scanWith(
  network: Network,
  args: readonly string[],
  { after, event }: {
    readonly after: number;
    readonly event: () => Promise<void>;
  },
): Promise<ScanOutcome> {
  await network.countProbes();
  const scan = runScan(network, [...SCAN, ...args]);
  let isOver = false;
  scan.finally(() => isOver = true);
  while (!isOver && (await network.probeCount()).probes < after);
  await event();
  return await scan;
}

function outagesOf({ metadata }: ScanOutcome): readonly OutageEntry[] {
  return metadata.outages as readonly OutageEntry[];
}

/** Every host is in the results, and nobody is told to lower the rate. */
function assertAllFound(scan: ScanOutcome): void {
  assert.equal(new Set(scan.rows).size, HOSTS, scan.stderr);
  assert.equal(scan.code, 0, scan.stderr);
  assert.doesNotMatch(scan.stderr, /lower --rate/);
}

/** The router's side of the scanner's link. */
async function setRouterLink(
  { router }: Network,
  ...what: string[]
): Promise<void> {
  await router.run("ip", ["link", "set", "dev", "down0", ...what]);
}

networkTest(
  "outage: a gateway with another hardware address is found",
  async (network) => {
    const scan = await scanWith(network, FIXED_RATE, {
      after: 6000,
      event: () => setRouterLink(network, "address", NEW_MAC),
    });
    assertAllFound(scan);
    const [outage, ...others] = outagesOf(scan);
    assert.equal(others.length, 0, scan.stderr);
    assert.equal(outage!.cause, "gateway-mac");
    assert.ok(outage!.sent_again > 0);
    const text = `gateway ${GATEWAY_ADDRESS} has another hardware address` +
      ` now: ${NEW_MAC}`;
    assert.match(scan.stderr, new RegExp(text));
  },
);

/** Long enough for a scan at some thousand packets per second to notice. */
const SOME_TIME_MS = 2000;

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A link that goes down in the middle of a scan, and comes back. */
async function interrupt(
  down: () => Promise<unknown>,
  up: () => Promise<unknown>,
): Promise<void> {
  await down();
  await sleep(SOME_TIME_MS);
  await up();
}

networkTest(
  "outage: a link without carrier is waited for, also where the rate is found",
  async (network) => {
    const scan = await scanWith(network, AUTO_RATE, {
      after: 6000,
      event: () =>
        interrupt(
          () => setRouterLink(network, "down"),
          () => setRouterLink(network, "up"),
        ),
    });
    assertAllFound(scan);
    const [outage] = outagesOf(scan);
    assert.equal(outage!.cause, "link");
    assert.notEqual(outage!.end_time, null);
    assert.match(
      scan.stderr,
      /the link of up0 is down: it has no carrier: sending pauses/,
    );
    assert.match(scan.stderr, /the network works again/);
  },
);

networkTest(
  "outage: an interface that is switched off is waited for, with each back end",
  async (network) => {
    const { scanner } = network;
    const backends = [
      ["--send-backend", "sendmmsg", "--receive-backend", "packet"],
      ["--send-backend", "ring", "--receive-backend", "pcap"],
      ["--send-backend", "xdp"],
    ];
    for (const backend of backends) {
      const scan = await scanWith(network, [...FIXED_RATE, ...backend], {
        after: 6000,
        event: () =>
          interrupt(
            () => scanner.run("ip", ["link", "set", SCANNER_INTERFACE, "down"]),
            () =>
              scanner.run(
                "ip",
                ["-batch", "-"],
                `link set ${SCANNER_INTERFACE} up
                 route add default via ${GATEWAY_ADDRESS}\n`,
              ),
          ),
      });
      assertAllFound(scan);
      assert.match(scan.stderr, /the interface is switched off/);
    }
  },
);

networkTest(
  "outage: --on-link-loss abort ends the scan with the reason",
  async (network) => {
    const scan = await scanWith(
      network,
      [...FIXED_RATE, "--on-link-loss", "abort"],
      { after: 6000, event: () => setRouterLink(network, "down") },
    );
    assert.equal(scan.code, 1);
    assert.equal(
      scan.metadata.exit_reason,
      "the link of up0 is down: it has no carrier",
    );
  },
);

networkTest(
  "outage: an own address that is gone is named, and waited for as long as asked",
  async (network) => {
    const scan = await scanWith(
      network,
      [...FIXED_RATE, "--on-link-loss", "wait:2s"],
      {
        after: 6000,
        event: async () => {
          await network.scanner.run("ip", [
            ...["address", "del", `${SCANNER_ADDRESS}/24`],
            ...["dev", SCANNER_INTERFACE],
          ]);
        },
      },
    );
    assert.equal(scan.code, 1);
    assert.match(
      String(scan.metadata.exit_reason),
      /^source address 192\.0\.2\.1 is gone from up0, .*, for 2 s$/,
    );
  },
);

networkTest(
  "outage: an interface that is removed ends the scan with the reason",
  async (network) => {
    const scan = await scanWith(network, FIXED_RATE, {
      after: 6000,
      event: async () => {
        await network.scanner.run("ip", ["link", "del", SCANNER_INTERFACE]);
      },
    });
    assert.equal(scan.code, 1);
    assert.equal(scan.metadata.exit_reason, "interface up0 was removed");
  },
);

networkTest(
  "outage: a gateway that does not answer is named and waited for",
  async (network) => {
    const rules = `table arp silence {
      chain arriving { type filter hook input priority 0; policy drop; }
    }
    table ip silence {
      chain passing { type filter hook forward priority 0; policy drop; }
    }\n`;
    const scan = await scanWith(network, FIXED_RATE, {
      after: 6000,
      event: () =>
        interrupt(
          () => network.router.run("nft", ["-f", "-"], rules),
          () =>
            network.router.run(
              "nft",
              ["-f", "-"],
              "delete table arp silence\ndelete table ip silence\n",
            ),
        ),
    });
    assertAllFound(scan);
    const text = `gateway ${GATEWAY_ADDRESS} does not answer ARP requests`;
    assert.match(scan.stderr, new RegExp(`${text}: sending pauses`));
    assert.equal(outagesOf(scan)[0]!.cause, "gateway");
  },
);

networkTest(
  "outage: at the IP layer, a link without carrier is waited for",
  async (network) => {
    const scan = await scanWith(network, [...FIXED_RATE, "-X"], {
      after: 6000,
      event: () =>
        interrupt(
          () => setRouterLink(network, "down"),
          () => setRouterLink(network, "up"),
        ),
    });
    assertAllFound(scan);
  },
);
