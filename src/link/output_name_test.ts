import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { outputNameOf } from "./output_name.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

/** Nobody in particular, so that what this process makes is another's. */
const OTHER = 4_000_000;

function inDirectory(use: (path: string) => void): void {
  const path = Deno.makeTempDirSync({ prefix: "pacemap-name-" });
  try {
    use(path);
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
}

Deno.test("outputNameOf() takes what is there, and the place of what is not", () => {
  inDirectory((path) => {
    Deno.writeTextFileSync(`${path}/file`, "");
    Deno.symlinkSync("file", `${path}/link`);
    Deno.symlinkSync("later", `${path}/dangling`);
    Deno.symlinkSync(path, `${path}/here`);
    for (const name of ["file", "link", "./file", "here/file"]) {
      const full = `${path}/${name}`;
      assert.deepEqual(outputNameOf(full), { path: full, isThere: true });
    }
    const there = `${path}/nothing`;
    assert.deepEqual(outputNameOf(there), { path: there, isThere: false });
    assert.deepEqual(outputNameOf(`${path}/dangling`), {
      path: `${path}/later`,
      isThere: false,
    });
    Deno.symlinkSync("round", `${path}/round`);
    assert.throws(() => outputNameOf(`${path}/round`), /too many/);
    // Opening it says what is wrong.
    const beyond = `${path}/file/beyond`;
    assert.deepEqual(outputNameOf(beyond), { path: beyond, isThere: true });
  });
});

Deno.test("outputNameOf() refuses what others put into a directory that all may write to", () => {
  inDirectory((path) => {
    const open = `${path}/open`;
    Deno.mkdirSync(open);
    Deno.writeTextFileSync(`${path}/victim`, "");
    Deno.symlinkSync(`${path}/victim`, `${open}/link`);
    Deno.symlinkSync(path, `${open}/way`);
    Deno.writeTextFileSync(`${open}/file`, "");
    const names = ["link", "way/victim", "file"];
    const refused = (user?: number): string[] =>
      names.filter((name) => {
        try {
          outputNameOf(`${open}/${name}`, user);
          return false;
        } catch (error) {
          assert.match(String(error), /everybody may write/);
          return true;
        }
      });
    Deno.chmodSync(open, 0o775);
    assert.deepEqual(refused(OTHER), []);
    for (const rights of [0o1777, 0o777]) {
      Deno.chmodSync(open, rights);
      assert.deepEqual(refused(), [], "of its own");
      // The directory's owner is trusted as in the kernel; root is.
      assert.deepEqual(refused(OTHER), []);
    }
  });
});

Deno.test("outputNameOf() refuses a second name of a file in a directory that all may write to", () => {
  inDirectory((path) => {
    Deno.writeTextFileSync(`${path}/victim`, "");
    Deno.mkdirSync(`${path}/open`);
    Deno.linkSync(`${path}/victim`, `${path}/open/name`);
    outputNameOf(`${path}/open/name`);
    Deno.chmodSync(`${path}/open`, 0o1777);
    assert.throws(() => outputNameOf(`${path}/open/name`), /several names/);
    outputNameOf(`${path}/victim`);
  });
});
