import assert from "node:assert/strict";
import { ConfigError } from "../../base/mod.ts";
import { readArguments, splitArguments } from "../arguments.ts";
import { OPTIONS } from "../options.ts";
import { MASSCAN_SOURCES } from "./command.ts";
import { MASSCAN_OPTIONS } from "./options.ts";
import { translateMasscan, type Translation } from "./translate.ts";

const CONF = `# resume information
rate = 500.00
ports = 80,443
range = 192.0.2.0/24
seed = 7
`;

function translate(line: string): Promise<Translation> {
  return translateMasscan(line.split(" ").filter((word) => word !== ""), {
    ...MASSCAN_SOURCES,
    readText: () => Promise.resolve(CONF),
  });
}

async function errorOf(line: string): Promise<ConfigError> {
  try {
    await translate(line);
  } catch (error) {
    assert.ok(error instanceof ConfigError, line);
    return error;
  }
  throw new Error(`no error: ${line}`);
}

Deno.test("translateMasscan() takes ports, rate, targets and output over", async () => {
  const { isEcho, warnings, words } = await translate(
    "-p80,8000-8002 192.0.2.0/24,198.51.100.7 --max-rate 1000 -oJ f.json -e eth1",
  );
  assert.deepEqual(words, [
    "--target-ports=80,8000-8002",
    "--blocklist-file=/dev/null",
    "--rate=1000",
    "--cooldown-time=10",
    "--output-module=masscan-json",
    "--output-file=f.json",
    "--interface=eth1",
    ...["--", "192.0.2.0/24", "198.51.100.7"],
  ]);
  assert.deepEqual([isEcho, warnings], [false, []]);
});

Deno.test("translateMasscan() counts shards from 1, and retries as further probes", async () => {
  const { words } = await translate(
    "--ping --shard 2/3 --seed=9 --retries 2 --wait 3 -iL l --exclude 192.0.2.1 --exclude 192.0.2.7-192.0.2.9 --exclude-file b --echo",
  );
  assert.deepEqual(words, [
    "--probe-module=icmp_echoscan",
    "--blocklist-file=b",
    "--exclude=192.0.2.1",
    "--exclude=192.0.2.7-192.0.2.9",
    ...["--rate=100", "--cooldown-time=3", "--probes=3"],
    ...["--shards=3", "--shard=1", "--seed=9"],
    ...["--output-module=masscan-list", "--allowlist-file=l", "--"],
  ]);
  assert.ok((await translate("--ping --echo 192.0.2.1")).isEcho);
});

Deno.test("translateMasscan() takes the payload of a UDP port, and one kind of probe", async () => {
  const dns = await translate("-pU:53 192.0.2.1");
  assert.deepEqual(dns.words.slice(0, 3), [
    "--probe-module=udp",
    "--target-ports=53",
    "--probe-args=payload:dns_53",
  ]);
  const unknown = await translate("-p U:1 192.0.2.1");
  assert.match(unknown.warnings[0]!, /^No payload is known for UDP port 1;/);
  assert.match(
    (await errorOf("-p80,U:53,T:81 192.0.2.1")).remedy,
    /^Scan in turn: pacemap masscan -p 80-81 …; pacemap masscan -p U:53 …$/,
  );
  assert.equal((await errorOf("--ping -p80 192.0.2.1")).option, "--ping");
  assert.match((await errorOf("-pU:53,123 192.0.2.1")).message, /same UDP pay/);
  assert.match((await errorOf("-pS:36412 192.0.2.1")).message, /"S:"/);
});

Deno.test("translateMasscan() leaves ports out, and reads a file of options", async () => {
  const { words } = await translate("-p80-83 --exclude-ports 81 192.0.2.1");
  assert.equal(words[0], "--target-ports=80,82-83");
  const saved = await translate("-c paused.conf --rate 7");
  assert.deepEqual(
    saved.words.filter((word) => /ports|rate|seed|192/.test(word)),
    ["--target-ports=80,443", "--rate=7", "--seed=7", "192.0.2.0/24"],
  );
});

Deno.test("translateMasscan() keeps the built-in blocklist in scans of wide prefixes", async () => {
  for (const line of ["-p80 0.0.0.0/0", "-p80"]) {
    const { warnings, words } = await translate(line);
    assert.ok(!words.some((word) => word.startsWith("--blocklist-file")));
    assert.match(warnings[0]!, /^Private and special-purpose addresses/);
  }
});

Deno.test("translateMasscan() refuses what would change the results, and warns of the rest", async () => {
  for (
    const [line, option, text] of [
      ["-p80 --banners 192.0.2.1", "--banners", /no banners/],
      ["--readscan f", "--readscan", /binary files/],
      ["-p80 -oB f 192.0.2.1", "-oB", /binary format/],
      ["-p80 --resume paused.conf", "--resume", /checkpoints/],
      ["-p80 --wait forever 192.0.2.1", "--wait", /ends/],
      ["-p80 --shard 4/3 192.0.2.1", "--shard", /"4\/3"/],
      ["192.0.2.1", "--ports", /No port/],
      ["-p80 --bannres 192.0.2.1", "--bannres", /Unknown option of masscan/],
      ["-p80 -oX a -oJ b 192.0.2.1", "-o", /More than one output/],
      ["-p80 --retries", "--retries", /missing/],
    ] as const
  ) {
    const error = await errorOf(line);
    assert.equal(error.option, option, line);
    assert.match(error.message, text);
    assert.notEqual(error.remedy, "", line);
  }
  const { warnings } = await translate("-p80 --packet-trace 192.0.2.1");
  assert.match(warnings[0]!, /^--packet-trace has no effect: /);
});

Deno.test("MASSCAN_OPTIONS lead to options that exist", () => {
  const names = new Set(Object.values(OPTIONS).map(({ long }) => long));
  for (const [name, rule] of Object.entries(MASSCAN_OPTIONS)) {
    assert.equal(name, name.toLowerCase().replaceAll("-", ""));
    if (rule.kind === "same" && rule.option !== "top-ports") {
      assert.ok(names.has(rule.option), name);
    }
  }
});

Deno.test("docs/masscan-differences.md says of each line what it gives", async () => {
  const text = await Deno.readTextFile(
    new URL("../../../docs/masscan-differences.md", import.meta.url),
  );
  const rows = [...text.matchAll(/^\| `masscan (.*?)` +\| (.*?) +\|$/gm)];
  assert.ok(rows.length >= 10, `${rows.length} rows`);
  for (const [, line = "", result = ""] of rows) {
    const gives = /^`pacemap (.*?)`/.exec(result)?.[1];
    if (gives === undefined) {
      const { message, option } = await errorOf(line);
      assert.ok(result.startsWith(`error: \`${option}\`: ${message}`), line);
      continue;
    }
    const { words } = await translate(line);
    assert.equal(words.join(" ").replace(/ --$/, ""), gives, line);
    readArguments(splitArguments(words));
  }
});
