import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { networkTest, rowsOf, runPacemap, runScan } from "./network_fixture.ts";

const QUICK = ["-c", "1", "-r", "20000"];
const HOSTS = 128;

networkTest(
  "a scan refines the one before: hosts by ICMP, ports of each, then pairs of address and port",
  async (network) => {
    assert.ok(network.hasIpv6, "this machine has no IPv6");
    using directory = new TestDirectory();
    const path = (name: string): string => `${directory.path}/${name}`;
    const hosts = path("hosts.json");
    const first = await runScan(network, [
      ...[...QUICK, "-M", "icmp_echoscan", "-O", "json", "-o", hosts],
      ...["-f", "saddr,classification,success,data"],
      ...["198.18.0.0/25", "2001:db8:8000::/121"],
    ]);
    assert.equal(first.code, 0, first.stderr);

    await network.countProbes();
    const closed = path("closed.csv");
    const second = await runScan(network, [
      ...[...QUICK, "-I", hosts, "-p", "81,444,8081", "-o", closed],
      ...["-f", "saddr,ttl,sport", "--output-filter", "sport != 444"],
    ]);
    assert.equal(second.code, 0, second.stderr);
    assert.deepEqual(await network.probeCount(), {
      probes: 2 * HOSTS * 3,
      repeated: 0,
    });
    const pairs = rowsOf(await Deno.readTextFile(closed)).map((row) =>
      row.replace(/,\d+,/, ",")
    );
    assert.equal(new Set(pairs).size, 2 * HOSTS * 2);

    const blocked = directory.write("blocked", "198.18.0.0/26\n");
    await network.countProbes();
    const found: string[] = [];
    for (const shard of ["0", "1"]) {
      const third = await runPacemap(network.scanner, [
        ...[...QUICK, "-I", closed, "-b", blocked, "--output-filter", ""],
        ...["-e", "7", "--shards", "2", "--shard", shard],
      ]);
      assert.equal(third.code, 0, third.stderr);
      found.push(...rowsOf(third.stdout));
    }
    const expected = pairs.filter((pair) =>
      !/^198\.18\.0\.(?:\d|[1-5]\d|6[0-3]),/.test(pair)
    );
    assert.deepEqual(found.sort(), expected.sort());
    assert.deepEqual(await network.probeCount(), {
      probes: expected.length,
      repeated: 0,
    });
  },
);
