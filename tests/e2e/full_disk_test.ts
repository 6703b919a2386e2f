import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { readCheckpoint } from "../../src/checkpoint/mod.ts";
import { networkTest, startPacemap } from "./network_fixture.ts";
import { GrowingText, until } from "./until.ts";

const ENDED_EARLY = 1;
const TARGETS = 4096;
/** Rows and checkpoint share a disk that has room for a part of either. */
const SCRIPT = `mkdir "$0/disk"; mount -t tmpfs -o size=256k none "$0/disk"
  head -c 205000 /dev/zero >"$0/disk/filler"
  "$@" -o "$0/disk/found" --output-wait 0 -M icmp_echoscan -r 3000 -c 0.5 \\
    -b /dev/null --loss-sample 0 --checkpoint-interval 0.2 198.18.0.0/20
  echo "first: $?" >&2; cp "$0/disk/found" "$0/first"
  truncate -s 190000 "$0/disk/filler"
  (until [ -e "$0/go" ]; do sleep 0.1; done; rm "$0/disk/filler") &
  "$@" resume "$0/disk/found.pacemap" --output-wait=600 -u "$0/status" \\
    -m "$0/metadata"
  code=$?; cp "$0/disk/found" "$0/found"
  cp "$0/disk/found.pacemap" "$0/left" || true; exit $code`;

networkTest(
  "a full disk ends a scan so that it can be resumed, and one that waits for space goes on where it stopped",
  async (network) => {
    using directory = new TestDirectory();
    const { path } = directory;
    await network.countProbes();
    const child = startPacemap(network.scanner, [], [
      ...["unshare", "--mount", "sh", "-c", SCRIPT, path],
    ]);
    const stderr = new GrowingText(child.stderr);
    const stdout = new Response(child.stdout).text();
    // Of the second run: the last status line of the first may say the same.
    const lines = (pattern: RegExp): number =>
      stderr.soFar.split("\nfirst: ").at(1)?.match(pattern)?.length ?? 0;
    const waiting = /waiting: the disk of ".*\/found" is full \(No space/g;
    await until(child, () => lines(waiting) >= 1);
    const held = await network.probeCount();
    await until(child, () => lines(waiting) >= 3);
    assert.deepEqual(await network.probeCount(), held);
    assert.ok(held.probes - held.repeated < TARGETS, JSON.stringify(held));
    Deno.writeTextFileSync(`${path}/go`, "");
    const { code } = await child.status;
    const [text] = await Promise.all([stderr.whole, stdout]);
    assert.equal(code, 0, text);
    assert.match(text, new RegExp(`^first: ${ENDED_EARLY}$`, "m"));
    assert.match(text, /found": No space left on device; [\d,]+ rows? lost/);
    assert.equal(lines(/: sending pauses, for up to 600 s/g), 1, text);
    assert.equal(lines(/found" has space again after/g), 1, text);
    // What the first run has left are whole rows.
    assert.match(read(path, "first"), /^(198\.18\.\d+\.\d+\n)+$/);
    const rows = read(path, "found").trimEnd().split("\n");
    assert.equal(rows.length, TARGETS);
    assert.equal(new Set(rows).size, TARGETS);
    const metadata = JSON.parse(read(path, "metadata"));
    assert.equal(metadata.exit_reason, "completed");
    assert.equal(metadata.ledger.output.lostRows, 0);
    // Who has given up root cannot remove it; then it has no list of those that have answered.
    if (directory.names().includes("left")) {
      assert.match(text, /Cannot remove checkpoint .*: permission denied; it/);
      const { state } = await readCheckpoint(`${path}/left`);
      assert.equal(state.phase, "done");
      assert.ok(Deno.statSync(`${path}/left`).size < 2_200_000);
    }
    assert.match(read(path, "status"), /,"?the disk of .* is full \(No space/);
  },
);

function read(directory: string, name: string): string {
  return Deno.readTextFileSync(`${directory}/${name}`);
}
