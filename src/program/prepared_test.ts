import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import {
  PREPARED_DIRECTORY,
  PREPARED_RECORD,
  preparedProgram,
  type PreparedRecord,
  stampsOf,
} from "./prepared.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

const SOURCES = ["main.ts", "a folder/of the source.ts"];
const PROGRAM = `${PREPARED_DIRECTORY}made/run.js`;

/** A checkout whose program was prepared, until it is disposed. */
class Checkout implements AsyncDisposable {
  readonly root: URL;

  constructor() {
    const path = Deno.makeTempDirSync({ prefix: "pacemap prepared-" });
    this.root = new URL(`file://${encodeURI(path)}/`);
    for (const folder of ["a folder", `${PREPARED_DIRECTORY}made`]) {
      Deno.mkdirSync(this.at(folder), { recursive: true });
    }
    const files = [...SOURCES, PROGRAM];
    for (const file of files) Deno.writeTextFileSync(this.at(file), file);
    const stamps = [...stampsOf(this.root, files)!];
    const record: PreparedRecord = { program: PROGRAM, files, stamps };
    this.write(JSON.stringify(record));
  }

  at(path: string): URL {
    return new URL(path, this.root);
  }

  /** Writes the record. */
  write(text: string): void {
    Deno.writeTextFileSync(
      this.at(`${PREPARED_DIRECTORY}${PREPARED_RECORD}`),
      text,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }
}

/** Waits until the kernel, which may count by ticks of its timer, gives a later time to what changes. */
function pastTick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

Deno.test("preparedProgram() is what was made from the source as it is", async () => {
  await using checkout = new Checkout();
  const { root } = checkout;
  assert.equal(preparedProgram(root)?.href, checkout.at(PROGRAM).href);
  Deno.removeSync(checkout.at(PREPARED_DIRECTORY), { recursive: true });
  assert.equal(preparedProgram(root), null);
});

Deno.test("preparedProgram() is null once a file was written, replaced or removed, the bundle's own included", async () => {
  const changes: readonly ((path: URL) => void)[] = [
    // The same bytes, with the times of before.
    (path): void => {
      const { atime, mtime } = Deno.statSync(path);
      Deno.writeFileSync(path, Deno.readFileSync(path));
      Deno.utimeSync(path, atime!, mtime!);
    },
    (path): void => {
      const copy = new URL(`${path.href}.copy`);
      Deno.copyFileSync(path, copy);
      Deno.renameSync(copy, path);
    },
    (path): void => Deno.removeSync(path),
  ];
  for (const change of changes) {
    for (const path of [...SOURCES, PROGRAM]) {
      await using checkout = new Checkout();
      await pastTick();
      change(checkout.at(path));
      assert.equal(preparedProgram(checkout.root), null, `${change} ${path}`);
    }
  }
});

Deno.test("preparedProgram() is null where the record is damaged", async () => {
  await using checkout = new Checkout();
  const whole = Deno.readTextFileSync(
    checkout.at(`${PREPARED_DIRECTORY}${PREPARED_RECORD}`),
  );
  const { files, program, stamps }: PreparedRecord = JSON.parse(whole);
  const damaged = [
    "",
    whole.slice(0, -9),
    "null",
    "{}",
    JSON.stringify({ files, program }),
    JSON.stringify({ files, stamps: stamps.slice(1), program }),
    JSON.stringify({ files: files.slice(1), stamps, program }),
  ];
  for (const text of damaged) {
    checkout.write(text);
    assert.equal(preparedProgram(checkout.root), null, text);
  }
});
