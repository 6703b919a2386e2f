import assert from "node:assert/strict";
import {
  formatIpv4,
  formatIpv6,
  type Ipv6Address,
  parseIpv4,
  parseIpv6,
} from "../base/mod.ts";
import { IPV4_FAMILY, IPV6_FAMILY, type RoutedPrefix } from "../link/mod.ts";
import {
  type AddressSet,
  addressSet,
  ipv6AddressSet,
  makeIpv6Runs,
  RangeBuilder,
} from "../targets/mod.ts";
import { IPV4_NETWORK, IPV6_NETWORK } from "./network_family.ts";
import { routedIpv4, routedIpv6 } from "./routed_addresses.ts";
import { cutRoutePieces } from "./_route_pieces.ts";

function set(...ranges: readonly string[]): AddressSet {
  const builder = new RangeBuilder();
  for (const range of ranges) {
    const [first, last = first] = range.split("-");
    builder.addRange(parseIpv4(first!), parseIpv4(last!));
  }
  return addressSet(builder);
}

function route(text: string, nextHop: string, table = "main"): RoutedPrefix {
  const [address, length] = text.split("/");
  const prefixLength = Number(length);
  return { address: parseIpv4(address!), prefixLength, table, nextHop };
}

/** Pieces in words; keys as letters in the order in which they appear. */
function words(
  addresses: AddressSet,
  routes: readonly RoutedPrefix[],
): string[] {
  const keys: number[] = [];
  return cutRoutePieces(IPV4_FAMILY, routedIpv4(addresses), [
    ...routes,
    ...IPV4_NETWORK.specialPrefixes,
  ]).map((piece) => {
    if (!keys.includes(piece.key)) keys.push(piece.key);
    const letter = String.fromCharCode(97 + keys.indexOf(piece.key));
    const { address, prefixLength } = piece.prefix;
    return `${letter} ${formatIpv4(piece.first)}-${formatIpv4(piece.last)} ` +
      `${piece.count} ${formatIpv4(piece.example)} ${
        formatIpv4(address)
      }/${prefixLength}`;
  });
}

Deno.test("cutRoutePieces() cuts targets along the routes and knows equal ones", () => {
  const routes = [
    route("0.0.0.0/0", "gateway"),
    route("10.1.0.0/16", "other"),
    route("10.1.2.0/24", "gateway"),
    route("10.9.0.0/16", "other"),
  ];
  assert.deepEqual(
    words(set("10.0.0.0-10.1.255.255", "10.9.0.7"), routes),
    [
      "a 1.0.0.0-10.0.255.255 65536 10.0.0.0 0.0.0.0/0",
      "b 10.1.0.0-10.1.1.255 512 10.1.0.0 10.1.0.0/16",
      "a 10.1.2.0-10.1.2.255 256 10.1.2.0 10.1.2.0/24",
      "b 10.1.3.0-10.1.255.255 64768 10.1.3.0 10.1.0.0/16",
      "b 10.9.0.0-10.9.255.255 1 10.9.0.7 10.9.0.0/16",
    ].map((line) => line.replace("1.0.0.0-", "0.0.0.1-")),
  );
});

Deno.test("cutRoutePieces() tells tables and rules apart", () => {
  const routes = [
    route("10.0.0.0/8", "gateway"),
    route("10.0.0.0/9", "gateway", "100"),
    route("10.64.0.0/16", "", "rule 0"),
  ];
  const pieces = words(set("10.0.0.1", "10.64.0.1", "10.200.0.1"), routes);
  assert.deepEqual(pieces.map((piece) => piece.slice(0, 2)), [
    "a ",
    "b ",
    "c ",
  ]);
});

Deno.test("cutRoutePieces() sets apart what the kernel does, up to both ends of the address space", () => {
  const all = words(set("0.0.0.0-255.255.255.255"), []);
  assert.deepEqual(all.map((piece) => piece.slice(0, piece.indexOf(" ", 2))), [
    "a 0.0.0.0-0.0.0.0",
    "b 0.0.0.1-223.255.255.255",
    "c 224.0.0.0-239.255.255.255",
    "b 240.0.0.0-255.255.255.254",
    "d 255.255.255.255-255.255.255.255",
  ]);
});

Deno.test("cutRoutePieces() leaves out what holds no target", () => {
  const routes = [route("10.0.0.0/8", "a"), route("11.0.0.0/8", "b")];
  assert.equal(words(set("11.0.0.1"), routes).length, 1);
});

Deno.test("cutRoutePieces() cuts targets of IPv6, up to both ends of the address space", () => {
  const address = (text: string): Ipv6Address => parseIpv6(text)!;
  const last = IPV6_FAMILY.last;
  const targets = routedIpv6(ipv6AddressSet([{
    kind: "ranges",
    runs: makeIpv6Runs([
      { first: 0n, last: 1n },
      { first: address("2001:db8::"), last: address("2001:db8::ffff") },
      { first: last, last },
    ], 0),
  }]));
  const pieces = cutRoutePieces(IPV6_FAMILY, targets, [
    { address: 0n, prefixLength: 0, table: "main", nextHop: "gateway" },
    {
      address: address("2001:db8::100"),
      prefixLength: 120,
      table: "main",
      nextHop: "other",
    },
    ...IPV6_NETWORK.specialPrefixes,
  ]);
  assert.deepEqual(
    pieces.map(({ count, example, first, key }) =>
      `${key} ${formatIpv6(first)} ${count} ${formatIpv6(example)}`
    ),
    [
      "2 :: 1 ::",
      "1 ::1 257 ::1",
      "3 2001:db8::100 256 2001:db8::100",
      "1 2001:db8::200 65024 2001:db8::200",
      "5 ff00:: 1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ],
  );
});
