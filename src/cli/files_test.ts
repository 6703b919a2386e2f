import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { ConfigError } from "../base/mod.ts";
import { TestDirectory } from "./_test_directory.ts";
import {
  checkInputs,
  inputName,
  isRereadable,
  readInput,
  readPieces,
} from "./files.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

const OPTION = "--allowlist-file";

function errorOf(paths: readonly string[]): ConfigError | null {
  try {
    checkInputs(paths.map((path, i) => ({ option: `--option-${i}`, path })));
    return null;
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error;
  }
}

Deno.test("readInput() and readPieces() read whole files", async () => {
  using directory = new TestDirectory();
  const text = "10.0.0.1\n".repeat(300_000);
  const path = directory.write("list", text);
  const bytes = await readInput({ option: OPTION, path });
  assert.equal(new TextDecoder().decode(bytes), text);
  let length = 0;
  await readPieces({ option: OPTION, path }, (piece) => length += piece.length);
  assert.equal(length, text.length);
});

Deno.test("readPieces() names option and path of what it cannot read", async () => {
  using directory = new TestDirectory();
  for (const path of [`${directory.path}/missing`, directory.path]) {
    await assert.rejects(
      readPieces({ option: OPTION, path }, () => {}),
      (error) =>
        error instanceof ConfigError && error.option === OPTION &&
        error.message.includes(path),
    );
  }
});

Deno.test("readPieces() says that a descriptor is closed", async () => {
  // Higher than any that a process may have open by default.
  const path = "/dev/fd/900000001";
  await assert.rejects(
    readPieces({ option: OPTION, path }, () => {}),
    (error) =>
      error instanceof ConfigError && error.option === OPTION &&
      /bad file descriptor/.test(error.message),
  );
});

Deno.test("readPieces() ends with the reason of a signal that has aborted", async () => {
  using directory = new TestDirectory();
  const path = directory.write("list", "10.0.0.1\n");
  const signal = AbortSignal.abort("enough");
  await assert.rejects(
    readPieces({ option: OPTION, path }, () => {}, signal),
    (error) => error === "enough",
  );
});

Deno.test("checkInputs() finds two options that read one descriptor", () => {
  for (
    const paths of [
      ["-", "-"],
      ["-", "/dev/stdin"],
      ["list", "/dev/fd/0", "/proc/self/fd/0"],
      ["/dev/fd/5", "/proc/self/fd/5"],
    ]
  ) {
    const error = errorOf(paths);
    assert.match(error?.option ?? "", /^--option-[12]$/, paths.join(" "));
    assert.match(error?.message ?? "", /which --option-[01] reads too$/);
  }
  for (const paths of [["-"], ["-", "list", "list"], ["/dev/fd/4", "-"]]) {
    assert.equal(errorOf(paths), null, paths.join(" "));
    // Nothing is kept for the next time.
    assert.equal(errorOf(paths), null, paths.join(" "));
  }
});

Deno.test("inputName() and isRereadable() know standard input", async () => {
  using directory = new TestDirectory();
  assert.equal(inputName("-"), "standard input");
  assert.equal(inputName("/dev/fd/3"), "/dev/fd/3");
  assert.equal(await isRereadable(directory.write("list", "")), true);
  for (const path of ["-", "/dev/stdin", "/dev/null", `${directory.path}/no`]) {
    assert.equal(await isRereadable(path), false, path);
  }
});
