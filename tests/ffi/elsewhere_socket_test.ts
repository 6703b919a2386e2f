import assert from "node:assert/strict";
import { ElsewhereSocket } from "../../ffi/elsewhere_socket.ts";
import { elsewhereProgram } from "../../src/backend/mod.ts";
import { findByName, LinkReader } from "../../src/link/mod.ts";
import { namespaceTest, run } from "../e2e/namespace.ts";

/** A host that reaches this one through up0 and up1. */
const SETUP = `ip netns add peer
for i in 0 1; do
  ip link add up$i type veth peer name down$i netns peer
  ip addr add 192.0.$i.1/24 dev up$i; ip link set up$i up
  ip -n peer addr add 192.0.$i.2/24 dev down$i; ip -n peer link set down$i up
  ip addr add 2001:db8:$i::1/64 dev up$i nodad
  ip -n peer addr add 2001:db8:$i::2/64 dev down$i nodad
done`;

function indexOf(name: string): number {
  using reader = LinkReader.open();
  return findByName(reader.readLinks(), name)!.index;
}

/** Sends this many datagrams from another host, and one through loopback. */
async function send(target: string, count: number): Promise<void> {
  const script = 'for i in $(seq "$2"); do echo x >"/dev/udp/$1/9"; done';
  const words = ["bash", "-c", script, "bash", target, String(count)];
  await run("ip", "netns", "exec", "peer", ...words);
  await run("sh", "-c", "bash -c 'echo x >/dev/udp/127.0.0.1/9'");
}

namespaceTest(
  import.meta,
  "ElsewhereSocket.next() gives what passes the filter at other interfaces",
  {
    setup: SETUP,
    async run(): Promise<void> {
      const program = elsewhereProgram("udp[2:2] = 9", indexOf("up0"));
      using socket = ElsewhereSocket.open(program, 4);
      assert.equal(socket.next(), 0);
      await send("192.0.0.1", 3);
      assert.equal(socket.next(), 0, "nothing of the one that is left out");
      await send("2001:db8:1::1", 1);
      assert.equal(socket.next(), 0, "nothing of the other family");
      await send("192.0.1.1", 2);
      for (let i = 0; i < 2; i++) {
        assert.equal(socket.next(), 30, "IP 20, UDP 8, data 2");
        assert.equal(socket.wireBytes, 30);
        assert.equal(socket.interfaceIndex, indexOf("up1"));
        assert.equal(socket.view.getUint8(0), 0x45, "no link header");
        assert.equal(socket.view.getUint32(12), 0xc000_0102);
      }
      assert.equal(socket.next(), 0);
      socket.close();
      assert.equal(socket.next(), 0);
    },
  },
);

namespaceTest(
  import.meta,
  "ElsewhereSocket.next() gives packets of IPv6",
  {
    setup: SETUP,
    async run(): Promise<void> {
      const filter = "ip6 and ip6[6:1] = 17 and ip6[42:2] = 9";
      const program = elsewhereProgram(filter, indexOf("up0"));
      using socket = ElsewhereSocket.open(program, 6);
      await send("2001:db8:0::1", 3);
      await send("192.0.1.1", 1);
      assert.equal(socket.next(), 0, "nothing of the one that is left out");
      await send("2001:db8:1::1", 2);
      for (let i = 0; i < 2; i++) {
        assert.equal(socket.next(), 50, "IPv6 40, UDP 8, data 2");
        assert.equal(socket.interfaceIndex, indexOf("up1"));
        assert.equal(socket.view.getUint8(0), 0x60, "no link header");
        assert.equal(socket.view.getUint32(20), 2);
      }
      assert.equal(socket.next(), 0);
    },
  },
);
