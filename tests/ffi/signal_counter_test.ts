import assert from "node:assert/strict";
import { SIGHUP, SIGUSR1, SIGUSR2 } from "../../ffi/constants.ts";
import { openLibrary } from "../../ffi/library.ts";
import { LIBC_PATHS } from "../../ffi/library_paths.ts";
import { SignalCounter } from "../../ffi/signal_counter.ts";
import { namespaceTest, run } from "../e2e/namespace.ts";

const SYMBOLS = {
  // int tgkill(pid_t process, pid_t thread, int signal)
  tgkill: { parameters: ["i32", "i32", "i32"], result: "i32" },
} as const;

namespaceTest(
  import.meta,
  "SignalCounter counts each signal that was taken, instead of the runtime",
  {
    async run(): Promise<void> {
      let heard = 0;
      const listener = (): void => void heard++;
      Deno.addSignalListener("SIGUSR1", listener);
      const counter = new SignalCounter();
      counter.take(SIGUSR1);
      counter.take(SIGUSR2);
      for (let sent = 1; sent <= 3; sent++) {
        await run("sh", "-c", `kill -USR1 ${Deno.pid}`);
        while (counter.count(SIGUSR1) < sent);
      }
      assert.equal(counter.count(SIGUSR1), 3);
      assert.equal(counter.count(SIGUSR2), 0);
      await run("sh", "-c", `kill -USR2 ${Deno.pid}`);
      while (counter.count(SIGUSR2) < 1);
      assert.equal(counter.count(SIGUSR1), 3);
      assert.equal(heard, 0);
      Deno.removeSignalListener("SIGUSR1", listener);
    },
  },
);

namespaceTest(
  import.meta,
  "SignalCounter counts on every thread of the process",
  {
    setup: "mount -t proc proc /proc",
    async run(): Promise<void> {
      const counter = new SignalCounter();
      counter.take(SIGUSR2);
      const options = { paths: LIBC_PATHS, symbols: SYMBOLS };
      const { symbols } = openLibrary("the C library", options);
      const list = await run("sh", "-c", `ls /proc/${Deno.pid}/task`);
      let sent = 0;
      for (const thread of list.trim().split("\n")) {
        // A thread may have ended meanwhile.
        if (symbols.tgkill(Deno.pid, Number(thread), SIGUSR2) === 0) sent++;
        while (counter.count(SIGUSR2) < sent);
      }
      assert.ok(sent > 1);
      assert.equal(counter.count(SIGUSR2), sent);
    },
  },
);

namespaceTest(
  import.meta,
  "SignalCounter.ignore() makes nothing happen, also where the runtime had a handler",
  {
    async run(): Promise<void> {
      let heard = 0;
      const listener = (): void => void heard++;
      Deno.addSignalListener("SIGHUP", listener);
      const counter = new SignalCounter();
      assert.equal(counter.isIgnored(SIGHUP), false);
      counter.ignore(SIGHUP);
      assert.equal(counter.isIgnored(SIGHUP), true);
      counter.take(SIGUSR2);
      // One after the other, so that the first has come when the second has.
      await run("sh", "-c", `kill -HUP ${Deno.pid}; kill -USR2 ${Deno.pid}`);
      while (counter.count(SIGUSR2) < 1);
      assert.equal(heard, 0);
      Deno.removeSignalListener("SIGHUP", listener);
    },
  },
);

namespaceTest(import.meta, "SignalCounter.take() names what it cannot do", {
  run(): void {
    const counter = new SignalCounter();
    const SIGKILL = 9;
    assert.throws(() => counter.take(SIGKILL), /handle a signal.*EINVAL/);
  },
});
