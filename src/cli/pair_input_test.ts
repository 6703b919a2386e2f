import assert from "node:assert/strict";
import type { ScanTargets } from "../scan/mod.ts";
import { TestDirectory } from "./_test_directory.ts";
import { errorOf, make } from "./_test_scan_config.ts";

const LIST = "8.8.8.8:53\n8.8.8.8,443\n9.9.9.9:80\n10.0.0.1:99\n8.8.8.8:53\n";

function countOf({ endPosition, firstPosition }: ScanTargets): number {
  return endPosition - firstPosition;
}

Deno.test("makeScanConfig() takes ports from the list where nothing else names any, and its addresses otherwise", async () => {
  using directory = new TestDirectory();
  const list = directory.write("list", LIST);
  const { config, warnings } = await make("-I", list);
  assert.equal(countOf(config.targets), 3);
  assert.deepEqual([...config.targets.ipv4!.ports], [53, 80, 443]);
  assert.deepEqual(config.outputs[0]!.fields, ["saddr", "sport"]);
  assert.deepEqual(config.dedup, { method: "full" });
  assert.deepEqual(warnings, []);
  const ported = await make("-I", list, "-p", "22,23");
  assert.equal(countOf(ported.config.targets), 4);
  assert.match(
    ported.warnings.join(),
    /Ports have no effect, of which this list has 5/,
  );
  const pinged = await make("-I", list, "-M", "icmp_echoscan");
  assert.equal(countOf(pinged.config.targets), 2);
});

Deno.test("makeScanConfig() applies allowlist, limit and shards to pairs of both families", async () => {
  using directory = new TestDirectory();
  const list = directory.write(
    "list",
    `${LIST}[2001:4860::8]:443\n2001:4860::9,80\n`,
  );
  const both = await make("-I", list);
  assert.equal(countOf(both.config.targets), 5);
  assert.deepEqual([...both.config.targets.ipv6!.ports], [53, 80, 443]);
  assert.equal(both.config.targets.ipv6!.positionCount, 2);
  const allowed = await make(
    "-I",
    list,
    "-w",
    directory.write("w", "9.9.9.0/24\n"),
  );
  assert.equal(countOf(allowed.config.targets), 1);
  assert.deepEqual([...allowed.config.targets.ipv4!.ports], [80]);
  assert.equal(
    countOf((await make("-I", list, "-n", "40%")).config.targets),
    2,
  );
  const counts = [];
  for (const shard of ["0", "1"]) {
    const { config } = await make(
      ...["-I", list, "-e", "1", "--shards", "2", "--shard", shard],
    );
    counts.push(countOf(config.targets));
  }
  assert.deepEqual(counts, [3, 2]);
});

Deno.test("makeScanConfig() tells checkpoints of pairs apart by their ports", async () => {
  using directory = new TestDirectory();
  const digests = [];
  for (const port of [443, 444]) {
    const list = directory.write(
      `list${port}`,
      `8.8.8.8:${port}\n8.8.8.8:80\n`,
    );
    const { config } = await make("-I", list, "-o", `${directory.path}/out`);
    digests.push(config.checkpoint!.job.parts[0]!.digest);
  }
  assert.notEqual(digests[0], digests[1]);
});

Deno.test("makeScanConfig() refuses lists without ports where ports are needed", async () => {
  using directory = new TestDirectory();
  const list = directory.write("list", "8.8.8.8:53\n# all\n9.9.9.9\n");
  const error = await errorOf("-I", list);
  assert.equal(error.option, `${list}:3`);
  assert.match(error.message, /"9\.9\.9\.9" has no port.*give -p/);
  const without = await errorOf("8.8.8.8");
  assert.equal(without.option, "--target-ports");
  assert.match(without.remedy, /ADDRESS:PORT/);
});

Deno.test("makeScanConfig() skips bad lines of each list alike, but none of a blocklist that would then block less", async () => {
  using directory = new TestDirectory();
  const list = directory.write("list", "8.8.8.8\n1.2.3\n9.9.9.9\n");
  const lenient = ["-p", "80", "--ignore-blocklist-errors"];
  for (const option of ["-I", "-w"]) {
    const { config, warnings } = await make(...lenient, option, list);
    assert.equal(countOf(config.targets), 2, option);
    assert.match(warnings.join(), /Skipped: .*list:2: /, option);
  }
  const error = await errorOf(...lenient, "-b", list, "1.1.1.1");
  assert.equal(error.option, `${list}:2`);
  const host = directory.write("host", "none.example\n");
  const unknown = await make(...lenient, "-4", "-b", host, "1.1.1.1");
  assert.match(unknown.warnings.join(), /Skipped: .*none\.example/);
});

Deno.test("makeScanConfig() reads words of the command line with blanks around them", async () => {
  const { config } = await make(
    "-p",
    "80, 443,",
    " 8.8.8.8",
    "9.9.9.9-9.9.9.10 ",
  );
  assert.equal(countOf(config.targets), 6);
});
