import assert from "node:assert/strict";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import { requireProbeModule } from "../probe/mod.ts";
import { ipv6, SETUP6 } from "../preflight/_test_network6.ts";
import { makeTestScan, makeTestScan6, makeTestTargets6 } from "./_test_scan.ts";
import type { Check } from "./check.ts";
import type { CheckedScan6 } from "./checked_scan.ts";
import { diagnose, type Diagnosis } from "./diagnosis.ts";
import { checkedIpv4, checkedIpv6 } from "./family_scan.ts";
import { leaveOutMissing } from "./missing_family.ts";

/** What differs from the default scan. */
interface Change {
  readonly targets?: string;
  readonly interfaceName?: string;
  readonly source?: string;
  readonly isIpLayer?: boolean;
  readonly module?: string;
}

function scanOf(
  { interfaceName, isIpLayer, module, source, targets }: Change,
): CheckedScan6 {
  const scan = makeTestScan6();
  const network = {
    ...scan.network,
    interfaceName: interfaceName ?? null,
    sourceAddresses6: source === undefined ? null : [ipv6(source)],
    isIpLayer: isIpLayer ?? false,
  };
  return {
    ...scan,
    network,
    probe: module === undefined ? scan.probe : {
      ...scan.probe,
      module,
      args: requireProbeModule(module).exampleArgs,
    },
    targets: targets === undefined ? scan.targets : makeTestTargets6(targets),
  };
}

async function diagnose6(change: Change = {}): Promise<Diagnosis> {
  return await diagnose(checkedIpv6(scanOf(change)), true);
}

function checkNamed({ network }: Diagnosis, name: string): Check {
  const check = network.find((one) => one.name === name);
  assert.ok(check !== undefined, `${name} in ${JSON.stringify(network)}`);
  return check;
}

async function assertComplaint(
  change: Change,
  expected: { name: string; status: string; found: RegExp; remedy: RegExp },
): Promise<void> {
  const { found, remedy, status } = checkNamed(
    await diagnose6(change),
    expected.name,
  );
  assert.equal(status, expected.status, found);
  assert.match(found, expected.found);
  assert.match(remedy, expected.remedy);
}

namespaceTest(
  import.meta,
  "diagnose() finds nothing wrong with a host of IPv6 alone behind link-local routers",
  {
    setup: SETUP6,
    async run(): Promise<void> {
      const diagnosis = await diagnose6();
      assert.deepEqual(
        diagnosis.network.filter(({ status }) => status !== "ok"),
        [],
      );
      assert.match(
        checkNamed(diagnosis, "source-address").found,
        /^2001:db8::1$/,
      );
      assert.match(
        checkNamed(diagnosis, "route").found,
        /^to 2001:db8:8000:: and the others through up0, gateway fe80::fe$/,
      );
      assert.match(
        checkNamed(diagnosis, "gateway").found,
        /to gateway fe80::fe at 02:00:00:00:00:fe, as it answered$/,
      );
      assert.deepEqual(diagnosis.sending.map(({ name }) => name), [
        "send-backend",
      ]);
      // The other link has a router of the same address.
      const other = await diagnose6({ interfaceName: "up1" });
      assert.match(
        checkNamed(other, "gateway").found,
        /fe80::fe at 02:00:00:00:01:fe/,
      );
      assert.equal(
        checkNamed(other, "source-address").found,
        "2001:db8:0:1::1",
      );
      const ipLayer = await diagnose6({ isIpLayer: true, module: "udp" });
      assert.deepEqual(
        ipLayer.network.filter(({ status }) => status !== "ok"),
        [],
      );
      assert.match(checkNamed(ipLayer, "kernel-answers").found, /ICMPv6 port/);
      const local = await diagnose6({ targets: "2001:db8::/126" });
      assert.match(checkNamed(local, "neighbours").found, /^3 on the link/);
      assert.match(
        checkNamed(local, "own-addresses").found,
        /1 address of this host \(2001:db8::1\)/,
      );
      assert.equal(diagnosis.lack, null);
      const ipv4 = await diagnose(checkedIpv4(makeTestScan()), true);
      assert.match(ipv4.lack!.found, /^Cannot find a route to 198\.18\.0\.0$/);
      const { families, missing } = leaveOutMissing([ipv4, diagnosis], false);
      assert.deepEqual(families, [diagnosis]);
      assert.deepEqual(
        missing.map(({ family, found, status }) => [family, found, status]),
        [[
          4,
          `${ipv4.lack!.found}; 131,072 IPv4 targets are skipped`,
          "warning",
        ]],
      );
      const [note] = leaveOutMissing([ipv4, diagnosis], true).missing;
      assert.equal(note!.status, "ok");
      assert.match(note!.found, /IPv4 is not checked$/);
      const none = [ipv4, { ...diagnosis, lack: ipv4.lack }];
      assert.deepEqual(leaveOutMissing(none, true), {
        families: [ipv4],
        missing: [],
      });
      assert.deepEqual(leaveOutMissing(none, false).families, none);
    },
  },
);

namespaceTest(
  import.meta,
  "diagnose() names what is wrong with the way of IPv6 probes",
  {
    setup: `${SETUP6}
ip addr add fd00::1/64 dev up0 nodad
ip addr add 2001:db8::7/64 dev up0 nodad
ip addr add 2001:db8::d/64 dev up0; ip -n peer addr add 2001:db8::d/64 dev down0 nodad`,
    async run(): Promise<void> {
      await assertComplaint({ source: "fd00::1" }, {
        name: "source-address",
        status: "warning",
        found: /^fd00::1 is a unique local address .* 2001:db8:8000:: is not$/,
        remedy: /global address/,
      });
      await assertComplaint({ source: "2001:db8:0:1::1" }, {
        name: "source-address",
        status: "warning",
        found: /^2001:db8:0:1::1 is an address of up1$/,
        remedy: /address of up0 with -S/,
      });
      await assertComplaint({ source: "2001:db8::d" }, {
        name: "source-address",
        status: "error",
        found: /2001:db8::d .*in use by another host/,
        remedy: /another one/,
      });
      await assertComplaint({ targets: "fe80::1:0/112" }, {
        name: "interface",
        status: "error",
        found: /which link target fe80::1:0 is on/,
        remedy: /-i: up0, up1/,
      });
      await run(
        "ip",
        ..."-6 route replace default via fe80::fe dev up0 proto ra".split(" "),
      );
      const forwarding = "/proc/sys/net/ipv6/conf/up0/forwarding";
      await run("sh", "-c", `echo 1 >${forwarding}`);
      await assertComplaint({}, {
        name: "router-advertisements",
        status: "warning",
        found: /^ignored, since this host forwards/,
        remedy: /up0\.accept_ra=2/,
      });
      const onLink = await diagnose6({
        interfaceName: "up0",
        targets: "2001:db8::/112",
        isIpLayer: true,
      });
      // Three seconds of 10,000; how much room there is only the first network of the host can tell.
      assert.match(
        checkNamed(onLink, "neighbours").needed,
        /^room for 30,000 /,
      );
      await run("ip", "link", "set", "up0", "mtu", "1200");
      await assertComplaint({ interfaceName: "up0" }, {
        name: "interface",
        status: "error",
        found: /^IPv6 needs an MTU of 1280; up0 has 1200/,
        remedy: /mtu 1500/,
      });
    },
  },
);
