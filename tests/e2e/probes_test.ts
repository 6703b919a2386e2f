import assert from "node:assert/strict";
import {
  CHRONY,
  KNOT,
  Network,
  type Requirement,
  TEST_REQUIREMENTS,
} from "../../src/demo/mod.ts";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { networkTest, rowsOf, runPacemap, runScan } from "./network_fixture.ts";
import {
  interfaceIndex,
  startNameServer,
  startScript,
  startTimeServer,
} from "./servers.ts";
import { findSkipReason, testUnless } from "./skip.ts";

/** 512 targets in tenths of a second. */
const TARGETS = "198.18.4.0/23";
const TARGETS6 = "2001:db8:8000::/119";
const TARGET_COUNT = 512;
const PACE = ["-r", "4000", "-c", "0.5", "--loss-sample", "0"];
/** All probes go to one socket, whose buffer has room for some 270: so slow that its server may rest for a while. */
const ONE_SOCKET_PACE = ["-r", "400", "-c", "0.5", "--loss-sample", "0"];
/** The kernel sends a thousand ICMP messages a second on old systems. */
const ERROR_PACE = ["-r", "800", "-c", "0.5", "--loss-sample", "0"];
const NTP_EPOCH_SECONDS = 2_208_988_800;

type Row = Record<string, unknown>;

/** Registers a test of a network that needs one more package. */
async function serverTest(
  requirement: Requirement,
  name: string,
  run: (network: Network) => Promise<void>,
): Promise<void> {
  const reason = await findSkipReason([...TEST_REQUIREMENTS, requirement]);
  testUnless(reason, name, async () => {
    await using network = await Network.create();
    await run(network);
  });
}

/** Scans with JSON output of all fields; returns the rows in the order of their addresses. */
async function scan(
  network: Network,
  args: readonly string[],
): Promise<Row[]> {
  const common = ["-q", "-b", "/dev/null", "-O", "json", "-f", "*"];
  const outcome = await runPacemap(network.scanner, [...common, ...args]);
  assert.equal(outcome.code, 0, outcome.stderr);
  const lines = outcome.stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Row);
}

/** Checks that each target has answered once like this. */
function assertAllAnswered(rows: readonly Row[], expected: Row): void {
  const addresses = new Set<unknown>();
  for (const row of rows) {
    addresses.add(row.saddr);
    for (const [name, value] of Object.entries(expected)) {
      assert.deepEqual(row[name], value, `${name} of ${JSON.stringify(row)}`);
    }
  }
  assert.equal(addresses.size, TARGET_COUNT);
  assert.equal(rows.length, TARGET_COUNT);
}

await serverTest(KNOT, "scan finds name servers: Knot DNS", async (network) => {
  await using _server = await startNameServer(network.target);
  const args = ["-M", "dns", "--probe-args", "A,example.com", "-p", "53"];
  const overIp = await scan(network, [...args, "-X", ...PACE, TARGETS]);
  assertAllAnswered(overIp, { classification: "dns", app_success: true });
  const overIpv6 = await scan(network, [...args, "-6", ...PACE, TARGETS6]);
  assertAllAnswered(overIpv6, { classification: "dns", app_success: true });
  const rows = await scan(network, [...args, ...PACE, TARGETS]);
  assertAllAnswered(rows, {
    classification: "dns",
    success: true,
    app_success: true,
    sport: 53,
    dns_qr: 1,
    dns_aa: 1,
    dns_rd: 1,
    dns_ra: 0,
    dns_rcode: 0,
    dns_parse_err: 0,
    dns_unconsumed_bytes: 0,
    dns_questions: [
      { name: "example.com", qtype: 1, qtype_str: "A", qclass: 1 },
    ],
    dns_answers: [{
      name: "example.com",
      type: 1,
      type_str: "A",
      class: 1,
      ttl: 300,
      rdlength: 4,
      rdata_is_parsed: 1,
      rdata: "192.0.2.80",
    }],
    dns_authorities: [],
    dns_additionals: [],
  });
});

await serverTest(
  KNOT,
  "scan asks a name server several questions of every type",
  async (network) => {
    await using _server = await startNameServer(network.target);
    const questions = [
      ...["A", "NS", "SOA", "MX", "TXT", "AAAA", "RRSIG", "ALL", "PTR"]
        .map((type) => `${type},example.com`),
      "CNAME:nr,www.example.com",
      "A,elsewhere.example",
    ];
    const rows = await scan(network, [
      ...["-M", "dns", "--probe-args", questions.join(";"), "-p", "53"],
      ...["-P", String(questions.length), "--dedup-method", "none"],
      ...["198.18.4.0/29", ...PACE],
    ]);
    assert.equal(rows.length, 8 * questions.length);
    const answersTo = (question: string): Row[] => {
      const [type, name] = question.replace(":nr", "").split(",");
      const row = rows.find(({ dns_questions }) => {
        const [asked] = dns_questions as Row[];
        return asked?.qtype_str === type && asked?.name === name;
      });
      assert.ok(row !== undefined, question);
      assert.equal(row.success, true);
      assert.equal(row.dns_parse_err, 0);
      return row.dns_answers as Row[];
    };
    const dataOf = (question: string): unknown[] =>
      answersTo(question).map(({ rdata }) => rdata);
    assert.deepEqual(dataOf("NS,example.com"), ["ns.example.com"]);
    assert.deepEqual(dataOf("MX,example.com"), ["10 mx.example.com"]);
    assert.deepEqual(dataOf("TXT,example.com"), ["hello world"]);
    assert.deepEqual(dataOf("AAAA,example.com"), ["2001:db8::80"]);
    assert.deepEqual(dataOf("CNAME,www.example.com"), ["example.com"]);
    assert.deepEqual(dataOf("PTR,example.com"), []);
    const [soa] = answersTo("SOA,example.com");
    assert.equal(soa!.rdata_is_parsed, 0);
    const [signature] = answersTo("RRSIG,example.com");
    assert.equal(signature!.type_str, "RRSIG");
    assert.ok(answersTo("ALL,example.com").length >= 1);
    const recursive = rows.filter(({ dns_rd }) => dns_rd === 1);
    assert.equal(recursive.length, 8 * (questions.length - 1));
    const refused = rows.filter(({ dns_rcode }) => dns_rcode === 5);
    assert.equal(refused.length, 8);
    assert.ok(
      refused.every(({ app_success, success }) =>
        success === true && app_success === false
      ),
    );
  },
);

await serverTest(
  KNOT,
  "scan tells application successes: status line and file, summary and metadata",
  async (network) => {
    await using _server = await startNameServer(network.target);
    using directory = new TestDirectory();
    const status = `${directory.path}/status.csv`;
    const outcome = await runScan(network, [
      ...["-M", "dns", "--probe-args", "A,example.com;A,elsewhere.example"],
      ...["-p", "53", "-P", "2", "--dedup-method", "none", "-O", "json"],
      ...[...ONE_SOCKET_PACE, "-u", status, TARGETS],
    ]);
    assert.equal(outcome.code, 0, outcome.stderr);
    const { metadata, stderr } = outcome;
    assert.equal(metadata.success_total, 2 * TARGET_COUNT);
    assert.equal(metadata.app_success_total, TARGET_COUNT);
    assert.equal(metadata.app_success_unique, TARGET_COUNT);
    assert.match(
      stderr,
      /; sent: 1024 done \(.*\); recv: 1024 .*; app success: 512 .*; drops: .*; hitrate: 100\.00% app hitrate: 50\.00%; lost: 0;/,
    );
    assert.match(stderr, /of these, application successes +512 {2}100\.00%/);
    const csv = Deno.readTextFileSync(status);
    const names = csv.slice(0, csv.indexOf("\n")).split(",");
    const cells = rowsOf(csv).at(-1)!.split(",");
    assert.equal(cells[names.indexOf("app-success-total")], "512");
  },
);

await serverTest(CHRONY, "scan finds time servers: chrony", async (network) => {
  await using _server = await startTimeServer(network.target);
  const args = ["-M", "ntp", "-p", "123", ...ONE_SOCKET_PACE];
  const overIpv6 = await scan(network, [...args, "-6", TARGETS6]);
  assertAllAnswered(overIpv6, { classification: "ntp", stratum: 3 });
  const rows = await scan(network, [...args, TARGETS]);
  assertAllAnswered(rows, {
    classification: "ntp",
    success: true,
    sport: 123,
    // Version 4, mode "server".
    LI_VN_MODE: 0x24,
    stratum: 3,
    // The clock of the machine itself, 127.127.1.1.
    reference_clock_identifier: 0x7f7f0101,
    originate_timestamp: 0,
  });
  for (const row of rows) {
    const seconds = Math.floor(Number(row.transmit_timestamp) / 2 ** 32) -
      NTP_EPOCH_SECONDS;
    assert.ok(Math.abs(seconds - Number(row.timestamp_ts)) <= 1);
  }
});

networkTest(
  "scan reports closed UDP ports by the ICMP errors of the kernel",
  async (network) => {
    const limit = "/proc/sys/net/ipv4/icmp_ratelimit";
    await network.target.run("tee", [limit], "0\n");
    const args = ["-p", "7", ...ERROR_PACE, TARGETS];
    const kinds = [
      ["-M", "udp", "--probe-args", "payload:echo_7"],
      ["-M", "ntp"],
    ];
    for (const kind of kinds) {
      const rows = await scan(network, [...kind, ...args]);
      assertAllAnswered(rows, {
        classification: "icmp",
        success: false,
        icmp_type: 3,
        icmp_code: 3,
        icmp_unreach_str: "port unreachable",
        sport: undefined,
      });
      for (const row of rows) assert.equal(row.icmp_responder, row.saddr);
    }
  },
);

networkTest(
  "scan finds hosts that refuse a SYN-ACK, whatever their ports",
  async (network) => {
    await network.startWebServer();
    for (const port of [80, 81]) {
      const args = ["-M", "tcp_synackscan", "-p", String(port)];
      const rows = await scan(network, [...args, ...PACE, TARGETS]);
      assertAllAnswered(rows, {
        classification: "rst",
        success: true,
        sport: port,
      });
    }
  },
);

networkTest(
  "scan finds UPnP and BACnet devices, and what answers to a template",
  async (network) => {
    const addresses = ["198.18.4.1", "198.18.5.7", "198.19.255.255"];
    await using _server = await startScript(
      network.target,
      "responder.ts",
      addresses,
    );
    const scanOf = async (...args: string[]): Promise<Row[]> => {
      const rows = await scan(network, [...args, ...ERROR_PACE, ...addresses]);
      const found = rows.map(({ saddr }) => saddr).sort();
      assert.deepEqual(found, addresses, JSON.stringify(rows));
      assert.ok(rows.every(({ success }) => success === true));
      return rows;
    };
    for (const row of await scanOf("-M", "upnp", "-p", "1900")) {
      assert.equal(row.classification, "upnp");
      assert.equal(row.server, "test/1.0 UPnP/1.1");
      assert.equal(row.location, "http://203.0.113.1:8200/root.xml");
      assert.equal(row.cache_control, "max-age=1800");
      assert.equal(row.usn, "uuid:1::upnp:rootdevice");
    }
    for (const row of await scanOf("-M", "bacnet", "-p", "47808")) {
      assert.equal(row.classification, "bacnet");
      assert.match(String(row.udp_payload), /^810a0017.*c4020004d23f$/);
    }
    const template = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(template, "${DADDR} ${SPORT}");
      const args = ["--probe-args", `template:${template}`, "-p", "7"];
      for (const row of await scanOf("-M", "udp", ...args)) {
        const bytes = String(row.data).match(/../g)!;
        const text = String.fromCharCode(
          ...bytes.map((byte) => parseInt(byte, 16)),
        );
        assert.equal(text, `${row.saddr} ${row.dport}`);
      }
    } finally {
      await Deno.remove(template);
    }
  },
);

networkTest(
  "scan finds tunnel ends, and hosts whose kernel knows no tunnels",
  async (network) => {
    const limit = "/proc/sys/net/ipv4/icmp_ratelimit";
    await network.target.run("tee", [limit], "0\n");
    const args = ["-M", "ipip", "-p", "53", ...ERROR_PACE, TARGETS];
    const closed = await scan(network, args);
    assertAllAnswered(closed, {
      classification: "icmp-unreach",
      success: false,
      icmp_unreach_str: "protocol unreachable",
    });
    await using _server = await startScript(network.target, "tunnel_end.ts", [
      "up0",
      await interfaceIndex(network.target, "up0"),
    ]);
    const rows = await scan(network, args);
    assertAllAnswered(rows.filter(({ success }) => success === true), {
      classification: "udp",
      dport: 53,
      udp_pkt_size: 37,
      data: "474554202f20485454502f312e310d0a486f73743a207777770d0a0d0a",
    });
  },
);
