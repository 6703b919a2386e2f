import assert from "node:assert/strict";
import { ConfigError, formatIpv6Words, parseIpv6 } from "../base/mod.ts";
import {
  type Ipv6AddressSet,
  type Ipv6Window,
  storeIpv6Address,
} from "../targets/mod.ts";
import { TestDirectory } from "./_test_directory.ts";
import type { HostLookup } from "./host_names.ts";
import {
  readTargets,
  type TargetSelection,
  type TargetSources,
} from "./target_input.ts";

const lookup: HostLookup = {
  resolve: () => Promise.resolve([0x0808_0808]),
  resolveIpv6: () => Promise.resolve([parseIpv6("2001:4860::8888")!]),
  onSilence: () => {},
};
const BOTH = { ipv4: true, ipv6: true };
const IPV6_ONLY = { ipv4: false, ipv6: true };
const LOW_48: Ipv6Window = { length: 48, rule: { kind: "low" }, seed: 0n };

function read(sources: Partial<TargetSources>): Promise<TargetSelection> {
  return readTargets({
    targets: [],
    allowlist: null,
    blocklist: "special-purpose",
    addressList: null,
    isLenient: false,
    families: BOTH,
    lookup,
    ...sources,
  });
}

function textsOf(set: Ipv6AddressSet | null): string[] {
  const words = new Uint32Array(4);
  return Array.from({ length: set?.count ?? 0 }, (_, i) => {
    storeIpv6Address(set!, i, words, 0);
    return formatIpv6Words(words, 0);
  });
}

function named(path: string): { option: string; path: string } {
  return { option: "--list", path };
}

async function errorOf(sources: Partial<TargetSources>): Promise<ConfigError> {
  try {
    await read(sources);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("No error");
}

Deno.test("readTargets() reads both families from all that names targets", async () => {
  using directory = new TestDirectory();
  const allow = directory.write(
    "allow",
    "8.8.4.0/30\n2001:4860:1::/126\nhost.example\nfe80::1%eth0\n",
  );
  const block = directory.write("block", "8.8.4.1\n2001:4860:1::1\n");
  const { v4, v6, warnings, zoned } = await read({
    targets: ["9.9.9.9", "2001:4860:2::2"],
    allowlist: named(allow),
    blocklist: named(block),
  });
  assert.equal(v4.count, 5);
  assert.deepEqual(textsOf(v6).toSorted(), [
    "2001:4860:1::",
    "2001:4860:1::2",
    "2001:4860:1::3",
    "2001:4860:2::2",
    "2001:4860::8888",
    "fe80::1",
  ]);
  assert.deepEqual(zoned.map(({ zone }) => zone), ["eth0"]);
  assert.deepEqual(warnings, []);
});

Deno.test("readTargets() takes of a list of addresses what the allowlist has, in each family", async () => {
  using directory = new TestDirectory();
  const list = directory.write(
    "list",
    "2001:4860::1\n8.8.8.8\n9.9.9.9\n2001:4861::1\n2001:4860::1\n",
  );
  const sources = {
    addressList: named(list),
    targets: ["8.0.0.0/8", "2001:4860::/32"],
  };
  const some = await read(sources);
  assert.equal(some.v4.count, 1);
  assert.deepEqual(textsOf(some.v6), ["2001:4860::1"]);
  const all = await read({ addressList: named(list) });
  assert.equal(all.v4.count, 2);
  assert.equal(all.listedCount, 2);
  assert.deepEqual(textsOf(all.v6), ["2001:4860::1", "2001:4861::1"]);
});

Deno.test("readTargets() takes one family where the other has no targets", async () => {
  const six = await read({ targets: ["2001:4860::1"] });
  assert.equal(six.v4.count, 0);
  assert.equal(six.v6?.count, 1);
  const four = await read({ targets: ["8.8.8.8"] });
  assert.equal(four.v4.count, 1);
  assert.equal(four.v6, null);
  const blocked = await read({ targets: ["8.8.8.8", "2001:db8::1"] });
  assert.equal(blocked.v6, null);
  assert.match(blocked.warnings.at(-1)!, /covers all IPv6 targets.*RFC 3849/);
  const only = await read({
    targets: ["8.8.8.8", "2001:4860::1"],
    families: IPV6_ONLY,
  });
  assert.equal(only.v4.count, 0);
  assert.equal(only.v6?.count, 1);
});

Deno.test("readTargets() cuts prefixes into windows", async () => {
  const { v6 } = await read({ targets: ["2001:4860::/46"], window: LOW_48 });
  assert.deepEqual(textsOf(v6), [
    "2001:4860::1",
    "2001:4860:1::1",
    "2001:4860:2::1",
    "2001:4860:3::1",
  ]);
});

Deno.test("readTargets() explains windows for a prefix that is too large", async () => {
  using directory = new TestDirectory();
  const allow = directory.write("allow", "8.8.8.8\n\n2001:4860::/32\n");
  const listed = await errorOf({ allowlist: named(allow) });
  assert.equal(listed.option, `${allow}:3`);
  const error = await errorOf({ targets: ["2001:4860::/32"] });
  assert.equal(error.option, "target");
  assert.equal(
    error.message,
    "2001:4860::/32 has 2^96 addresses, too many to probe them all",
  );
  assert.match(error.remedy, /--v6-window 48, 56 or 64/);
  const odd = await errorOf({ targets: ["2001:4860::-2001:4861::1"] });
  assert.match(odd.message, /has more than 2\^96 addresses/);
});

Deno.test("readTargets() says why no IPv6 address is left", async () => {
  using directory = new TestDirectory();
  const block = directory.write("block", "# ours\n2001:4860::/32\n");
  const targets = ["2001:4860::1"];
  const families = IPV6_ONLY;
  const mine = await errorOf({ targets, families, blocklist: named(block) });
  assert.equal(mine.option, `${block}:2`);
  assert.match(mine.message, /this line covers 2001:4860::1/);
  const builtIn = await errorOf({ targets: ["fe80::1"], families });
  assert.match(builtIn.message, /fe80::\/10 is Link-local unicast/);
  const none = await errorOf({ targets: ["8.8.8.8"], families });
  assert.match(none.message, /There is no IPv6 target/);
  const nothing = await errorOf({ families });
  assert.match(nothing.remedy, /all of IPv6 cannot be scanned/);
  const unspecified = await errorOf({
    targets: ["::"],
    families,
    blocklist: null,
  });
  assert.match(unspecified.message, /covers all IPv6 addresses/);
});
