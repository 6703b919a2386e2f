import assert from "node:assert/strict";
import { OutputWatch, type WatchedFile } from "./output_watch.ts";

type Fake = { -readonly [K in keyof WatchedFile]: WatchedFile[K] };

interface Scene {
  readonly file: Fake;
  readonly watch: OutputWatch;
  readonly abort: AbortController;
  readonly said: string[];
  readonly abandoned: string[];
  /** Lets time pass up to `toS`, with ten looks a second. */
  pass(toS: number): void;
}

function makeScene(isImpatient = false): Scene {
  const said: string[] = [];
  const abandoned: string[] = [];
  const abort = new AbortController();
  const file: Fake = {
    name: '"pipe"',
    status: "open",
    isBusy: false,
    pendingBytes: 0,
    shortage: null,
    writtenBytes: 0,
    missingBytes: 0,
    isDeleted: false,
    isMoved: false,
    inspect: () => Promise.resolve(),
    abandon: (reason) => {
      abandoned.push(reason);
      file.status = "failed";
    },
  };
  const warn = (text: string, properties: Record<string, unknown>): void =>
    void said.push(
      text.replaceAll(/\{(\w+)\}/g, (_, name) => String(properties[name])),
    );
  const watch = new OutputWatch({
    files: [file],
    signal: abort.signal,
    logger: { info: warn, warn } as never,
    isImpatient,
    spaceWaitS: 60,
  });
  let ticks = 0;
  return {
    file,
    watch,
    abort,
    said,
    abandoned,
    pass: (toS) => {
      for (; ticks <= toS * 10; ticks++) watch.update(ticks / 10);
    },
  };
}

function stick(file: Fake): void {
  file.isBusy = true;
  file.pendingBytes = 5000;
}

Deno.test("OutputWatch waits for a reader as long as no signal comes, and says so once", () => {
  const { abandoned, file, pass, said } = makeScene();
  pass(10);
  assert.deepEqual(said, []);
  stick(file);
  pass(11.5);
  assert.deepEqual(said, []);
  pass(3600);
  assert.deepEqual(said, [
    'output: waiting for "pipe" to take 5,000 bytes; Ctrl-C ends the scan',
  ]);
  assert.deepEqual(abandoned, []);
  file.writtenBytes += 100;
  pass(3610);
  assert.equal(said.length, 2);
});

Deno.test("OutputWatch gives up a stuck reader 5 s after a signal, and one that reads little after 30 s", () => {
  const stuck = makeScene();
  stick(stuck.file);
  stuck.pass(100);
  stuck.abort.abort("stopped by SIGTERM");
  stuck.pass(104.9);
  assert.deepEqual(stuck.abandoned, []);
  assert.match(stuck.said.at(-1)!, /up to 5 s .* a second Ctrl-C ends at once/);
  stuck.pass(106);
  assert.deepEqual(stuck.abandoned, ["it took nothing for 5 s"]);
  assert.equal(stuck.said.length, 2);

  const slow = makeScene();
  stick(slow.file);
  slow.abort.abort("stopped by SIGINT");
  for (let second = 1; second < 30; second++) {
    slow.file.writtenBytes += 10;
    slow.pass(second);
  }
  assert.deepEqual(slow.abandoned, []);
  for (let second = 30; second < 40; second++) {
    slow.file.writtenBytes += 10;
    slow.pass(second);
  }
  assert.deepEqual(slow.abandoned, ["it did not take all within 30 s"]);
});

Deno.test("OutputWatch that is impatient needs no signal", () => {
  const { abandoned, file, pass } = makeScene(true);
  pass(1);
  stick(file);
  pass(5.5);
  assert.deepEqual(abandoned, []);
  pass(7);
  assert.equal(abandoned.length, 1);
});

Deno.test("OutputWatch looks at files every 5 s, and tells once what others did to them", () => {
  const { file, pass, said } = makeScene();
  let looks = 0;
  file.inspect = () => {
    looks++;
    return Promise.resolve();
  };
  pass(20.5);
  assert.equal(looks, 4);
  file.isMoved = true;
  file.missingBytes = 100;
  pass(30);
  assert.deepEqual(said, [
    'output: "pipe" was renamed by someone else, and is still written to',
    'output: "pipe" was cut by someone else: rows are lost',
  ]);
});

Deno.test("OutputWatch holds the scan while a disk is full, and gives the output up in the end", () => {
  const { abandoned, file, pass, said, watch } = makeScene();
  pass(10);
  assert.ok(!watch.isHeld);
  stick(file);
  file.shortage = new Error("No space left on device (os error 28)");
  assert.ok(watch.isHeld);
  assert.equal(
    watch.text,
    'the disk of "pipe" is full (No space left on device)',
  );
  pass(50);
  file.shortage = null;
  file.writtenBytes += 100;
  assert.ok(!watch.isHeld);
  pass(50.2);
  file.shortage = new Error("Disk quota exceeded (os error 122)");
  pass(110);
  assert.deepEqual(abandoned, []);
  pass(110.5);
  assert.deepEqual(abandoned, ["its disk is full"]);
  assert.equal(said.length, 3, said.join("\n"));
  assert.match(said[0]!, /device\): sending pauses, for up to 60 s; make room/);
  assert.match(said[1]!, /^output: "pipe" has space again after 40\.\d s$/);
  assert.match(said[2]!, /disk of "pipe" is full \(Disk quota exceeded\)/);
});

Deno.test("OutputWatch gives up a full disk 5 s after a signal", () => {
  const { abandoned, abort, file, pass } = makeScene();
  stick(file);
  file.shortage = new Error("full");
  pass(10);
  abort.abort("stopped by SIGINT");
  pass(14);
  assert.deepEqual(abandoned, []);
  pass(16);
  assert.deepEqual(abandoned, ["it took nothing for 5 s"]);
});
