import assert from "node:assert/strict";
import { errorOf, make } from "./_test_scan_config.ts";

const TABLE = new URL("../../docs/zmap-differences.md", import.meta.url);

/** The words of a command line, as a shell splits them. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:"[^"]*"|[^\s"])+/g)]
    .map(([word]) => word.replaceAll('"', ""));
}

/** What a scan does, in short. */
async function outcomeOf(words: readonly string[]): Promise<string> {
  const { config } = await make(...words);
  const { dryRun, outputs, probe, send, targets } = config;
  const [output] = outputs;
  const probes = (targets.endPosition - targets.firstPosition) *
    probe.probesPerTarget;
  const rate = send.bandwidthBps === null
    ? `${send.ratePps} packets/s`
    : `${send.bandwidthBps / 1e6} Mbit/s`;
  return [
    `${dryRun === null ? "" : "prints "}${probes} probes of ${probe.module}`,
    rate,
    `${output!.format} with ${output!.fields.join(", ")}`,
  ].join("; ");
}

Deno.test("docs/zmap-differences.md says of each line what it gives", async () => {
  const text = await Deno.readTextFile(TABLE);
  const rows = [...text.matchAll(/^\| `zmap (.*?)` +\| (.*?) +\|$/gm)];
  assert.ok(rows.length >= 10, `${rows.length} rows`);
  for (const [, line = "", gives = ""] of rows) {
    const words = wordsOf(line);
    if (gives.startsWith("error: ")) {
      const { message, option } = await errorOf(...words);
      assert.equal(gives, `error: \`${option}\`: ${message}`);
    } else assert.equal(gives, await outcomeOf(words), line);
  }
});
