import assert from "node:assert/strict";
import { ErrnoError } from "../../ffi/errno.ts";
import { filterSystemCalls } from "../../ffi/seccomp.ts";
import { confineProcess, NOBODY } from "../../src/sandbox/mod.ts";
import { namespaceTest } from "../e2e/namespace.ts";
import { type Attempts, tryAll } from "./attempts.ts";

const PROC = "mount -t proc none /proc";
const FREE = "/run/planted";
const NEEDS = {
  laterPipe: null,
  removedFile: null,
  mayAccept: true,
  exchangesIn: null,
};
/** What workers become. */
const ROLES = ["sender", "receiver", "watch", null] as const;

namespaceTest(
  import.meta,
  "confineProcess() and confineWorker() refuse every kind of thread what a running scan has no use for",
  {
    setup: PROC,
    async run(): Promise<void> {
      const url = new URL("./sandbox_worker.ts", import.meta.url);
      const workers = ROLES.map((kind) => {
        const worker = new Worker(url, { type: "module" });
        return { kind, worker, answers: answersOf(worker) };
      });
      // Later no file can be opened.
      for (const { answers } of workers) await answers();
      const report = confineProcess({
        user: NOBODY,
        isSandboxed: true,
        ...NEEDS,
      });
      assert.deepEqual(report.warnings, []);
      assert.equal(report.isFiltered, true);
      assertRefused("main thread", tryAll(FREE));
      // By a thread of the runtime.
      await assert.rejects(Deno.readTextFile("/etc/passwd"), /not permitted/);
      for (const { answers, kind, worker } of workers) {
        worker.postMessage({ kind, free: FREE });
        assertRefused(kind ?? "other worker", await answers() as Attempts);
        worker.terminate();
      }
    },
  },
);

namespaceTest(
  import.meta,
  "confineProcess() without a sandbox takes all rights, and leaves the system calls",
  {
    setup: PROC,
    async run(): Promise<void> {
      const report = confineProcess({
        user: NOBODY,
        isSandboxed: false,
        ...NEEDS,
      });
      assert.deepEqual(report.warnings, []);
      assert.equal(report.isFiltered, false);
      await Deno.readTextFile("/etc/passwd");
      assert.deepEqual(tryAll(FREE, ["raw socket", "TCP socket"]), {
        "raw socket": "EPERM",
        "TCP socket": "done",
      });
    },
  },
);

namespaceTest(
  import.meta,
  "filterSystemCalls() says what the kernel says to a program that is none",
  {
    run(): void {
      const program = new Uint8Array(8).fill(0xff);
      assert.throws(
        () => filterSystemCalls(program, "calling"),
        (error) => error instanceof ErrnoError && error.code === "EINVAL",
      );
    },
  },
);

/** Waits for what a worker posts, one message at a time. */
function answersOf(worker: Worker): () => Promise<unknown> {
  const waiting = [
    Promise.withResolvers<unknown>(),
    Promise.withResolvers<unknown>(),
  ];
  let posted = 0;
  let taken = 0;
  worker.onmessage = ({ data }) => waiting[posted++]!.resolve(data);
  worker.onerror = ({ message }) =>
    waiting[posted++]!.reject(new Error(message));
  return () => waiting[taken++]!.promise;
}

function assertRefused(thread: string, attempts: Attempts): void {
  for (const [what, result] of Object.entries(attempts)) {
    assert.equal(result, "EPERM", `${thread}: ${what}`);
  }
}
