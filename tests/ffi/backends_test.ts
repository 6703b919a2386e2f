import assert from "node:assert/strict";
import { PreflightError } from "../../src/base/mod.ts";
import { openSource, type ReceiveBackend } from "../../src/backend/mod.ts";
import {
  type OpenedSink,
  openSink,
  type SinkRequest,
} from "../../src/backend/mod.ts";
import { namespaceTest } from "../e2e/namespace.ts";
import { indexOf, VETH_SETUP } from "./frames.ts";

function request(changes: Partial<SinkRequest>): SinkRequest {
  const interfaceName = changes.interfaceName ?? "up0";
  return {
    backend: "auto",
    layer: "ethernet",
    interfaceName,
    interfaceIndex: indexOf(interfaceName),
    deviceQueue: 0,
    batch: 64,
    maxFrameBytes: 74,
    ...changes,
  };
}

/** Opens a sink, closes it, and tells which it was and why. */
function tell(changes: Partial<SinkRequest> = {}): OpenedSink {
  const opened = openSink(request(changes));
  opened.sink.close();
  return opened;
}

function refusal(pattern: RegExp): (error: unknown) => boolean {
  return (error) =>
    error instanceof PreflightError && pattern.test(error.message);
}

namespaceTest(import.meta, "openSink() opens what is asked for", {
  setup: VETH_SETUP,
  run(): void {
    assert.equal(tell({ backend: "sendmmsg" }).name, "sendmmsg");
    assert.equal(tell({ backend: "sendmmsg" }).batch, 64);
    assert.equal(tell({ backend: "ring" }).name, "ring");
    const xdp = tell({ backend: "xdp", batch: 65_535 });
    assert.equal(xdp.name, "xdp in copy mode", "veth has no zero-copy mode");
    assert.equal(xdp.batch, xdp.sink.capacity);
    const changes = {
      backend: "sendmmsg",
      layer: "ip",
      interfaceName: "lo",
    } as const;
    assert.equal(tell(changes).name, "sendmmsg");
  },
});

namespaceTest(import.meta, "openSink() takes the fastest that works", {
  setup: VETH_SETUP,
  run(): void {
    const { name, reason } = tell();
    assert.equal(name, "xdp in copy mode");
    assert.equal(reason, "the fastest that works here");
    const overIp = tell({ layer: "ip", interfaceName: "lo" });
    assert.equal(overIp.name, "sendmmsg");
    assert.match(overIp.reason, /link headers/);
    // The second sender finds no second queue.
    const second = tell({ deviceQueue: 1 });
    assert.equal(second.name, "ring");
    assert.match(
      second.reason,
      /xdp does not work here: sender 2 has no queue/,
    );
    using first = openSink(request({})).sink;
    const beside = tell();
    assert.equal(beside.name, "ring");
    assert.match(beside.reason, /xdp does not work here: .*EBUSY/);
    assert.ok(first.capacity >= 1024);
    const long = tell({ maxFrameBytes: 1515 });
    assert.equal(long.name, "sendmmsg");
    assert.match(long.reason, /ring does not work here: a probe of 1501 bytes/);
  },
});

namespaceTest(import.meta, "openSink() does not go past a queue that shapes", {
  setup: `${VETH_SETUP}
    tc qdisc add dev up0 root tbf rate 4mbit burst 2000 limit 1000000`,
  run(): void {
    const { name, reason } = tell();
    assert.equal(name, "sendmmsg");
    assert.match(reason, /queue of kind tbf/);
    assert.equal(tell({ backend: "ring" }).name, "ring", "unless asked for");
  },
});

namespaceTest(
  import.meta,
  "openSink() falls back when memory may not be locked",
  {
    setup: `${VETH_SETUP}
    ulimit -l 64
    set -- setpriv --bounding-set=-ipc_lock --inh-caps=-ipc_lock "$@"`,
    run(): void {
      const { name, reason } = tell();
      assert.equal(name, "ring");
      assert.match(reason, /xdp does not work here: .*ENOBUFS/);
      assert.throws(
        () => tell({ backend: "xdp" }),
        (error) =>
          error instanceof PreflightError && /ulimit -l/.test(error.remedy),
      );
    },
  },
);

namespaceTest(
  import.meta,
  "openSink() says why what is asked for does not work",
  {
    setup: VETH_SETUP,
    run(): void {
      const cases: readonly (readonly [Partial<SinkRequest>, RegExp])[] = [
        [{ backend: "ring", layer: "ip" }, /ring on "up0": it needs Ethernet/],
        [{ backend: "xdp", layer: "ip" }, /xdp on "up0": it needs Ethernet/],
        [{ backend: "xdp", deviceQueue: 3 }, /sender 4 has no queue/],
        [
          { backend: "ring", maxFrameBytes: 3000 },
          /a probe of 2986 bytes needs an MTU of 2986; .+ has 1500/,
        ],
        [{ backend: "ring", interfaceIndex: 9999 }, /ENODEV/],
      ];
      for (const [changes, pattern] of cases) {
        assert.throws(() => tell(changes), refusal(pattern));
      }
      using _first = openSink(request({ backend: "xdp" })).sink;
      assert.throws(() => tell({ backend: "xdp" }), refusal(/EBUSY/));
      assert.throws(() => tell({ interfaceIndex: 9999 }), /ENODEV/);
    },
  },
);

function openReceiver(backend: ReceiveBackend): ReturnType<typeof openSource> {
  return openSource({
    backend,
    interfaceName: "up1",
    filter: "ip and dst host 10.0.0.1",
    snapLengthBytes: 96,
    bufferBytes: 1 << 20,
  });
}

namespaceTest(import.meta, "openSource() opens what is asked for", {
  setup: VETH_SETUP,
  run(): void {
    for (const backend of ["pcap", "packet"] as const) {
      const { name, source } = openReceiver(backend);
      assert.equal(name, backend);
      assert.equal(source.next(), 0);
      source.close();
    }
    const { name, reason, source } = openReceiver("auto");
    assert.equal(name, "pcap");
    assert.match(reason, /libpcap is installed/);
    source.close();
  },
});

namespaceTest(import.meta, "openSource() does without libpcap", {
  // Hides the library from this test alone.
  setup: `${VETH_SETUP}
    for library in /usr/lib/*/libpcap.so* /lib/*/libpcap.so* /usr/lib/libpcap.so* /usr/lib64/libpcap.so*; do
      [ ! -e "$library" ] || mount --bind /dev/null "$library"
    done`,
  run(): void {
    const { name, reason, source } = openReceiver("auto");
    assert.equal(name, "packet");
    assert.match(reason, /no libpcap/);
    source.close();
    assert.throws(() => openReceiver("pcap"), /libpcap/);
  },
});
