import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { ErrnoError } from "../../ffi/errno.ts";
import { NotifySocket } from "../../ffi/notify_socket.ts";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { NotifyReceiver } from "./notify_receiver.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

Deno.test("NotifySocket reaches sockets of files and of the abstract namespace", () => {
  using directory = new TestDirectory();
  const abstract = `@pacemap-test-${Deno.pid}-${"x".repeat(80)}`;
  for (const address of [`${directory.path}/notify`, abstract]) {
    using receiver = new NotifyReceiver(address);
    const socket = NotifySocket.open(address);
    socket.send("READY=1\nSTATUS=süß\n");
    socket.send("WATCHDOG=1\n");
    assert.deepEqual(receiver.take(), [
      "READY=1",
      "STATUS=süß",
      "WATCHDOG=1",
    ]);
    socket.close();
    socket.close();
  }
});

Deno.test("NotifySocket never waits for a service manager that does not read", () => {
  const address = `@pacemap-test-full-${Deno.pid}`;
  using _receiver = new NotifyReceiver(address);
  const socket = NotifySocket.open(address);
  assert.throws(() => {
    for (let i = 0; i < 100_000; i++) socket.send(`STATUS=${i}\n`);
  }, (error) => error instanceof ErrnoError && error.code === "EAGAIN");
  socket.close();
});

Deno.test("NotifySocket says when the service manager has gone", () => {
  const address = `@pacemap-test-gone-${Deno.pid}`;
  const receiver = new NotifyReceiver(address);
  const socket = NotifySocket.open(address);
  receiver[Symbol.dispose]();
  assert.throws(
    () => socket.send("READY=1\n"),
    (error) => error instanceof ErrnoError && error.code === "ECONNREFUSED",
  );
  socket.close();
});
