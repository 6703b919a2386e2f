import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { ConfigError } from "../base/mod.ts";
import { openCheckpoint } from "../checkpoint/mod.ts";
import { TEST_CONTENT } from "../checkpoint/_test_content.ts";
import { effectiveUserId } from "../link/mod.ts";
import type { ScanConfig } from "./config.ts";
import { openMemento } from "./resume.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

const FRESH = { resumed: null, ratePps: 1000 };
/** Of "saddr\n1.2.3.4\n", by `sha256sum`. */
const DIGEST =
  "93994be36f5c4228253fdc3bd2d2cf47f4fbf6df262c36730cdc7112a53807f8";

async function inDirectory(
  run: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
  try {
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** As much of a configuration as a checkpoint is made from. */
function configFor(directory: string): ScanConfig {
  return {
    targets: { firstPosition: 20, endPosition: 50, ipv4: {}, ipv6: {} },
    dedup: { method: "full" },
    probe: { probesPerTarget: 2 },
    send: { senders: 1, cooldownMs: 8000 },
    outputs: [{
      path: `${directory}/rows`,
      format: "csv",
      fields: ["saddr"],
      hasHeader: true,
    }],
    checkpoint: {
      path: `${directory}/rows.pacemap`,
      isNamed: false,
      intervalS: 5,
      job: TEST_CONTENT.job,
      args: [],
    },
  } as unknown as ScanConfig;
}

Deno.test("openMemento() makes a checkpoint of the whole scan, which goes with a scan that does not begin", async () => {
  await inDirectory(async (directory) => {
    const config = configFor(directory);
    const { path } = config.checkpoint!;
    {
      using memento = await openMemento(config, FRESH);
      assert.equal(memento!.rest, null);
      assert.deepEqual(memento!.held.state.work.planned, [
        [{ first: 20, end: 50 }],
        [{ first: 20, end: 50 }],
      ]);
    }
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    {
      using memento = await openMemento(config, FRESH);
      memento!.begin();
    }
    using held = await openCheckpoint(path);
    assert.equal(held.state.outputs[0]!.path, `${directory}/rows`);
    assert.equal(
      await openMemento({ ...config, checkpoint: null }, FRESH),
      null,
    );
  });
});

Deno.test("openMemento() does without a checkpoint that cannot be written, unless it is named", async () => {
  await inDirectory(async (directory) => {
    const config = configFor(`${directory}/none`);
    assert.equal(await openMemento(config, FRESH), null);
    const checkpoint = { ...config.checkpoint!, isNamed: true };
    await assert.rejects(
      openMemento({ ...config, checkpoint }, FRESH),
      ConfigError,
    );
  });
});

Deno.test("openMemento() takes in the journal, and refuses outputs that lack what the checkpoint knows", async () => {
  await inDirectory(async (directory) => {
    const config = configFor(directory);
    const rows = `${directory}/rows`;
    {
      using memento = await openMemento(config, FRESH);
      const { held, journal } = memento!;
      memento!.begin();
      journal.add({ first: 9, second: 80, isFailure: false, isIpv6: false });
      journal.add({ first: 8, second: 81, isFailure: true, isIpv6: true });
      await held.file.writeJournal(0, journal.since(0));
      await held.file.writeState({
        ...held.state,
        journalEntries: 2,
        outputs: [{
          path: rows,
          format: "csv",
          offsetBytes: 14,
          digest: DIGEST,
          owner: 1234,
        }],
      });
    }
    const refusal = async (changed: ScanConfig): Promise<string> => {
      using held = await openCheckpoint(config.checkpoint!.path);
      try {
        await openMemento(changed, { resumed: held, ratePps: 1000 });
      } catch (error) {
        if (error instanceof ConfigError) return error.message;
        throw error;
      }
      return "";
    };
    assert.match(await refusal(config), /rows" has gone, of 14/);
    await Deno.writeTextFile(rows, "saddr\n1.2");
    assert.match(await refusal(config), /rows" has 9 bytes, of 14/);
    await Deno.writeTextFile(rows, "saddr\n1.2.3.5\n");
    assert.match(await refusal(config), /rows" is not as .* knows it: its fir/);
    await Deno.writeTextFile(rows, "sport\n1.2.3.4\n");
    assert.match(
      await refusal(config),
      /begins with "sport", not with its header "saddr"/,
    );
    await Deno.remove(rows);
    await Deno.mkdir(rows);
    assert.match(await refusal(config), /rows" is a directory now/);
    await Deno.remove(rows);
    const [output] = config.outputs;
    const other = { ...config, outputs: [{ ...output!, path: "/else" }] };
    assert.match(await refusal(other), /rows" there, "\/else" now/);
    await Deno.writeTextFile(rows, "saddr\n1.2.3.4\n1.2");
    if (effectiveUserId() === 0) {
      await Deno.chown(rows, 4321, null);
      assert.match(
        await refusal(config),
        /rows" belongs to user 4321, and to user 1234 when it was written/,
      );
      await Deno.chown(rows, 0, null);
    }
    using held = await openCheckpoint(config.checkpoint!.path);
    const memento = await openMemento(config, {
      resumed: held,
      ratePps: 1000,
    });
    assert.deepEqual(memento!.keptOutputs, [{ keptBytes: 14, memory: [] }]);
    assert.equal(memento!.digests[0]!.hex, DIGEST);
    assert.deepEqual([...memento!.answeredBefore!], [
      ...[9, 80],
      ...[8, 81 | (1 << 16) | (1 << 17)],
    ]);
    assert.equal(memento!.journal.end, 2);
  });
});
