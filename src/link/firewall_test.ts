import assert from "node:assert/strict";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import { readFirewall } from "./mod.ts";

const RULES = `table inet filter {
  chain input { type filter hook input priority 0; policy drop; }
  chain output { type filter hook output priority 0; policy drop; tcp dport 80 accept; }
  chain unused { }
}
table ip6 six { chain output { type filter hook output priority 0; policy drop; }; }
table bridge none { chain output { type filter hook output priority 0; }; }
table netdev edge {
  chain in { type filter hook ingress device up0 priority 0; }
  chain out { type filter hook egress devices = { up0, up1 } priority 0; policy accept; }
}`;

namespaceTest(
  import.meta,
  "readFirewall() finds the chains that packets leave through",
  {
    setup: `ip link add up0 type veth peer name up1
nft -f - <<'END'
${RULES}
END`,
    async run(): Promise<void> {
      const firewall = readFirewall();
      assert.deepEqual(firewall, {
        chains: [
          {
            name: "inet filter/output",
            stage: "output",
            versions: [4, 6],
            interfaceNames: [],
            dropsByDefault: true,
          },
          {
            name: "ip6 six/output",
            stage: "output",
            versions: [6],
            interfaceNames: [],
            dropsByDefault: true,
          },
          {
            name: "netdev edge/out",
            stage: "egress",
            versions: [4, 6],
            interfaceNames: ["up0", "up1"],
            dropsByDefault: false,
          },
        ],
        tracked: [],
      });
      const nft = (rules: string): Promise<string> =>
        run("sh", "-c", `nft '${rules}'`);
      await nft("add rule ip6 six output ct state established accept");
      assert.deepEqual(readFirewall()?.tracked, [6]);
      await nft("add rule inet filter input ct state established accept");
      assert.deepEqual(readFirewall()?.tracked, [4, 6]);
      await nft("flush ruleset");
      assert.deepEqual(readFirewall(), {
        chains: [],
        tracked: [],
      });
    },
  },
);

namespaceTest(
  import.meta,
  "readFirewall() is null without the right to read rules",
  {
    setup: 'set -- setpriv --bounding-set -net_admin "$@"',
    run: () => assert.equal(readFirewall(), null),
  },
);
