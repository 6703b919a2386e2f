import assert from "node:assert/strict";
import { ConfigError } from "../base/mod.ts";
import { Ipv6Builder, NetworkList, RangeBuilder } from "../targets/mod.ts";
import { addHosts, type PendingHost } from "./host_lookup.ts";
import { type HostLookup, requireHost } from "./host_names.ts";
import { makeSkip } from "./skip.ts";

function hostsOf(names: readonly string[]): PendingHost[] {
  return names.map((name, index) => ({
    name,
    place: `list:${index + 1}`,
    length: null,
    rangesBefore: 0,
  }));
}

/** Looks hosts up; returns the first addresses of the ranges in the order in which they were added. */
async function lookUp(
  names: readonly string[],
  lookup: HostLookup,
  warnings: string[] | null = null,
): Promise<number[]> {
  const ranges = new RangeBuilder();
  const networks = new NetworkList();
  const skip = warnings === null ? null : makeSkip(warnings);
  await addHosts(hostsOf(names), {
    networks,
    ranges,
    ipv6: null,
    hasIpv4: true,
    lookup,
    skip,
  });
  return Array.from(
    { length: ranges.length },
    (_, i) => ranges.rangeAt(i).first,
  );
}

/** Names that stand for the number behind their letter. */
function numberOf(name: string): number {
  return Number(name.slice(1));
}

const NEVER = new Promise<never>(() => {});
const ignore = (): void => {};

Deno.test("addHosts() looks many names up at once, but not all, and keeps their order", async () => {
  const names = Array.from({ length: 500 }, (_, i) => `h${i}`);
  let running = 0;
  let most = 0;
  const resolve = async (name: string): Promise<number[]> => {
    most = Math.max(most, ++running);
    // Later ones answer sooner.
    const turns = 40 - numberOf(name) % 40;
    for (let i = 0; i < turns; i++) await Promise.resolve();
    running--;
    return [numberOf(name)];
  };
  const found = await lookUp(names, { resolve, onSilence: ignore });
  assert.deepEqual(found, names.map(numberOf));
  assert.equal(most, 32);
});

Deno.test("addHosts() goes on with the next name while one is waited for", async () => {
  const names = Array.from({ length: 100 }, (_, i) => `h${i}`);
  const slow = Promise.withResolvers<number[]>();
  let answered = 0;
  const resolve = (name: string): Promise<number[]> => {
    if (name === "h0") return slow.promise;
    if (++answered === 99) slow.resolve([0]);
    return Promise.resolve([numberOf(name)]);
  };
  const found = await lookUp(names, { resolve, onSilence: ignore });
  assert.deepEqual(found, names.map(numberOf));
});

Deno.test("addHosts() names whom a silent resolver keeps waiting, in one line", async () => {
  const answer = Promise.withResolvers<number[]>();
  const lines: string[] = [];
  const found = await lookUp(["h7", "h7", "h7"], {
    resolve: () => answer.promise,
    silenceMs: 1,
    onSilence: (line) => {
      lines.push(line);
      answer.resolve([7]);
    },
  });
  assert.deepEqual(found, [7, 7, 7]);
  assert.deepEqual(lines, [
    "Waiting for the resolver for h7 and 2 other names",
  ]);
});

Deno.test("addHosts() says nothing about a resolver that answers", async () => {
  const lines: string[] = [];
  await lookUp(["h1", "h2"], {
    resolve: (name) => Promise.resolve([numberOf(name)]),
    silenceMs: 0,
    onSilence: (line) => lines.push(line),
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(lines, []);
});

Deno.test("addHosts() ends with the signal's reason, whether or not names may be skipped", async () => {
  for (const warnings of [null, []]) {
    const controller = new AbortController();
    const waiting = lookUp(["h1", "h2"], {
      resolve: () => NEVER,
      signal: controller.signal,
      onSilence: ignore,
    }, warnings);
    controller.abort("stopped by SIGINT");
    await assert.rejects(waiting, (error) => error === "stopped by SIGINT");
  }
});

Deno.test("addHosts() asks no more names once one has no address", async () => {
  const asked: string[] = [];
  const names = Array.from({ length: 100 }, (_, i) => `h${i}`);
  const waiting = lookUp(names, {
    resolve: (name) => {
      asked.push(name);
      return name === "h3" ? Promise.resolve([]) : NEVER;
    },
    onSilence: ignore,
  });
  await assert.rejects(
    waiting,
    (error) => error instanceof ConfigError && error.option === "list:4",
  );
  assert.equal(asked.length, 32);
});

Deno.test("addHosts() skips names without an address in the order of the list", async () => {
  const warnings: string[] = [];
  const found = await lookUp(["h1", "h2", "h3", "h4"], {
    resolve: async (name) => {
      if (name === "h2") {
        // The later of the two fails first.
        for (let i = 0; i < 50; i++) await Promise.resolve();
        throw new Deno.errors.TimedOut("request timed out");
      }
      return name === "h4" ? [] : [numberOf(name)];
    },
    onSilence: ignore,
  }, warnings);
  assert.deepEqual(found, [1, 3]);
  assert.match(
    warnings[0]!,
    /^Skipped: list:2: .*"h2": the resolver does not answer$/,
  );
  assert.match(warnings[1]!, /^Skipped: list:4: .*"h4"$/);
  assert.equal(warnings.length, 2);
});

Deno.test("addHosts() looks hosts up in the families asked for, by the length of the prefix", async () => {
  for (
    const [length, hasIpv4, hasIpv6, expected] of [
      [null, true, true, [1, 1]],
      [null, true, false, [1, 0]],
      [null, false, true, [0, 1]],
      [24, true, true, [256, 0]],
      [32, false, true, [0, 2 ** 96]],
      [64, true, true, [0, 2 ** 64]],
      [128, true, true, [0, 1]],
    ] as const
  ) {
    const ranges = new RangeBuilder();
    const ipv6 = hasIpv6 ? new Ipv6Builder() : null;
    const asked: string[] = [];
    await addHosts([{ name: "h1", place: "target", length, rangesBefore: 0 }], {
      networks: null,
      ranges,
      ipv6,
      hasIpv4,
      skip: null,
      lookup: {
        resolve: (name) => {
          asked.push(`${name} A`);
          return Promise.resolve([0xc000_0201]);
        },
        resolveIpv6: (name) => {
          asked.push(`${name} AAAA`);
          return Promise.resolve([0x2001_0db8n << 96n]);
        },
        onSilence: ignore,
      },
    });
    const [range] = Array.from(
      { length: ranges.length },
      (_, i) => ranges.rangeAt(i),
    );
    const { list = [], ranges: [wide] = [] } = ipv6?.take() ?? {};
    assert.deepEqual([
      range === undefined ? 0 : range.last - range.first + 1,
      wide === undefined
        ? list.length / 4
        : Number(wide.last - wide.first + 1n),
    ], expected);
    assert.equal(asked.includes("h1 A"), expected[0] > 0);
    assert.equal(asked.includes("h1 AAAA"), expected[1] > 0);
  }
});

Deno.test("addHosts() takes a host that has addresses in one family only", async () => {
  const ranges = new RangeBuilder();
  const ipv6 = new Ipv6Builder();
  const target = {
    networks: null,
    ranges,
    ipv6,
    hasIpv4: true,
    skip: null,
    lookup: {
      resolve: (name: string) =>
        name === "six"
          ? Promise.reject(new Error("no data"))
          : Promise.resolve([7]),
      resolveIpv6: (name: string) =>
        name === "six" ? Promise.resolve([9n]) : Promise.resolve([]),
      onSilence: ignore,
    },
  };
  const hosts = ["four", "six"].map((name) => ({
    name,
    place: "target",
    length: null,
    rangesBefore: 0,
  }));
  await addHosts(hosts, target);
  assert.deepEqual(ranges.rangeAt(0), { first: 7, last: 7 });
  assert.deepEqual([...ipv6.take().list], [0, 0, 0, 9]);
  const none = { ...target.lookup, resolveIpv6: () => Promise.resolve([]) };
  await assert.rejects(
    addHosts([hosts[1]!], { ...target, lookup: none }),
    (error) =>
      error instanceof ConfigError &&
      error.message.includes('Cannot find an address of host "six"'),
  );
  await assert.rejects(
    addHosts([{ ...hosts[0]!, length: 64 }], { ...target, ipv6: null }),
    /length is above 32/,
  );
});

Deno.test("requireHost() says which addresses are missing since the resolver does not answer", async () => {
  const lines: string[] = [];
  const lookup = {
    resolve: () => Promise.resolve([7]),
    onSilence: (line: string): void => void lines.push(line),
  };
  const host = { name: "one.example", place: "target" };
  const both = { ipv4: true, ipv6: true };
  for (
    const error of [new Deno.errors.NotFound(), new Deno.errors.TimedOut()]
  ) {
    const resolveIpv6 = (): Promise<never> => Promise.reject(error);
    const found = await requireHost(host, both, { ...lookup, resolveIpv6 });
    assert.deepEqual(found, { ipv4: [7], ipv6: [] });
  }
  assert.deepEqual(lines, [
    'Host "one.example" is scanned without its IPv6 addresses: the resolver does not answer',
  ]);
});
