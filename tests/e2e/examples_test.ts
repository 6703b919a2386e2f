import assert from "node:assert/strict";
import { DEMO_REQUIREMENTS, NSENTER } from "../../src/demo/mod.ts";
import { inNamespaces } from "./namespace.ts";
import { findSkipReason, testUnless } from "./skip.ts";

function example(name: string, ...words: string[]): string[] {
  const path = new URL(`../../examples/${name}`, import.meta.url).pathname;
  const flags = ["--no-check", "--no-prompt", "--allow-ffi"];
  return [Deno.execPath(), "run", ...flags, path, ...words];
}

Deno.test("examples/probe.ts builds a probe and reads it again", async () => {
  const { code, stderr, stdout } = await new Deno.Command(NSENTER, {
    args: example("probe.ts", "198.51.100.9", "8443"),
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  assert.equal(code, 0, decoder.decode(stderr));
  const text = decoder.decode(stdout);
  assert.match(text, /^52 bytes to 198\.51\.100\.9 \{/);
  assert.match(text, /destinationPort: 8443,/);
  assert.match(text, /sourcePort: 40000,/);
  assert.match(text, /flags: 2,/);
});

testUnless(
  await findSkipReason(DEMO_REQUIREMENTS),
  "examples/capture.ts prints the packets that pass its filter",
  async () => {
    const script = `
bash -c 'while sleep 0.05; do echo 123 >/dev/udp/127.0.0.9/9; done' &
exec "$@"`;
    const words = ["lo", "udp and dst host 127.0.0.9", "2"];
    const { code, stderr, stdout } = await inNamespaces(
      script,
      example("capture.ts", ...words),
    );
    assert.equal(code, 0, stderr);
    const lines = stdout.trimEnd().split("\n");
    assert.equal(lines.length, 2, stdout);
    for (const line of lines) {
      assert.match(line, /^\d{10} 46 bytes 127\.0\.0\.1 > 127\.0\.0\.9$/);
    }
  },
);
