import assert from "node:assert/strict";
import { ErrnoError } from "../../ffi/errno.ts";
import { MonotonicClock } from "../../ffi/clock.ts";
import { SocketSender } from "../../ffi/packet_sender.ts";
import { PcapCapture } from "../../ffi/pcap_capture.ts";
import { namespaceTest, run } from "../e2e/namespace.ts";
import {
  drain,
  indexOf,
  openCapture,
  VETH_SETUP,
  writeFrame,
} from "./frames.ts";

const OPTIONS = { filter: "", snapLengthBytes: 64, bufferBytes: 1 << 20 };

function openSender(interfaceName: string): SocketSender {
  return SocketSender.openLink({
    interfaceIndex: indexOf(interfaceName),
    capacity: 64,
    maxFrameBytes: 1514,
    sendBufferBytes: 1 << 22,
  });
}

namespaceTest(
  import.meta,
  "PcapCapture.next() fetches filtered packets, cut off, with time and length",
  {
    setup: VETH_SETUP,
    run(): void {
      using capture = openCapture("up1");
      using sender = openSender("up0");
      assert.equal(capture.linkType, 1, "DLT_EN10MB");
      assert.equal(capture.next(), 0);
      const wall = new Uint32Array(2);
      new MonotonicClock().wallClock(wall);
      writeFrame(sender, 0, { number: 7, lengthBytes: 1000 });
      writeFrame(sender, 1, { number: 8, lengthBytes: 60 });
      sender.view.setUint8(sender.frameAt(1) + 11, 0x78); // from another address
      assert.equal(sender.send(0, 2), 2);
      capture.wait(1000);
      assert.equal(capture.next(), 128, "the snap length");
      assert.equal(capture.wireBytes, 1000);
      assert.equal(capture.view.getUint16(12), 0x88b5);
      assert.equal(capture.view.getUint8(127), 7);
      const lateUs = (capture.seconds - wall[0]!) * 1e6 + capture.microseconds -
        wall[1]!;
      assert.ok(
        lateUs >= 0 && lateUs < 1e6,
        `captured ${lateUs} us after sending`,
      );
      assert.equal(capture.next(), 0);
    },
  },
);

namespaceTest(
  import.meta,
  "PcapCapture leaves out packets that this host sends",
  {
    setup: VETH_SETUP,
    run(): void {
      using capture = openCapture("up0");
      using sender = openSender("up0");
      writeFrame(sender, 0, { number: 7, lengthBytes: 60 });
      assert.equal(sender.send(0, 1), 1);
      assert.deepEqual(drain(capture), []);
      const stats = new Float64Array(3);
      capture.stats(stats);
      assert.deepEqual([...stats], [0, 0, 0], "not even the ring sees them");
    },
  },
);

namespaceTest(
  import.meta,
  "PcapCapture.stats() counts what a full ring dropped",
  {
    setup: VETH_SETUP,
    run(): void {
      const sent = 20_000;
      using capture = openCapture("up1", 1 << 20);
      using sender = openSender("up0");
      for (let slot = 0; slot < 50; slot++) {
        writeFrame(sender, slot, { number: slot, lengthBytes: 128 });
      }
      for (let count = 0; count < sent;) {
        const taken = sender.send(0, 50);
        if (taken > 0) count += taken;
      }
      const fetched = drain(capture).length;
      const stats = new Float64Array(3);
      capture.stats(stats);
      const [received, dropped] = stats;
      assert.ok(dropped! > 0, "the ring was too small");
      assert.equal(received, sent);
      assert.equal(fetched + dropped!, sent);
      capture.stats(stats);
      assert.equal(stats[0], sent, "totals, not differences");
    },
  },
);

namespaceTest(import.meta, "PcapCapture.open() says what is wrong", {
  setup: "ip link add up0 type veth peer name up1",
  run(): void {
    const isErrno = (code: string) => (error: unknown): boolean =>
      error instanceof ErrnoError && error.code === code;
    assert.throws(
      () => PcapCapture.open({ ...OPTIONS, interfaceName: "nosuch0" }),
      isErrno("ENODEV"),
    );
    assert.throws(
      () => PcapCapture.open({ ...OPTIONS, interfaceName: "up0" }),
      isErrno("ENETDOWN"),
    );
    assert.throws(
      () =>
        PcapCapture.open({
          ...OPTIONS,
          interfaceName: "lo",
          filter: "tcp and and",
        }),
      SyntaxError,
    );
  },
});

namespaceTest(
  import.meta,
  "PcapCapture.next() returns -1 once the interface is gone or closed",
  {
    setup: VETH_SETUP,
    async run(): Promise<void> {
      const capture = openCapture("up1");
      await run("ip", "link", "del", "up0");
      capture.wait(1000);
      assert.equal(capture.next(), -1);
      assert.match(capture.lastError(), /disappeared|down|No such device/i);
      capture.close();
      capture.close();
      assert.equal(capture.next(), -1);
      assert.equal(capture.lastError(), "capture is closed");
    },
  },
);

namespaceTest(
  import.meta,
  "PcapCapture.wait() gathers packets for about 10 ms, and no longer",
  {
    setup: VETH_SETUP,
    run(): void {
      using capture = openCapture("up1");
      using sender = openSender("up0");
      const clock = new MonotonicClock();
      writeFrame(sender, 0, { number: 0, lengthBytes: 60 });
      const startNs = clock.nowNs();
      let received = 0;
      let wakeUps = 0;
      while (clock.nowNs() < startNs + 200e6) {
        sender.send(0, 1);
        capture.wait(1000);
        wakeUps++;
        while (capture.next() > 0) received++;
      }
      assert.equal(received, wakeUps);
      assert.ok(wakeUps >= 5 && wakeUps <= 22, `${wakeUps} wake-ups in 200 ms`);
    },
  },
);
