import assert from "node:assert/strict";
import { ErrnoError } from "../../ffi/errno.ts";
import { RingSender } from "../../ffi/ring_sender.ts";
import { XdpSender } from "../../ffi/xdp_sender.ts";
import { namespaceTest, run } from "../e2e/namespace.ts";
import {
  drain,
  indexOf,
  openCapture,
  VETH_SETUP,
  writeFrame,
} from "./frames.ts";

const EBADF = 9;
const ENXIO = 6;
const EMSGSIZE = 90;
const ENETDOWN = 100;
const ENOBUFS = 105;
const SHAPE = { capacity: 512, maxFrameBytes: 1514, sendBufferBytes: 1 << 22 };

type Sender = RingSender | XdpSender;

/** The senders that share memory with the kernel. */
const SENDERS: readonly {
  readonly name: string;
  readonly open: (interfaceIndex: number, maxFrameBytes?: number) => Sender;
}[] = [
  {
    name: "RingSender",
    open: (interfaceIndex, maxFrameBytes = 100) =>
      RingSender.open({
        ...SHAPE,
        maxFrameBytes,
        interfaceIndex,
      }),
  },
  {
    name: "XdpSender",
    open: (interfaceIndex, maxFrameBytes = 100) =>
      XdpSender.open({
        ...SHAPE,
        maxFrameBytes,
        interfaceIndex,
        queue: 0,
        wantsZeroCopy: true,
      }),
  },
];

function isErrno(code: string): (error: unknown) => boolean {
  return (error) => error instanceof ErrnoError && error.code === code;
}

/** Writes frames from slot `first` on, numbered on from `number`; returns the numbers. */
function writeFrames(
  sender: Sender,
  [first, count]: readonly [number, number],
  number: number,
): number[] {
  return Array.from({ length: count }, (_, i) => {
    const last = (number + i) % 251;
    const lengthBytes = 60 + (number + i) % 40;
    writeFrame(sender, first + i, { number: last, lengthBytes });
    return last;
  });
}

for (const { name, open } of SENDERS) {
  namespaceTest(
    import.meta,
    `${name} puts every frame on the link, many times around`,
    {
      setup: VETH_SETUP,
      run(): void {
        using capture = openCapture("up1");
        using sender = open(indexOf("up0"));
        assert.ok(sender.capacity >= 512);
        let number = 0;
        for (let round = 0; round < 40; round++) {
          const count = 1 + (round * 37) % 100;
          assert.equal(sender.begin(count), count);
          const expected = writeFrames(sender, [0, count], number);
          // In two parts, and whatever is collected meanwhile.
          const part = round % count;
          if (part > 0) assert.equal(sender.send(0, part), part);
          for (let i = 0; i < 4; i++) new Uint8Array(1 << 20).fill(0xa5);
          assert.equal(sender.send(part, count - part), count - part);
          assert.deepEqual(drain(capture, 1000, expected.length), expected);
          assert.equal(capture.wireBytes, 60 + (number + count - 1) % 40);
          number += count;
        }
      },
    },
  );

  namespaceTest(
    import.meta,
    `${name}.send() counts what the kernel took while the interface comes and goes`,
    {
      setup: VETH_SETUP,
      async run(): Promise<void> {
        using capture = openCapture("up1");
        using sender = open(indexOf("up0"));
        assert.equal(sender.begin(20), 20);
        const expected = writeFrames(sender, [0, 20], 0);
        assert.equal(sender.send(0, 5), 5);
        await run("ip", "link", "set", "up0", "down");
        assert.equal(sender.send(5, 15), -ENETDOWN);
        assert.equal(sender.send(5, 3), -ENETDOWN);
        await run("ip", "link", "set", "up0", "up");
        let first = 5;
        while (first < 20) {
          const taken = sender.send(first, 3);
          assert.ok(taken > 0, `send returned ${taken}`);
          first += taken;
        }
        assert.equal(first, 20);
        assert.equal(sender.begin(1), 1);
        assert.deepEqual(drain(capture), expected);
      },
    },
  );

  namespaceTest(
    import.meta,
    `${name}.send() does not count frames that are dropped without a carrier`,
    {
      setup: VETH_SETUP,
      async run(): Promise<void> {
        using sender = open(indexOf("up0"));
        assert.equal(sender.begin(30), 30);
        const expected = writeFrames(sender, [0, 30], 0);
        await run("ip", "link", "set", "up1", "down");
        for (let i = 0; i < 7; i++) {
          assert.equal(sender.send(0, 10), -ENOBUFS);
        }
        await run("ip", "link", "set", "up1", "up");
        using capture = openCapture("up1");
        let first = 0;
        while (first < 30) {
          const taken = sender.send(first, Math.min(4, 30 - first));
          assert.ok(taken > 0, `send returned ${taken}`);
          first += taken;
        }
        assert.equal(first, 30);
        assert.deepEqual(drain(capture), expected);
        // Every slot is free again, and none twice.
        for (let i = 0; i < 3; i++) {
          assert.equal(sender.begin(sender.capacity), sender.capacity);
        }
      },
    },
  );

  namespaceTest(
    import.meta,
    `${name} ends with an error when the interface is removed or the sender closed`,
    {
      setup: VETH_SETUP,
      async run(): Promise<void> {
        const sender = open(indexOf("up0"));
        assert.equal(sender.begin(8), 8);
        writeFrames(sender, [0, 8], 0);
        assert.equal(sender.send(0, 3), 3);
        await run("ip", "link", "del", "up0");
        assert.equal(sender.send(3, 5), -ENXIO);
        assert.equal(sender.drain(100), 0);
        sender.close();
        sender.close();
        assert.equal(sender.send(3, 5), -EBADF);
        assert.equal(sender.begin(8), 0);
        sender.waitWritable(1);
      },
    },
  );

  namespaceTest(import.meta, `${name}.open() needs an interface`, {
    setup: VETH_SETUP,
    run(): void {
      assert.throws(() => open(9999), isErrno("ENODEV"));
    },
  });

  namespaceTest(
    import.meta,
    `${name}.begin() leaves alone what the device still reads`,
    {
      // Frames wait in the queue of the interface below, and are freed when they leave it.
      setup: `${VETH_SETUP}
        tc qdisc add dev up0 root tbf rate 4mbit burst 2000 limit 1000000
        ip link add link up0 name upper0 type macvlan; ip link set upper0 up`,
      run(): void {
        using capture = openCapture("up1");
        using sender = open(indexOf("upper0"));
        const expected: number[] = [];
        let sent = 0;
        let lacks = 0;
        while (sent < 2 * sender.capacity) {
          const free = sender.begin(100);
          if (free === 0) {
            lacks++;
            sender.waitWritable(100);
            continue;
          }
          expected.push(...writeFrames(sender, [0, free], sent));
          let first = 0;
          while (first < free) {
            const taken = sender.send(first, free - first);
            assert.ok(taken > 0, `send returned ${taken}`);
            first += taken;
          }
          sent += free;
        }
        assert.ok(lacks > 0, "the queue held frames back");
        // The queue is emptied by any processor, so that neighbours may change places.
        assert.deepEqual(inOrder(drain(capture, 500)), inOrder(expected));
        assert.equal(sender.begin(sender.capacity), sender.capacity);
      },
    },
  );
}

namespaceTest(
  import.meta,
  "RingSender.send() stops at a frame that is too long, and goes on behind it",
  {
    setup: VETH_SETUP,
    run(): void {
      using capture = openCapture("up1");
      using sender = RingSender.open({
        ...SHAPE,
        maxFrameBytes: 2000,
        interfaceIndex: indexOf("up0"),
      });
      for (let round = 0; round < 60; round++) {
        assert.equal(sender.begin(12), 12);
        const numbers = writeFrames(sender, [0, 12], round);
        sender.setFrame(4, 1800, 0);
        sender.setFrame(7, 1801, 0);
        assert.equal(sender.send(0, 12), 4);
        assert.equal(sender.send(4, 8), -EMSGSIZE);
        assert.equal(sender.send(4, 1), -EMSGSIZE);
        assert.equal(sender.send(5, 7), 2, "slot 4 was given up");
        assert.equal(sender.send(7, 2), -EMSGSIZE);
        assert.equal(sender.send(8, 2), 2, "slot 7 was given up");
        assert.equal(sender.send(10, 2), 2);
        const expected = numbers.filter((_, slot) => slot !== 4 && slot !== 7);
        assert.deepEqual(drain(capture, 1000, expected.length), expected);
      }
    },
  },
);

namespaceTest(import.meta, "XdpSender.open() needs a queue of its own", {
  setup: `ip link add up0 numtxqueues 2 numrxqueues 2 type veth peer name up1
    ip link set up0 up; ip link set up1 up`,
  run(): void {
    const interfaceIndex = indexOf("up0");
    const shape = { ...SHAPE, interfaceIndex, wantsZeroCopy: true };
    using first = XdpSender.open({ ...shape, queue: 0 });
    assert.equal(first.isZeroCopy, false, "veth cannot do it");
    assert.throws(
      () => XdpSender.open({ ...shape, queue: 0 }),
      isErrno("EBUSY"),
    );
    assert.throws(
      () => XdpSender.open({ ...shape, queue: 7 }),
      isErrno("EINVAL"),
    );
    using second = XdpSender.open({ ...shape, queue: 1 });
    using capture = openCapture("up1");
    for (const sender of [first, second]) {
      assert.equal(sender.begin(3), 3);
      writeFrames(sender, [0, 3], 10);
      assert.equal(sender.send(0, 3), 3);
    }
    assert.deepEqual(drain(capture).sort(), [10, 10, 11, 11, 12, 12]);
    first.close();
    XdpSender.open({ ...shape, queue: 0 }).close();
  },
});

namespaceTest(
  import.meta,
  "XdpSender.open() says that the limit of locked memory is too low",
  {
    setup: `${VETH_SETUP}
      ulimit -l 64
      set -- setpriv --bounding-set=-ipc_lock --inh-caps=-ipc_lock "$@"`,
    run(): void {
      const shape = {
        interfaceIndex: indexOf("up0"),
        sendBufferBytes: 1 << 20,
      };
      const xdp = { ...shape, queue: 0, wantsZeroCopy: false };
      assert.throws(
        () => XdpSender.open({ ...xdp, capacity: 1024, maxFrameBytes: 100 }),
        isErrno("ENOBUFS"),
      );
      // A send ring is memory of the kernel, to which that limit does not apply.
      RingSender.open({ ...shape, capacity: 1024, maxFrameBytes: 100 }).close();
    },
  },
);

function inOrder(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b);
}
