import assert from "node:assert/strict";
import { TestDirectory } from "./_test_directory.ts";
import { errorOf, make } from "./_test_scan_config.ts";

const SERVICES = `# ports by how often they are open
tcpmux	1/tcp	0.001995	# TCP Port Service Multiplexer
http	80/tcp	0.484143	# World Wide Web HTTP
http	80/udp	0.035767
https	443/tcp	0.208669
ssh	22/tcp	0.182286
domain	53/udp	0.213496
unknown	9/sctp	0.9
`;

async function portsOf(...args: string[]): Promise<number[]> {
  const { config } = await make("8.8.8.8", ...args);
  return [...config.targets.ipv4!.ports];
}

Deno.test("withPorts() takes the most frequent ports of the protocol of the probe", async () => {
  using directory = new TestDirectory();
  const file = ["--ports-file", directory.write("services", SERVICES)];
  assert.deepEqual(await portsOf(...file, "--top-ports", "3"), [80, 443, 22]);
  const udp = ["-M", "udp", "--probe-args", "text:x"];
  assert.deepEqual(await portsOf(...file, ...udp, "--top-ports", "1"), [53]);
  assert.deepEqual(await portsOf(...file, ...udp), [80, 53]);
  const error = await errorOf("8.8.8.8", ...file, "--top-ports", "5");
  assert.equal(error.option, "--top-ports");
  assert.match(
    error.message,
    /^5 is more than the 4 ports of tcp in .*services/,
  );
});

Deno.test("withPorts() reads lists of ports, a line of which may be several", async () => {
  using directory = new TestDirectory();
  const path = directory.write(
    "ports",
    "# web\n80, https\r\n\n8000-8002 # more\n80\n",
  );
  assert.deepEqual(await portsOf("--ports-file", path), [
    80,
    443,
    8000,
    8001,
    8002,
  ]);
  const bad = directory.write("bad", "80\nhtpp\n");
  const error = await errorOf("8.8.8.8", "--ports-file", bad);
  assert.equal(error.option, `${bad}:2`);
  assert.match(error.message, /"htpp": no port of this name/);
  const empty = directory.write("empty", "# none\n");
  assert.match(
    (await errorOf("8.8.8.8", "--ports-file", empty)).message,
    /No port of tcp in this --ports-file/,
  );
});

Deno.test("withPorts() refuses what conflicts", async () => {
  const conflict = await errorOf("8.8.8.8", "-p", "80", "--top-ports", "3");
  assert.equal(conflict.option, "--top-ports");
  assert.match(conflict.message, /Conflicts with --target-ports/);
  const without = await errorOf(
    "8.8.8.8",
    "-M",
    "icmp_echoscan",
    "--top-ports",
    "3",
  );
  assert.match(without.message, /has no ports/);
  for (const count of ["0", "65537", "ten"]) {
    const error = await errorOf("8.8.8.8", "--top-ports", count)
      .catch((thrown) => thrown);
    assert.equal(error.option, "--top-ports");
    assert.ok(error.message.includes(count));
  }
});
