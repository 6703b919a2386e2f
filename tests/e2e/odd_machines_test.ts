import assert from "node:assert/strict";
import { networkTest, runPacemap } from "./network_fixture.ts";

const SCAN = [
  ...["-M", "icmp_echoscan", "-b", "/dev/null", "-c", "0.5", "-r", "1000"],
  ...["--loss-sample", "0", "198.18.7.0/28"],
];

/** A shell script as a wrapper; it runs the program by `exec "$@"`. */
function wrapper(script: string): string[] {
  return ["unshare", "--mount", "sh", "-euc", script, "sh"];
}

networkTest(
  "A scan runs on one processor, with CAP_NET_RAW alone, without a terminal, and where nothing can be written",
  async (network) => {
    const script = `
      mount -o remount,ro,bind /
      first=$(taskset -cp $$ | sed 's/.*: *\\([0-9]*\\).*/\\1/')
      exec setsid --wait taskset -c "$first" setpriv --bounding-set -all,+net_raw \
        --inh-caps -all,+net_raw --no-new-privs env -u TERM -u HOME "$@" <&-`;
    const scan = await runPacemap(
      network.scanner,
      [...SCAN, "-f", "saddr"],
      wrapper(script),
    );
    assert.equal(scan.code, 0, scan.stderr);
    const rows = scan.stdout.trim().split("\n").slice(1);
    assert.equal(new Set(rows).size, 16, scan.stderr);
    assert.equal(rows.length, 16);
  },
);

networkTest(
  "A limit of open files that is too low is said before anything is sent or written",
  async (network) => {
    const script = 'ulimit -n 28; exec "$@"';
    await network.countProbes();
    for (const args of [SCAN, [...SCAN, "--dryrun", "--sender-threads", "2"]]) {
      const scan = await runPacemap(network.scanner, args, wrapper(script));
      assert.equal(scan.code, 3, scan.stderr);
      assert.equal(scan.stdout, "");
      assert.match(
        scan.stderr,
        /pacemap: open-files: Only 28 files may be open, of which \d+ are; \d+ more are needed\n {2}Raise the limit: ulimit -n 1024\n$/,
      );
    }
    assert.equal((await network.probeCount()).probes, 0);
  },
);
