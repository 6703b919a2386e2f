import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { NETWORK, runHere } from "./dry_run.ts";
import { networkTest, runScan } from "./network_fixture.ts";

type Kind = "integer" | "number" | "text" | "time" | "integers" | "texts";

/** Every key of ZMap that does not depend on an option, and what it holds; less `generator`. */
const ALWAYS: Readonly<Record<Kind, string>> = {
  integer: "source_port_first source_port_last max_targets max_runtime " +
    "max_results output_results rate bandwidth cooldown_secs senders seed " +
    "seed_provided shard_num total_shards max_sendto_failures syslog " +
    "default_mode dryrun quiet pcap_recv pcap_drop pcap_ifdrop ip_fragments " +
    "blocklist_total_allowed blocklist_total_not_allowed validation_passed " +
    "validation_failed first_scanned send_to_failures packets_sent " +
    "targets_scanned success_total success_unique success_cooldown_total " +
    "success_cooldown_unique failure_total packet_streams probe_ttl log_level",
  number: "hitrate min_hitrate",
  text: "local_hostname probe_module output_module deduplication_method",
  time: "send_start_time send_end_time recv_start_time recv_end_time",
  integers: "target_ports",
  texts: "source_ips blocklisted_networks allowlisted_networks",
};
/** Keys that say what was given or found. */
const GIVEN: Readonly<Record<"integer" | "text" | "texts", string>> = {
  integer: "list_of_ips_count deduplication_window_size",
  text: "iface output_filter log_file probe_args output_args " +
    "output_filename blocklist_filename allowlist_filename notes gateway_mac " +
    "gateway_ip source_mac list_of_ips_filename",
  texts: "cli_cidr_destinations",
};

function isOf(kind: Kind, value: unknown): boolean {
  const isText = (one: unknown): boolean => typeof one === "string";
  switch (kind) {
    case "integer":
      return Number.isInteger(value);
    case "number":
      return Number.isFinite(value);
    case "text":
      return isText(value);
    case "time":
      return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}$/.test(String(value));
    case "integers":
      return Array.isArray(value) && value.every(Number.isInteger);
    case "texts":
      return Array.isArray(value) && value.every(isText);
  }
}

function assertKeys(
  metadata: Readonly<Record<string, unknown>>,
  keys: Readonly<Partial<Record<Kind, string>>>,
): void {
  for (const [kind, names] of Object.entries(keys)) {
    for (const name of names.split(" ")) {
      const text = `${name}: ${JSON.stringify(metadata[name])} is no ${kind}`;
      assert.ok(isOf(kind as Kind, metadata[name]), text);
    }
  }
}

networkTest(
  "metadata of a scan have all keys of ZMap, and those of a dry run the same",
  async (network) => {
    using directory = new TestDirectory();
    const { path } = directory;
    const allow = directory.write("allow", "198.18.0.0/28\n");
    const list = directory.write("list", "198.18.0.1\n198.18.1.2\n");
    const args = [
      ...["-M", "icmp_echoscan", "--probe-args", "text:x", "-c", "0"],
      ...["-w", allow, "-I", list, "-o", `${path}/out`, "-l", `${path}/log`],
      ...["--output-filter", "success = 1", "--output-args", "x"],
      ...["--notes", "none", "--user-metadata", '{"a": [1]}', "-e", "-5"],
      ...["--dedup-method", "window", "198.18.1.0/30"],
    ];
    const first = await runScan(network, args);
    assert.equal(first.code, 0, first.stderr);
    const gateway = first.metadata.gateway_mac as string;
    const { metadata } = await runScan(network, ["-G", gateway, ...args]);
    assertKeys(metadata, ALWAYS);
    assertKeys(metadata, GIVEN);
    assert.equal(metadata.iface, "up0");
    assert.equal(metadata.seed, -5);
    assert.equal(metadata.packets_sent, 2);
    assert.equal(metadata.success_unique, 2);
    assert.equal(metadata.blocklist_total_allowed, 20);
    assert.deepEqual(metadata.allowlisted_networks, [
      "198.18.0.0/28",
      "198.18.1.0/30",
    ]);
    assert.deepEqual(metadata.blocklisted_networks, ["0.0.0.0/32"]);
    assert.deepEqual(metadata["user-metadata"], { a: [1] });
    assert.ok(!("generator" in metadata));
    const dry = await runScan(network, ["-d", "-G", gateway, ...args]);
    assert.equal(dry.code, 0, dry.stderr);
    assert.deepEqual(
      Object.keys(dry.metadata).sort(),
      Object.keys(metadata).sort(),
    );
    assertKeys(dry.metadata, ALWAYS);
    assertKeys(dry.metadata, GIVEN);
    for (const same of ["rate", "senders", "packets_sent", "gateway_mac"]) {
      assert.equal(dry.metadata[same], metadata[same], same);
    }
    assert.match(String(dry.metadata.recv_end_time), /^19(?:70|69)-/);
  },
);

Deno.test("metadata are one line with blanks, as ZMap writes it, and a seed of 64 bits", async () => {
  const seed = "9223372036854775807";
  const args = ["-d", "-M", "dns", "-O", "json", "-p", "53", "-e", seed];
  const probe = ["--probe-args", "A,example.com", "-o", "/dev/null"];
  const own =
    '{"id":9007199254740993,"z":1.0,"1":[-0,1e400],"t":"\\u009b\u202e"}';
  const { stdout } = await runHere([
    ...[...args, ...probe, ...NETWORK, "-m", "-", "--user-metadata", own],
    "8.8.8.8",
  ]);
  const line = stdout.split("\n").find((one) => one.startsWith("{"))!;
  assert.match(line, /^\{ "local_hostname": "/);
  assert.match(line, new RegExp(`, "seed": ${seed}, "seed_provided": 1, `));
  assert.match(line, / "cli_cidr_destinations": \[ "8\.8\.8\.8" \], /);
  assert.ok(
    line.includes(
      '"user-metadata": { "id": 9007199254740993, "z": 1.0, "1": [ -0, 1e400 ], "t": "\\u009b\\u202e" }, ',
    ),
    line,
  );
  assert.match(line, / \}$/);
  const metadata = JSON.parse(line);
  assertKeys(metadata, ALWAYS);
  assertKeys(metadata, { integer: "app_success_total app_success_unique" });
  assert.ok(!("iface" in metadata));
});
