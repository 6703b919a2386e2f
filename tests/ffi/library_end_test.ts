import assert from "node:assert/strict";
import { namespaceTest, run } from "../e2e/namespace.ts";

/** Lets `/proc` show this process under the number by which it knows itself. */
const SETUP = "mount -t proc proc /proc";

const ENDS: Readonly<Record<string, (worker: Worker) => void>> = {
  "by itself": (worker) => worker.postMessage(null),
  "by terminate()": (worker) => worker.terminate(),
};

for (const [how, end] of Object.entries(ENDS)) {
  namespaceTest(
    import.meta,
    `openLibrary() keeps a library mapped when its worker ends ${how}`,
    {
      setup: SETUP,
      async run(): Promise<void> {
        assert.deepEqual(await pcapMappings(), []);
        const before = await workerThreads();
        const worker = await openInWorker();
        const mappings = await pcapMappings();
        assert.notDeepEqual(mappings, []);
        assert.equal(await workerThreads(), before + 1);
        end(worker);
        while (await workerThreads() > before);
        assert.deepEqual(await pcapMappings(), mappings);
      },
    },
  );
}

/** A worker that has opened libpcap. */
async function openInWorker(): Promise<Worker> {
  const url = new URL("./library_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  await new Promise((resolve, reject) => {
    worker.onmessage = resolve;
    worker.onerror = reject;
  });
  return worker;
}

/** What is mapped of libpcap and of a library that it brings along, a line for each part. */
async function pcapMappings(): Promise<string[]> {
  const maps = await run("sh", "-c", `cat /proc/${Deno.pid}/maps`);
  return maps.split("\n")
    .filter((line) => /lib(pcap|dbus-1|gpg-error)\.so/.test(line));
}

/** How many threads of this process are those of workers; any thread may end while they are counted. */
async function workerThreads(): Promise<number> {
  const script = `cat /proc/${Deno.pid}/task/*/comm 2>/dev/null || true`;
  const names = await run("sh", "-c", script);
  return names.split("\n").filter((name) => name.startsWith("worker-")).length;
}
