import assert from "node:assert/strict";
import * as c from "../../ffi/constants.ts";
import { ErrnoError } from "../../ffi/errno.ts";
import { IFINFOMSG, RTMSG } from "../../ffi/layout.ts";
import { completeLibc } from "../../ffi/libc.ts";
import { LinkSocket } from "../../ffi/link_socket.ts";
import { NetlinkSocket } from "../../ffi/netlink.ts";
import { readAttributes } from "../../ffi/netlink_attributes.ts";
import { namespaceTest } from "../e2e/namespace.ts";
import { indexOf, VETH_SETUP } from "./frames.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

const ROUTES = 20_000;
const MANY_ROUTES = `${VETH_SETUP}
i=0
while [ $i -lt ${ROUTES} ]; do
  echo "route add 10.$((i / 256)).$((i % 256)).0/24 dev up0"
  i=$((i + 1))
done >/run/routes
ip -batch /run/routes`;

namespaceTest(
  import.meta,
  "NetlinkSocket.request() reads dumps of many parts",
  {
    setup: MANY_ROUTES,
    run(): void {
      using socket = NetlinkSocket.open();
      const body = new Uint8Array(RTMSG.size);
      body[RTMSG.rtm_family] = c.AF_INET;
      const isRoute = (route: Uint8Array): boolean =>
        route[RTMSG.rtm_dst_len] === 24;
      const routes = socket.request(
        c.RTM_GETROUTE,
        c.NLM_F_DUMP,
        body,
        isRoute,
      );
      assert.equal(routes.length, ROUTES);
      const destinations = new Set(
        routes.map((route) =>
          readAttributes(route.body, RTMSG.size).get(c.RTA_DST)!.getUint32(0)
        ),
      );
      assert.equal(destinations.size, ROUTES, "no two bodies share memory");
    },
  },
);

/** 320 alternative names make one message of more than 40,000 bytes. */
const LONG_MESSAGE = `${VETH_SETUP}
i=100
while [ $i -lt 420 ]; do
  echo "link property add dev up0 altname $(printf "%0120d" $i)"
  i=$((i + 1))
done >/run/names
ip -batch /run/names`;

namespaceTest(
  import.meta,
  "NetlinkSocket.request() reads messages longer than its buffer was",
  {
    setup: LONG_MESSAGE,
    run(): void {
      using socket = NetlinkSocket.open(4096);
      const body = new Uint8Array(IFINFOMSG.size);
      new DataView(body.buffer).setInt32(
        IFINFOMSG.ifi_index,
        indexOf("up0"),
        true,
      );
      const [link, ...others] = socket.request(c.RTM_GETLINK, 0, body);
      assert.equal(others.length, 0);
      assert.ok(link!.body.length > 40_000, `${link!.body.length} bytes`);
    },
  },
);

Deno.test("NetlinkSocket.request() throws the kernel's error and stays usable", () => {
  using socket = NetlinkSocket.open();
  const body = new Uint8Array(IFINFOMSG.size);
  new DataView(body.buffer).setInt32(IFINFOMSG.ifi_index, 0x7fff_fff0, true);
  assert.throws(
    () => socket.request(c.RTM_GETLINK, 0, body),
    (error) => error instanceof ErrnoError && error.code === "ENODEV",
  );
  assert.throws(() => socket.request(9999, 0, body), ErrnoError);
  const links = socket.request(
    c.RTM_GETLINK,
    c.NLM_F_DUMP,
    new Uint8Array(IFINFOMSG.size),
  );
  assert.ok(links.length >= 1);
});

Deno.test("readAttributes() stops at a length that does not fit", () => {
  // Type 1 with two bytes and padding, type 2 (nested flag set) empty, then one that claims 100 bytes.
  const body = Uint8Array.of(
    6,
    0,
    1,
    0,
    7,
    8,
    0,
    0,
    4,
    0,
    2,
    0x80,
    100,
    0,
    3,
    0,
    1,
    2,
  );
  const attributes = readAttributes(body, 0);
  assert.deepEqual([...attributes.keys()], [1, 2]);
  assert.equal(attributes.get(1)!.getUint16(0), 0x0708);
  assert.equal(attributes.get(2)!.byteLength, 0);
  assert.equal(readAttributes(Uint8Array.of(0, 0, 1, 0), 0).size, 0);
  assert.equal(readAttributes(Uint8Array.of(4, 0, 1), 0).size, 0);
});

namespaceTest(import.meta, "LinkSocket exchanges ARP frames and nothing else", {
  setup: VETH_SETUP,
  run(): void {
    using near = LinkSocket.openArp(indexOf("up0"));
    using far = LinkSocket.openArp(indexOf("up1"));
    const frame = new Uint8Array(42).fill(0x5a);
    frame.fill(0xff, 0, 6);
    frame.set([0x08, 0x00], 12);
    near.send(frame);
    frame.set([0x08, 0x06], 12);
    near.send(frame);
    const received = new Uint8Array(128);
    assert.equal(far.receive(received, 1000), 42);
    assert.deepEqual(received.subarray(0, 42), frame);
    assert.equal(far.receive(received, 0), 0);
  },
});

namespaceTest(
  import.meta,
  "LinkSocket receives IPv4 packets without their link header",
  {
    setup: VETH_SETUP,
    run(): void {
      using near = LinkSocket.openArp(indexOf("up0"));
      using far = LinkSocket.openIp(indexOf("up1"), 4);
      const frame = new Uint8Array(60).fill(0x5a);
      frame.fill(0xff, 0, 6);
      frame.set([0x08, 0x06], 12);
      near.send(frame);
      frame.set([0x08, 0x00, 0x45], 12);
      near.send(frame);
      const received = new Uint8Array(128);
      assert.equal(far.receive(received, 1000), 46);
      assert.deepEqual(received.subarray(0, 46), frame.subarray(14));
      assert.equal(far.receive(received, 0), 0);
    },
  },
);
