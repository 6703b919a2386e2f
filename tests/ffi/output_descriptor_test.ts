import assert from "node:assert/strict";
import { ErrnoError } from "../../ffi/errno.ts";
import { completeLibc } from "../../ffi/libc.ts";
import { descriptorFacts, pathFacts } from "../../ffi/file_facts.ts";
import { FileWitness } from "../../ffi/file_witness.ts";
import { OutputDescriptor } from "../../ffi/output_descriptor.ts";
import { DescriptorOutput } from "../../src/link/mod.ts";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { runOutside } from "../e2e/namespace.ts";
import { countFdsOf } from "./open_fds.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

/** What a pipe holds, pipe(7). */
const PIPE_BYTES = 65_536;
const PAGE_BYTES = 4096;

/** Makes a pipe with a name, and opens it for reading without waiting for a writer. */
async function makePipe(path: string): Promise<Deno.FsFile> {
  await runOutside(["mkfifo", path]);
  return await Deno.open(path, { read: true, write: true });
}

/** Registers a test that gets a directory of its own. */
function directoryTest(
  name: string,
  run: (path: string) => Promise<void>,
): void {
  Deno.test({
    name,
    fn: async () => {
      using directory = new TestDirectory();
      await run(directory.path);
    },
  });
}

function failsWith(code: string): (error: unknown) => boolean {
  return (error) => error instanceof ErrnoError && error.code === code;
}

directoryTest(
  "OutputDescriptor fills a pipe and takes nothing more without waiting for ever",
  async (path) => {
    const pipe = `${path}/pipe`;
    const reader = await makePipe(pipe);
    const output = OutputDescriptor.open(pipe)!;
    const bytes = new Uint8Array(PIPE_BYTES + 10).fill(7);
    let at = 0;
    for (;;) {
      const length = await output.write(bytes.subarray(at));
      if (length === 0) break;
      at += length;
    }
    assert.equal(at, PIPE_BYTES);
    assert.equal(output.writeHere(bytes, 10), 0);
    await reader.read(new Uint8Array(2 * PAGE_BYTES));
    assert.equal(await output.write(bytes), 2 * PAGE_BYTES);
    assert.equal(output.unreadBytes(), 0);
    reader.close();
    assert.equal(output.unreadBytes(), PIPE_BYTES);
    assert.equal(OutputDescriptor.open(pipe), null);
    await assert.rejects(output.write(bytes), failsWith("EPIPE"));
    output[Symbol.dispose]();
    output[Symbol.dispose]();
  },
);

directoryTest(
  "OutputDescriptor says why a device, a directory or a closed descriptor takes nothing",
  async (path) => {
    const full = OutputDescriptor.open("/dev/full")!;
    await assert.rejects(full.write(new Uint8Array(9)), failsWith("ENOSPC"));
    full[Symbol.dispose]();
    const none = OutputDescriptor.open("/dev/null")!;
    assert.equal(await none.write(new Uint8Array(9)), 9);
    none[Symbol.dispose]();
    assert.throws(
      () => OutputDescriptor.open(`${path}/none`),
      failsWith("ENOENT"),
    );
    assert.throws(() => OutputDescriptor.inherited(3999), failsWith("EBADF"));
    const own = await Deno.open(`${path}/own`, { create: true, write: true });
    const { ino } = await own.stat();
    const inodes = Array.from({ length: 100 }, (_, fd) => fd)
      .filter((fd) => {
        try {
          return descriptorFacts(fd).place.endsWith(`/${ino}`);
        } catch {
          return false;
        }
      });
    assert.equal(inodes.length, 1);
    // The runtime's own files are not for the user to name.
    const [fd] = inodes;
    assert.throws(() => OutputDescriptor.inherited(fd!), failsWith("EBADF"));
    own.close();
  },
);

directoryTest(
  "FileWitness and pathFacts() tell a file that is cut, deleted, or is another one",
  (path) => {
    const file = `${path}/file`;
    Deno.writeTextFileSync(file, "12345");
    using witness = FileWitness.open(file);
    const before = witness.facts();
    assert.equal(before.kind, "file");
    assert.equal(before.lengthBytes, 5);
    assert.equal(pathFacts(file)?.place, before.place);
    Deno.truncateSync(file);
    Deno.renameSync(file, `${path}/other`);
    Deno.writeTextFileSync(file, "");
    assert.equal(witness.facts().lengthBytes, 0);
    assert.equal(witness.facts().links, 1);
    assert.notEqual(pathFacts(file)?.place, before.place);
    Deno.removeSync(`${path}/other`);
    assert.equal(witness.facts().links, 0);
    assert.equal(pathFacts(`${path}/other`), null);
    assert.equal(pathFacts(path)?.kind, "directory");
    assert.equal(pathFacts("/dev/full")?.kind, "device");
    assert.throws(() => pathFacts(`${file}/below`), ErrnoError);
    assert.throws(() => FileWitness.open(`${path}/other`), failsWith("ENOENT"));
    return Promise.resolve();
  },
);

directoryTest(
  "DescriptorOutput takes turns with others that lead to the same place, and leaves nothing open",
  async (path) => {
    const pipe = `${path}/pipe`;
    const reader = await makePipe(pipe);
    const outputs = [
      DescriptorOutput.open(pipe)!,
      DescriptorOutput.open(pipe)!,
    ];
    const release = await outputs[0]!.hold();
    let hasTurn = false;
    const turn = outputs[1]!.hold().then((release) => {
      hasTurn = true;
      return release;
    });
    assert.equal(await outputs[0]!.write(new Uint8Array(3)), 3);
    assert.equal(hasTurn, false);
    release();
    (await turn)();
    assert.equal(await outputs[1]!.inspect(), null);
    reader.close();
    await assert.rejects(
      outputs[0]!.write(new Uint8Array(1)),
      Deno.errors.BrokenPipe,
    );
    for (const output of outputs) output.close();
    assert.equal(countFdsOf(pipe), 0);
  },
);
