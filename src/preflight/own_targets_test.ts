import assert from "node:assert/strict";
import { namespaceTest } from "../../tests/e2e/namespace.ts";
import { formatIpv4 } from "../base/mod.ts";
import { LinkReader } from "../link/mod.ts";
import { addressSet, parsePrefix, RangeBuilder } from "../targets/mod.ts";
import { type TargetsFound, unansweredTargets } from "./own_targets.ts";

function words({ count, examples }: TargetsFound): string {
  return `${count}: ${examples.map(formatIpv4).join(" ")}`;
}

namespaceTest(
  import.meta,
  "unansweredTargets() finds own and broadcast addresses among the targets",
  {
    setup: `ip link add up0 type veth peer name down0
ip addr add 192.0.2.1/24 broadcast 192.0.2.255 dev up0; ip addr add 192.0.2.9/24 dev up0
ip link set up0 up; ip link set down0 up`,
    run(): void {
      using reader = LinkReader.open();
      const look = (...prefixes: string[]): [string, string] => {
        const builder = new RangeBuilder();
        for (const prefix of prefixes) builder.addPrefix(parsePrefix(prefix));
        const { broadcast, own } = unansweredTargets(
          reader,
          addressSet(builder),
        );
        return [words(own), words(broadcast)];
      };
      assert.deepEqual(look("192.0.2.0/24"), [
        "2: 192.0.2.1 192.0.2.9",
        "1: 192.0.2.255",
      ]);
      assert.deepEqual(look("192.0.2.8/30"), ["1: 192.0.2.9", "0: "]);
      assert.deepEqual(look("198.18.0.0/15", "192.0.2.2/32"), ["0: ", "0: "]);
      const [all] = look("0.0.0.0/0");
      assert.equal(all, `${2 ** 24 + 2}: 127.0.0.0 127.0.0.1 127.0.0.2`);
    },
  },
);
