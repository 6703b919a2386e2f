import assert from "node:assert/strict";
import type { Firewall } from "../link/mod.ts";
import {
  conntrackCheck,
  type FilteredScan,
  firewallCheck,
  kernelAnswersCheck,
  neighboursCheck,
  readConntrackFacts,
  reversePathCheck,
} from "./kernel_filters.ts";

const TCP = 6;
const UDP = 17;
const ICMP = 1;
const ICMPV6 = 58;
const SCAN: FilteredScan = {
  version: 4,
  interfaceName: "eth0",
  layer: "ip",
  protocol: TCP,
  targetCount: 1_000_000,
  ratePps: 10_000,
};
const NO_RULES: Firewall = { chains: [], tracked: [] };
const CONNTRACK = {
  "/proc/sys/net/netfilter/nf_conntrack_count": "0\n",
  "/proc/sys/net/netfilter/nf_conntrack_max": "65536\n",
  "/proc/sys/net/netfilter/nf_conntrack_udp_timeout": "10\n",
};

function files(texts: Record<string, string>): (path: string) => string | null {
  return (path) => texts[path] ?? null;
}

Deno.test("readConntrackFacts() tells whether connections are tracked", () => {
  const read = files(CONNTRACK);
  const udp = { ...SCAN, protocol: UDP };
  const idle = readConntrackFacts(read, SCAN, NO_RULES);
  assert.deepEqual(idle, {
    entries: 0,
    limit: 65536,
    timeoutSeconds: 120,
    isInUse: false,
  });
  assert.equal(readConntrackFacts(read, udp, null).timeoutSeconds, 10);
  assert.equal(readConntrackFacts(read, udp, null).isInUse, null);
  const tracking: Firewall = { ...NO_RULES, tracked: [4] };
  assert.equal(readConntrackFacts(read, SCAN, tracking).isInUse, true);
  const busy = {
    ...CONNTRACK,
    "/proc/sys/net/netfilter/nf_conntrack_count": "7\n",
  };
  assert.equal(readConntrackFacts(files(busy), SCAN, null).isInUse, true);
  const old = { ...CONNTRACK, "/proc/self/net/ip_tables_names": "nat\n" };
  assert.equal(readConntrackFacts(files(old), SCAN, null).isInUse, true);
  assert.equal(readConntrackFacts(files({}), SCAN, null).entries, null);
});

Deno.test("readConntrackFacts() looks at rules and timeouts of the scan's family", () => {
  const ping6 = { protocol: ICMPV6, version: 6 } as const;
  const texts = {
    ...CONNTRACK,
    "/proc/sys/net/netfilter/nf_conntrack_icmpv6_timeout": "7\n",
    "/proc/self/net/ip_tables_names": "nat\n",
  };
  const tracking: Firewall = { ...NO_RULES, tracked: [4] };
  const facts = readConntrackFacts(files(texts), ping6, tracking);
  assert.deepEqual([facts.isInUse, facts.timeoutSeconds], [false, 7]);
  const old = { ...CONNTRACK, "/proc/self/net/ip6_tables_names": "nat\n" };
  assert.equal(readConntrackFacts(files(old), ping6, NO_RULES).isInUse, true);
});

Deno.test("conntrackCheck() warns when the probes themselves fill the table", () => {
  const facts = {
    entries: 10,
    limit: 65536,
    timeoutSeconds: 120,
    isInUse: true,
  };
  const full = conntrackCheck(facts, SCAN);
  assert.equal(full.status, "warning");
  assert.match(full.needed, /^1,000,000 entries/);
  assert.match(full.remedy, /notrack/);
  const others: [Partial<typeof facts>, Partial<FilteredScan>][] = [
    [{}, { layer: "ethernet" }],
    [{}, { ratePps: 100 }],
    [{}, { targetCount: 65_526 }],
    [{ isInUse: false }, {}],
  ];
  for (const [fact, scan] of others) {
    const check = conntrackCheck({ ...facts, ...fact }, { ...SCAN, ...scan });
    assert.equal(check.status, "ok", JSON.stringify([fact, scan]));
  }
  const none = { ...facts, entries: null, limit: null };
  assert.equal(conntrackCheck(none, SCAN).found, "none");
});

Deno.test("firewallCheck() names the chains that probes pass", () => {
  const output = {
    name: "inet filter/output",
    stage: "output" as const,
    versions: [4, 6] as const,
    interfaceNames: [],
    dropsByDefault: true,
  };
  const egress = {
    name: "netdev f/e",
    stage: "egress" as const,
    versions: [4, 6] as const,
    interfaceNames: ["eth0"],
    dropsByDefault: false,
  };
  const rules = { ...NO_RULES, chains: [output, egress] };
  const ip = firewallCheck(rules, SCAN);
  assert.equal(ip.status, "warning");
  assert.match(ip.found, /inet filter\/output, netdev f\/e, and what no rule/);
  const ethernet = firewallCheck(rules, { ...SCAN, layer: "ethernet" });
  assert.equal(ethernet.status, "ok");
  assert.equal(ethernet.found, "probes pass netdev f/e");
  const other = { ...SCAN, layer: "ethernet" as const, interfaceName: "eth1" };
  assert.match(firewallCheck(rules, other).found, /^no nftables chain/);
  assert.match(firewallCheck(null, SCAN).found, /CAP_NET_ADMIN/);
  const six = { ...output, name: "ip6 six/out", versions: [6] as const };
  const mixed = { ...NO_RULES, chains: [six] };
  assert.match(firewallCheck(mixed, SCAN).found, /^no nftables chain/);
  const scan6 = firewallCheck(mixed, { ...SCAN, version: 6 });
  assert.equal(scan6.status, "warning");
  assert.match(scan6.found, /ip6 six\/out/);
});

Deno.test("reversePathCheck() takes the stricter setting, and knows that it does not matter", () => {
  const modes = files({
    "/proc/sys/net/ipv4/conf/all/rp_filter": "2\n",
    "/proc/sys/net/ipv4/conf/eth0/rp_filter": "1\n",
  });
  assert.match(reversePathCheck(modes, SCAN).found, /^loose: .*behind/);
  assert.equal(reversePathCheck(files({}), SCAN).found, "off");
  const scan6 = { ...SCAN, version: 6 } as const;
  assert.match(reversePathCheck(modes, scan6).found, /only by firewall rules/);
});

Deno.test("kernelAnswersCheck() tells what the kernel does with answers", () => {
  assert.match(kernelAnswersCheck(SCAN, true).found, /RSTs, up to 10,000\/s/);
  const udp = { ...SCAN, protocol: UDP };
  assert.match(kernelAnswersCheck(udp, true).found, /port unreachable/);
  const icmp = { ...SCAN, protocol: ICMP };
  assert.match(kernelAnswersCheck(icmp, true).found, /^none to answers/);
  const udp6 = { ...udp, version: 6 } as const;
  assert.match(kernelAnswersCheck(udp6, true).found, /ICMPv6 port unreach/);
  const ping6 = { ...SCAN, version: 6, protocol: ICMPV6 } as const;
  assert.match(kernelAnswersCheck(ping6, true).found, /^none to answers/);
  assert.match(kernelAnswersCheck(SCAN, false).found, /not this host's/);
});

Deno.test("neighboursCheck() warns when the kernel's table is too small", () => {
  const read = files({
    "/proc/sys/net/ipv4/neigh/default/gc_thresh3": "1024\n",
  });
  const many = neighboursCheck(read, 65_536, SCAN);
  assert.equal(many.status, "warning");
  assert.match(many.needed, /30,000/);
  assert.match(many.remedy, /gc_thresh3=65536/);
  assert.equal(neighboursCheck(read, 254, SCAN).status, "ok");
  assert.equal(neighboursCheck(read, 0, SCAN).status, "ok");
  assert.equal(neighboursCheck(files({}), 65_536, SCAN).status, "ok");
  const slow = { ...SCAN, ratePps: 100 };
  assert.equal(neighboursCheck(read, 65_536, slow).status, "ok");
  const own = neighboursCheck(read, 65_536, { ...SCAN, layer: "ethernet" });
  assert.equal(own.status, "ok");
  assert.match(own.found, /65,536 on the link/);
});

Deno.test("neighboursCheck() looks at the table of the scan's family", () => {
  const read = files({
    "/proc/sys/net/ipv4/neigh/default/gc_thresh3": "65536\n",
    "/proc/sys/net/ipv6/neigh/default/gc_thresh3": "1024\n",
  });
  const scan = { ...SCAN, version: 6 } as const;
  const many = neighboursCheck(read, 20_000, scan);
  assert.equal(many.status, "warning");
  assert.match(many.remedy, /net\.ipv6\.neigh\.default\.gc_thresh3=65536/);
  assert.equal(neighboursCheck(read, 20_000, SCAN).status, "ok");
});
