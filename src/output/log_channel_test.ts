import assert from "node:assert/strict";
import { LogChannel } from "./log_channel.ts";

/** A sink that takes what the test allows. */
class GatedSink {
  text = "";
  isClosed = false;
  error: Error | null = null;
  /** Bytes that it takes before `error` comes. */
  spaceBytes = Infinity;
  #gate: PromiseWithResolvers<void> | null = null;

  shut(): void {
    this.#gate = Promise.withResolvers();
  }

  open(): void {
    this.#gate?.resolve();
    this.#gate = null;
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.#gate?.promise;
    const length = Math.min(bytes.length, this.spaceBytes);
    if (length === 0) throw this.error!;
    this.spaceBytes -= length;
    this.text += new TextDecoder().decode(bytes.subarray(0, length));
    return length;
  }

  close(): void {
    this.isClosed = true;
  }
}

interface Scene {
  readonly sink: GatedSink;
  readonly channel: LogChannel;
  readonly failures: unknown[];
  /** Times that the end was waited for. */
  rests: number;
}

function makeScene(columns: number | null = null, isOnDisk = false): Scene {
  const sink = Object.assign(new GatedSink(), { isOnDisk });
  const failures: unknown[] = [];
  const channel = new LogChannel({
    sink,
    columns: columns === null ? null : () => columns,
    formatNotice: (text) => `notice: ${text}`,
    onFailure: (error) => failures.push(error),
    rest: async (_, until) => {
      scene.rests++;
      await Promise.race([until, turns(10)]);
    },
  });
  const scene: Scene = { sink, channel, failures, rests: 0 };
  return scene;
}

/** Lets everything happen that is ready, so many times. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

Deno.test("LogChannel keeps the order of log lines, status lines and summary", async () => {
  const { channel, sink } = makeScene();
  channel.log("one", 3);
  channel.status("status");
  channel.log("two", 0);
  channel.lines(["sum", "mary"]);
  await channel.close();
  await channel.close();
  assert.equal(sink.text, "one\nstatus\ntwo\nsum\nmary\n");
  assert.ok(sink.isClosed);
  assert.equal(channel.lostLines, 0);
  channel.log("late", 5);
  assert.equal(sink.text, "one\nstatus\ntwo\nsum\nmary\n");
});

Deno.test("LogChannel rewrites the status line of a terminal that is wide enough", async () => {
  const { channel, sink } = makeScene(10);
  channel.status("first");
  channel.status("second");
  channel.log("log", 3);
  channel.status("third");
  channel.finish();
  channel.finish();
  channel.status("longer than that");
  channel.log("end", 3);
  await channel.close();
  assert.equal(
    sink.text,
    "\r\x1b[Kfirst\r\x1b[Ksecond\r\x1b[Klog\n\r\x1b[Kthird\nlonger than that\nend\n",
  );
});

Deno.test("LogChannel never waits; drops status lines, then the least severe, and says how many", async () => {
  const { channel, sink } = makeScene();
  sink.shut();
  channel.log("under way", 3);
  const long = "x".repeat(1000);
  channel.log("severe", 4);
  for (let i = 0; i < 10; i++) channel.status(`status ${i} ${long}`);
  for (let i = 0; i < 500; i++) channel.log(`info ${i} ${long}`, 3);
  channel.lines(["summary"]);
  assert.ok(channel.lostLines > 200 && channel.lostLines < 300);
  const { lostLines } = channel;
  assert.equal(sink.text, "");
  sink.open();
  await channel.close();
  const lines = sink.text.trimEnd().split("\n");
  assert.equal(lines[0], "under way");
  assert.equal(
    lines[1],
    `notice: ${lostLines} lines of the log and status were dropped, as they could not be written`,
  );
  assert.equal(lines[2], "severe");
  assert.ok(!sink.text.includes("status 9"));
  assert.ok(sink.text.includes("info 499"));
  assert.equal(lines.at(-1), "summary");
  const kept = lines.filter((line) => line.startsWith("info")).length;
  assert.equal(kept + lostLines, 510);
});

Deno.test("LogChannel.close() gives a stuck reader one rest, a slow one more", async () => {
  const stuck = makeScene();
  stuck.sink.shut();
  stuck.channel.log("one", 3);
  stuck.channel.log("two", 3);
  await stuck.channel.close();
  assert.equal(stuck.rests, 1);
  assert.equal(stuck.sink.text, "");
  assert.ok(stuck.channel.lostLines >= 1);
  const slow = makeScene();
  const write = slow.sink.write.bind(slow.sink);
  slow.sink.write = async (bytes) => {
    await turns(1);
    return await write(bytes.subarray(0, 1));
  };
  slow.channel.log("slow", 3);
  await slow.channel.close();
  assert.equal(slow.sink.text, "slow\n");
});

Deno.test("LogChannel loses what cannot be written, and goes on when it can be again", async () => {
  const { channel, failures, sink } = makeScene();
  const error = new Error("No space left on device");
  sink.error = error;
  sink.spaceBytes = 6;
  channel.log("one", 3);
  channel.log("two", 3);
  channel.log("three", 3);
  await turns(1);
  assert.equal(channel.lostLines, 2);
  assert.deepEqual(failures, [error]);
  assert.equal(channel.failure, error);
  sink.spaceBytes = Infinity;
  channel.log("four", 3);
  await channel.close();
  const [first, torn, notice, fourth] = sink.text.split("\n");
  assert.deepEqual([first, torn, fourth], ["one", "tw", "four"]);
  assert.match(notice!, /^notice: 2 lines of the log and status were dropped/);
  assert.equal(failures.length, 1);
});

Deno.test("LogChannel waits for a full disk, and loses lines only if it stays full", async () => {
  for (const staysFull of [false, true]) {
    const { channel, failures, sink } = makeScene(null, true);
    sink.error = Object.assign(new Error("No space"), { code: "ENOSPC" });
    sink.spaceBytes = 6;
    channel.log("one", 1);
    channel.log("two", 1);
    await turns(100);
    assert.equal(sink.text, "one\ntw");
    channel.log("three", 1);
    if (!staysFull) sink.spaceBytes = Infinity;
    await channel.close();
    assert.equal(sink.text, staysFull ? "one\ntw" : "one\ntwo\nthree\n");
    assert.equal(channel.lostLines, staysFull ? 2 : 0);
    assert.equal(channel.failure, staysFull ? sink.error : null);
    assert.equal(failures.length, staysFull ? 1 : 0);
    assert.ok(sink.isClosed);
  }
});

Deno.test("LogChannel takes a reader that has gone for no failure", async () => {
  const { channel, failures, sink } = makeScene();
  sink.error = new Deno.errors.BrokenPipe("gone");
  sink.spaceBytes = 0;
  channel.log("one", 3);
  channel.log("two", 3);
  await channel.close();
  assert.equal(channel.failure, null);
  assert.deepEqual(failures, []);
});
