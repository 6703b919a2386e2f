import assert from "node:assert/strict";
import { FileSandbox } from "../../ffi/landlock.ts";
import { dropRightsEverywhere } from "../../ffi/privileges.ts";
import { namespaceTest } from "../e2e/namespace.ts";
import { tryAll } from "./attempts.ts";

const SETUP = `mount -t proc none /proc
mkdir /run/kept /run/other
echo text | tee /run/kept/file /run/other/file >/dev/null
mkfifo /run/pipe`;
const REFUSED = { name: "PermissionDenied" };

namespaceTest(
  import.meta,
  "FileSandbox takes every thread its files, but for what it is told and what is open",
  {
    setup: SETUP,
    async run(): Promise<void> {
      using sandbox = FileSandbox.prepare({
        removesIn: "/run/kept",
        writes: "/run/pipe",
      });
      // A kernel without Landlock has nothing to show.
      if (sandbox === null) return;
      using open = await Deno.open("/run/other/file");
      assert.notEqual(Deno.readTextFileSync("/etc/passwd"), "");
      dropRightsEverywhere();
      sandbox.enter();
      // In this thread, and in one of the runtime's.
      assert.throws(() => Deno.readTextFileSync("/etc/passwd"), REFUSED);
      await assert.rejects(Deno.readTextFile("/etc/passwd"), REFUSED);
      const { "write elsewhere": write, "remove a file": remove } = tryAll(
        "/run/other/file",
        ["write elsewhere", "remove a file"],
      );
      assert.deepEqual([write, remove], ["EACCES", "EACCES"]);
      assert.deepEqual(
        tryAll("/run/kept/file", ["write elsewhere", "remove a file"]),
        { "write elsewhere": "EACCES", "remove a file": "done" },
      );
      // Of a pipe without a reader: it may be opened, and nobody is there.
      assert.deepEqual(tryAll("/run/pipe", ["write to a pipe"]), {
        "write to a pipe": "ENXIO",
      });
      const piece = new Uint8Array(8);
      assert.equal(await open.read(piece), 5);
    },
  },
);

namespaceTest(
  import.meta,
  "FileSandbox.prepare() says which path leads nowhere",
  {
    run(): void {
      assert.throws(
        () => FileSandbox.prepare({ removesIn: "/nowhere", writes: null }),
        /"\/nowhere"/,
      );
    },
  },
);
