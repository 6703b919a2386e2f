import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { ConfigError } from "../base/mod.ts";
import {
  createCheckpoint,
  openCheckpoint,
  readCheckpoint,
} from "./open_checkpoint.ts";
import { TEST_CONTENT } from "./_test_content.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

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

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ConfigError) {
      return `${error.option}: ${error.message}`;
    }
    throw error;
  }
  throw new Error("Not refused");
}

Deno.test("a checkpoint has one user at a time, and can be read meanwhile", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/found.csv.pacemap`;
    const { state } = TEST_CONTENT;
    {
      using held = await createCheckpoint(path, TEST_CONTENT);
      await held.file.writeState({ ...state, rows: 18 });
      const inUse = /in use by a running scan/;
      assert.match(await refusal(openCheckpoint(path)), inUse);
      assert.match(await refusal(createCheckpoint(path, TEST_CONTENT)), inUse);
      const { isInUse, state: seen } = await readCheckpoint(path);
      assert.deepEqual([seen.rows, isInUse], [18, true]);
    }
    assert.equal((await readCheckpoint(path)).isInUse, false);
    using resumed = await openCheckpoint(path);
    assert.equal(resumed.state.rows, 18);
  });
});

Deno.test("createCheckpoint() replaces an older checkpoint, whatever its state, and nothing else", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/c`;
    const magic = "pacemap checkpoint\n";
    for (const old of ["", magic, `${magic}format 7\n`, magic.slice(0, 4)]) {
      await Deno.writeTextFile(path, old);
      (await createCheckpoint(path, TEST_CONTENT))[Symbol.dispose]();
      assert.equal((await readCheckpoint(path)).state.rows, 17);
    }
    await Deno.writeTextFile(path, "my thesis\n");
    assert.match(
      await refusal(createCheckpoint(path, TEST_CONTENT)),
      /^--checkpoint: Will not replace ".*c", which is no checkpoint/,
    );
    assert.equal(await Deno.readTextFile(path), "my thesis\n");
  });
});

Deno.test("openCheckpoint() and readCheckpoint() name what has no checkpoint in it", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/empty`, "");
    const cases: [string, RegExp][] = [
      [`${directory}/none`, /none: No such file$/],
      [directory, /Is a directory, no checkpoint$/],
      ["/dev/null", /^\/dev\/null: Is a device, no checkpoint$/],
      [`${directory}/empty`, /empty: Is empty, no checkpoint$/],
      [`${directory}/empty/x`, /Cannot use checkpoint/],
    ];
    for (const [path, message] of cases) {
      assert.match(await refusal(openCheckpoint(path)), message);
      assert.match(await refusal(readCheckpoint(path)), message);
    }
    assert.match(
      await refusal(createCheckpoint(`${directory}/no/where`, TEST_CONTENT)),
      /^--checkpoint: Cannot use checkpoint ".*where": no such file/,
    );
  });
});
