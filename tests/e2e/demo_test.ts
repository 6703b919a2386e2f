import assert from "node:assert/strict";
import { networkTest, runPacemap, startPacemap } from "./network_fixture.ts";

networkTest("demo finds every host of its own network", async (network) => {
  const demo = await runPacemap(network.scanner, ["demo"]);
  assert.equal(demo.code, 0, demo.stderr);
  assert.match(demo.stdout, /131,072 of 131,072 hosts found/);
  assert.match(
    demo.stdout,
    /counted 13[0-9],[0-9]{3} probes: one to each of 131,072 hosts/,
  );
  assert.match(demo.stdout, /The test network is removed\.\n$/);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  networkTest(`demo removes its network on ${signal}`, async (network) => {
    const child = startPacemap(network.scanner, ["demo"]);
    const errors = new Response(child.stderr).text();
    let text = "";
    let isSent = false;
    for await (
      const part of child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      text += part;
      if (isSent || !/^198\.1[89]\.\d+\.\d+,/m.test(text)) continue;
      isSent = true;
      child.kill(signal);
    }
    const { code } = await child.status;
    assert.equal(code, 1, await errors);
    assert.match(text, /The test network is removed\.\n$/);
  });
}

networkTest("demo takes no arguments", async (network) => {
  const demo = await runPacemap(network.scanner, ["demo", "fast"]);
  assert.equal(demo.code, 2);
  assert.match(demo.stderr, /"fast"/);
});
