import assert from "node:assert/strict";
import { readArguments, splitArguments } from "./arguments.ts";
import { ConfigError } from "../base/mod.ts";
import { parseExcluded } from "./excluded_networks.ts";
import { readTargets, type TargetSelection } from "./target_input.ts";

function select(
  targets: readonly string[],
  excluded: string,
): Promise<TargetSelection> {
  return readTargets({
    targets,
    allowlist: null,
    blocklist: null,
    addressList: null,
    excluded: parseExcluded(excluded),
    lookup: {
      resolve: () => Promise.reject(new Error("no names here")),
      onSilence: () => {},
    },
    isLenient: false,
    hasNetworkLists: true,
    families: { ipv4: true, ipv6: true },
  });
}

Deno.test("parseExcluded() takes addresses, prefixes and ranges of both families out of the targets", async () => {
  const { networks, v4, v6 } = await select(
    ["192.0.2.0/28", "2001:db8::/126"],
    "192.0.2.1, 192.0.2.4/31,192.0.2.8-192.0.2.15,2001:db8::2",
  );
  assert.equal(v4.count, 16 - 1 - 2 - 8);
  assert.equal(Number(v6!.count), 3);
  assert.deepEqual([...networks.blocked!], [
    "192.0.2.1/32",
    "192.0.2.4/31",
    "192.0.2.8/29",
    "0.0.0.0/32",
  ]);
});

Deno.test("parseExcluded() refuses host names and what does not parse; --exclude may be repeated", () => {
  assert.throws(() => parseExcluded("192.0.2.1,example.com"), SyntaxError);
  assert.throws(() => parseExcluded("192.0.2.1,"), SyntaxError);
  assert.throws(() => parseExcluded("192.0.2.0/33"), RangeError);
  const words = ["--exclude", "192.0.2.1", "--exclude=192.0.2.2,192.0.2.3"];
  const { values } = readArguments(splitArguments(words));
  assert.equal(values.exclude.length, 3);
});

Deno.test("readTargets() names --exclude where it leaves no target", async () => {
  await assert.rejects(
    select(["192.0.2.0/30"], "192.0.2.0/24"),
    (error) => error instanceof ConfigError && error.option === "--exclude",
  );
});
