import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { openSystemLibc } from "../../ffi/system_call.ts";
import { ConfigError } from "../base/mod.ts";
import { VIEW } from "./_test_view.ts";
import { type LaterUser, MetricsFile } from "./metrics_file.ts";
import type { Shown } from "./watch_site.ts";

// They stay open with the thread, which Deno 2.6 takes for a leak of the test that opens them.
completeLibc();
openSystemLibc();

const FAILED = (text: string): never => assert.fail(text);
const NOBODY: LaterUser = { userId: 65_534, groupId: 65_534 };
/** Stands for the end of a file. */
const END = "<end>";

/** Runs `use` with the path of a file in a directory of its own. */
async function inDirectory(
  use: (path: string, directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
  try {
    await use(`${directory}/pacemap.prom`, directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Views of which all counts are the same, and of very different lengths from one to the next. */
function shownOf(moment: number): Shown {
  const count = moment % 2 === 0 ? moment : 1e15 + moment;
  const counts = { packets_sent: count, hits: count, rows: count };
  return { view: { ...VIEW, ...counts }, ledger: {} };
}

/** What a reader sees that reads by pieces of 4 KiB, while another moment is shown between the first and the second. */
async function readWhileWritten(
  path: string,
  laterUser: LaterUser | null,
): Promise<readonly string[]> {
  const file = MetricsFile.open(path, { laterUser, onFault: FAILED });
  assert.equal(file.exchangesIn !== null, laterUser === null);
  const texts: string[] = [];
  for (let moment = 1; moment <= 6; moment++) {
    file.show(shownOf(moment));
    await file.settled();
    using open = await Deno.open(path);
    let text = await readPiece(open);
    file.show(shownOf(10 + moment));
    await file.settled();
    while (!text.endsWith(END)) text += await readPiece(open);
    texts.push(text);
  }
  await file.finish(shownOf(2));
  return [...texts, await Deno.readTextFile(path)];
}

/** The next piece; `END` at the end. */
async function readPiece(file: Deno.FsFile): Promise<string> {
  const piece = new Uint8Array(4096);
  const count = await file.read(piece);
  return count === null
    ? END
    : new TextDecoder().decode(piece.subarray(0, count));
}

function countsOf(text: string): string[] {
  const names = /^pacemap_(?:packets_sent|hits|rows)_total +(\S+)$/gm;
  return [...text.matchAll(names)].map(([, value]) => value!);
}

Deno.test("MetricsFile shows whole figures of one moment, even if others are written meanwhile", async () => {
  await inDirectory(async (path, directory) => {
    await Deno.writeTextFile(path, "old\n".repeat(10_000));
    const texts = await readWhileWritten(path, null);
    for (const [i, text] of texts.entries()) {
      const { packets_sent: count } = shownOf(i === 6 ? 2 : i + 1).view;
      assert.deepEqual(countsOf(text), [count, count, count].map(String));
      assert.doesNotMatch(text, /^old$/m);
    }
    const names = [...Deno.readDirSync(directory)].map(({ name }) => name);
    assert.deepEqual(names, ["pacemap.prom"]);
  });
});

Deno.test("MetricsFile leaves links: where the file is, its name is exchanged, and nobody's link is followed", async () => {
  await inDirectory(async (path, directory) => {
    const real = `${directory}/real/pacemap.prom`;
    await Deno.mkdir(`${directory}/real`);
    await Deno.writeTextFile(real, "");
    await Deno.symlink(real, path);
    const victim = `${directory}/victim`;
    await Deno.writeTextFile(victim, "precious");
    await Deno.symlink(victim, `${real}.next`);
    const texts = await readWhileWritten(path, null);
    assert.deepEqual(countsOf(texts.at(-1)!), ["2", "2", "2"]);
    assert.equal(await Deno.readLink(path), real);
    assert.equal(await Deno.readTextFile(victim), "precious");
    const names = [...Deno.readDirSync(`${directory}/real`)];
    assert.deepEqual(names.map(({ name }) => name), ["pacemap.prom"]);
  });
});

Deno.test("MetricsFile that may not rename later shows whole lines", async () => {
  await inDirectory(async (path) => {
    await Deno.writeTextFile(path, "old\n".repeat(10_000));
    const texts = await readWhileWritten(path, NOBODY);
    let mixed = 0;
    for (const text of texts) {
      const counts = countsOf(text);
      assert.equal(counts.length, 3);
      mixed += Number(new Set(counts).size > 1);
      for (const count of counts) assert.match(count, /^\d\d?$|^1\d{15}$/);
      for (const line of text.replace(END, "").split("\n")) {
        assert.match(line, /^$|^# (?:HELP|TYPE) |^pacemap_\S.* \S+$/);
      }
    }
    // Otherwise this test has shown nothing.
    assert.ok(mixed > 0);
    assert.deepEqual(countsOf(texts.at(-1)!), ["2", "2", "2"]);
  });
});

Deno.test("MetricsFile says what it cannot write, before the scan and once while it runs", async () => {
  await inDirectory(async (path, directory) => {
    for (const wrong of [directory, `${directory}/no/file`, "/dev/null"]) {
      assert.throws(
        () => MetricsFile.open(wrong, { laterUser: null, onFault: FAILED }),
        (error) =>
          error instanceof ConfigError && error.option === "--metrics-file" &&
          error.message.includes(wrong),
      );
    }
    const faults: string[] = [];
    const file = MetricsFile.open(path, {
      laterUser: null,
      onFault: (text) => faults.push(text),
    });
    await Deno.remove(path);
    for (let i = 0; i < 3; i++) {
      file.show({ view: VIEW, ledger: {} });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await file.finish({ view: VIEW, ledger: {} });
    assert.equal(faults.length, 1);
    assert.match(faults[0]!, /cannot write ".*pacemap.prom": Cannot exchange/);
  });
});
