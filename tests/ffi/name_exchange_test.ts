import assert from "node:assert/strict";
import { ErrnoError } from "../../ffi/errno.ts";
import { completeLibc } from "../../ffi/libc.ts";
import { NameExchange } from "../../ffi/name_exchange.ts";
import { openSystemLibc } from "../../ffi/system_call.ts";
import { TestDirectory } from "../../src/cli/_test_directory.ts";

// They stay open with the thread, which Deno 2.6 takes for a leak of the test that opens them.
completeLibc();
openSystemLibc();

Deno.test("NameExchange.exchange() gives each file the name of the other, and leaves what is open", async () => {
  using directory = new TestDirectory();
  const first = directory.write("first", "one");
  const second = directory.write("second", "two");
  using exchange = NameExchange.open(directory.path);
  using open = await Deno.open(first);
  exchange.exchange("first", "second");
  assert.equal(Deno.readTextFileSync(first), "two");
  assert.equal(Deno.readTextFileSync(second), "one");
  const bytes = new Uint8Array(8);
  assert.equal(await open.read(bytes), 3);
  assert.equal(new TextDecoder().decode(bytes.subarray(0, 3)), "one");
  assert.throws(
    () => exchange.exchange("first", "third"),
    (error) => error instanceof ErrnoError && error.code === "ENOENT",
  );
  assert.throws(() => NameExchange.open(`${directory.path}/none`), ErrnoError);
});
