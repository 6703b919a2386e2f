import { formatIpv4 } from "../base/mod.ts";
import type { Ipv6Sources } from "../probe/mod.ts";
import { IPV6_ADDRESS_WORDS, IPV6_DESTINATION } from "../wire/mod.ts";

const WORD_BITS = 32;

/**
 * Limits a probe's capture filter (`pcap-filter(7)`) to IPv4 packets sent to the scanner, and to those that are
 * too short to tell.
 */
export function captureFilter(
  probeFilter: string,
  sourceAddresses: readonly number[],
): string {
  const hosts = sourceAddresses.map((address) =>
    `dst host ${formatIpv4(address)}`
  ).join(" or ");
  return `ip and (len < 34 or ${hosts}) and (${probeFilter})`;
}

/**
 * Limits a probe's capture filter to IPv6 packets sent to the scanner, and to those that are too short to tell.
 * Addresses are compared word by word: that is one test for single addresses and whole prefixes.
 */
export function captureFilter6(
  probeFilter: string,
  sources: Ipv6Sources,
): string {
  const hosts = prefixesOf(sources).map(({ lengthBits, words }) =>
    destinationTest(words, lengthBits)
  );
  // All bits are free in the prefix of length 0.
  const isAny = hosts.includes("");
  const toUs = isAny ? "" : `(len < 54 or ${hosts.join(" or ")}) and `;
  return `ip6 and ${toUs}(${probeFilter})`;
}

/** One filter for both families. */
export function captureFilterOfBoth(ipv4: string, ipv6: string): string {
  return `(${ipv4}) or (${ipv6})`;
}

function prefixesOf(
  sources: Ipv6Sources,
): readonly { readonly words: Uint32Array; readonly lengthBits: number }[] {
  if (sources.kind === "prefix") {
    return [{ words: sources.prefix, lengthBits: sources.lengthBits }];
  }
  const { words } = sources;
  return Array.from({ length: words.length / IPV6_ADDRESS_WORDS }, (_, i) => ({
    words: words.subarray(i * IPV6_ADDRESS_WORDS, (i + 1) * IPV6_ADDRESS_WORDS),
    lengthBits: 128,
  }));
}

/** Compares the words of the destination with those of a prefix, as far as it reaches. */
function destinationTest(words: Uint32Array, lengthBits: number): string {
  const tests: string[] = [];
  for (let i = 0; i * WORD_BITS < lengthBits; i++) {
    const at = IPV6_DESTINATION + 4 * i;
    const free = WORD_BITS - Math.min(lengthBits - i * WORD_BITS, WORD_BITS);
    const mask = free === 0 ? 0xffff_ffff : (0xffff_ffff << free) >>> 0;
    const masked = free === 0 ? "" : ` & ${mask}`;
    tests.push(`ip6[${at}:4]${masked} = ${(words[i]! & mask) >>> 0}`);
  }
  return tests.length === 0 ? "" : `(${tests.join(" and ")})`;
}
