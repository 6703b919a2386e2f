import assert from "node:assert/strict";
import { EthtoolSocket } from "../../ffi/ethtool.ts";
import { completeLibc } from "../../ffi/libc.ts";
import { LoopbackSender } from "../../ffi/loopback_sender.ts";
import {
  allowedProcessors,
  fileSystemSpace,
  openFileLimit,
  pinThread,
} from "../../ffi/machine_limits.ts";
import { PrivateNetwork } from "../../ffi/private_network.ts";
import { grantedSendBuffer } from "../../ffi/socket_buffer.ts";
import { readTextFile } from "../../ffi/text_file.ts";
import { LinkReader, readHostNames } from "../../src/link/mod.ts";
import { namespaceTest } from "../e2e/namespace.ts";
import { VETH_SETUP } from "./frames.ts";
import { countOpenFds } from "./open_fds.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

namespaceTest(
  import.meta,
  "readTextFile() reads what the kernel makes up, and is null otherwise",
  {
    run(): void {
      assert.match(readTextFile("/proc/self/status")!, /^Name:[^]*^CapEff:/m);
      assert.equal(readTextFile("/proc/self/comm"), "deno\n");
      assert.equal(readTextFile("/proc/no/such/file"), null);
      assert.equal(readTextFile("/proc"), null, "a directory");
      const before = countOpenFds();
      for (let i = 0; i < 100; i++) readTextFile("/proc/stat");
      assert.equal(countOpenFds(), before);
    },
  },
);

namespaceTest(import.meta, "readHostNames() asks the kernel and /etc/hosts", {
  setup: `echo '192.0.2.1 one.example.org one' >/run/hosts
mount --bind /run/hosts /etc/hosts
set -- unshare --uts sh -c 'echo one >/proc/sys/kernel/hostname; exec "$@"' sh "$@"`,
  run(): void {
    assert.deepEqual(readHostNames(), {
      local: "one",
      full: "one.example.org",
    });
  },
});

Deno.test("fileSystemSpace() is null where a path does not lead", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const { freeBytes, freeFiles } = fileSystemSpace(directory)!;
    assert.ok(freeBytes > 0 && freeFiles > 0);
    assert.equal(fileSystemSpace(`${directory}/missing`), null);
    assert.equal(fileSystemSpace("/proc")!.freeBytes, Infinity);
  } finally {
    await Deno.remove(directory);
  }
});

namespaceTest(import.meta, "limits of this process are what the shell set", {
  setup: `mount -t tmpfs -o size=64k none /mnt
head -c 65536 /dev/zero >/mnt/full
ulimit -n 200
set -- taskset -c 0 "$@"`,
  run(): void {
    assert.deepEqual(allowedProcessors(), [0]);
    assert.ok(openFileLimit() >= 200);
    assert.equal(fileSystemSpace("/mnt")!.freeBytes, 0);
    assert.equal(fileSystemSpace("/mnt/full")!.freeBytes, 0);
    assert.ok(grantedSendBuffer(65_536) >= 65_536);
  },
});

namespaceTest(import.meta, "pinThread() leaves the thread one processor", {
  setup: "true",
  run(): void {
    const last = allowedProcessors().at(-1)!;
    pinThread(last);
    assert.deepEqual(allowedProcessors(), [last]);
    assert.throws(() => pinThread(8000), { code: "EINVAL" });
    assert.throws(() => pinThread(1e6), { code: "EINVAL" });
    assert.deepEqual(allowedProcessors(), [last]);
  },
});

namespaceTest(import.meta, "PrivateNetwork leads to another network and back", {
  setup: VETH_SETUP,
  run(): void {
    const names = (): string[] => {
      using reader = LinkReader.open();
      return reader.readLinks().map(({ name }) => name).sort();
    };
    const before = countOpenFds();
    assert.deepEqual(names(), ["lo", "up0", "up1"]);
    const network = PrivateNetwork.enter();
    try {
      assert.deepEqual(names(), ["lo"]);
      assert.doesNotMatch(readTextFile("/proc/thread-self/net/dev")!, /up0/);
    } finally {
      network.leave();
    }
    network.leave();
    assert.deepEqual(names(), ["lo", "up0", "up1"]);
    assert.equal(countOpenFds(), before);
  },
});

namespaceTest(import.meta, "EthtoolSocket asks drivers, and bears with none", {
  setup: VETH_SETUP,
  run(): void {
    using ethtool = EthtoolSocket.open();
    assert.deepEqual(ethtool.driver("up0"), { name: "veth", bus: "" });
    assert.equal(ethtool.speedMbps("up0"), 10_000);
    assert.deepEqual(ethtool.channels("up0"), { rx: 1, tx: 1, combined: 0 });
    assert.ok(ethtool.offloads("up0").includes("tx-checksum"));
    for (const none of ["lo", "nosuch0", "a-name-that-is-too-long"]) {
      assert.equal(ethtool.driver(none), null);
      assert.equal(ethtool.speedMbps(none), null);
      assert.equal(ethtool.rings(none), null);
    }
    assert.deepEqual(ethtool.offloads("nosuch0"), []);
  },
});

namespaceTest(
  import.meta,
  "LoopbackSender sends to itself and never gets stuck",
  {
    run(): void {
      const before = countOpenFds();
      {
        using sender = LoopbackSender.open({ capacity: 8, maxFrameBytes: 60 });
        for (let slot = 0; slot < 8; slot++) sender.setFrame(slot, 60, 0);
        let taken = 0;
        for (let i = 0; i < 1000; i++) taken += sender.send(0, 8);
        assert.equal(taken, 8000);
        assert.equal(sender.waitWritable(0), true);
        assert.equal(sender.drain(0), 0);
      }
      assert.equal(countOpenFds(), before);
    },
  },
);
