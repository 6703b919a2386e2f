import assert from "node:assert/strict";
import { Network, TSHARK, XMLLINT } from "../../src/demo/mod.ts";
import { OUTPUT_FORMATS } from "../../src/output/mod.ts";
import { READERS } from "../fixtures/format_readers.ts";
import { runScan } from "./network_fixture.ts";
import { findSkipReason, testUnless } from "./skip.ts";

const SKIP_REASON = await findSkipReason([TSHARK, XMLLINT]);
/** Hosts, each with an open and a closed port. */
const HOSTS = 256;
/** Formats that write new successes whatever the filter says. */
const SUCCESSES_ONLY = ["hostport", "zgrab2", "lzr"];

testUnless(
  SKIP_REASON,
  "one scan writes all formats and its probes, each as its readers want it",
  async () => {
    await using network = await Network.create();
    await network.startWebServer();
    const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
    try {
      const pathOf = (name: string): string => `${directory}/${name}`;
      const names = OUTPUT_FORMATS.map(({ name }) => name);
      const { code, stderr } = await runScan(network, [
        ...names.flatMap((name) => ["-O", name, "-o", pathOf(name)]),
        ...["-p", "80,81", "-f", "saddr,sport,classification"],
        ...["--output-filter", "repeat = 0", "-r", "5000", "-c", "0.5"],
        ...["--loss-sample", "0", "--pcap-out", pathOf("probes")],
        "198.18.0.0/24",
      ]);
      assert.equal(code, 0, stderr);
      for (const name of names) {
        const count = await READERS[name]!(pathOf(name));
        const wanted = SUCCESSES_ONLY.includes(name) ? HOSTS : 2 * HOSTS;
        assert.equal(count, wanted, name);
      }
      assert.equal(await READERS["pcap"]!(pathOf("probes")), 2 * HOSTS);
      const files = [...Deno.readDirSync(directory)].map(({ name }) => name)
        // Which a scan may not remove that has given up root.
        .filter((name) =>
          !["sqlite-journal", "parquet.part", "csv.pacemap"].includes(name)
        );
      assert.deepEqual(files.sort(), [...names, "probes"].sort());
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);
