import {
  formatIpv6,
  IPV6_WORDS,
  parseIpv4,
  parseIpv6,
  parseIpv6Words,
} from "../base/mod.ts";

const PARTS = /^([^/]*)(?:\/(0|[1-9][0-9]{0,2}))?$/;
const DOT = 46;
const ZERO = 48;
const WORD_BITS = 32;

/**
 * Makes a function that says whether a text is the address, or in the prefix, that a filter names; null when it names
 * neither. Texts are canonical, as in results, so a single address is compared as text.
 */
export function compileAddress(
  text: string,
): ((value: string) => boolean) | null {
  const [, address = "", lengthText] = PARTS.exec(text) ?? [];
  const ipv6 = parseIpv6(address);
  const bits = ipv6 === null ? WORD_BITS : IPV6_WORDS * WORD_BITS;
  const length = lengthText === undefined ? bits : Number(lengthText);
  if (length > bits) return null;
  if (ipv6 === null) return compileIpv4(address, length);
  if (length < bits) return compileIpv6Prefix(address, length);
  const canonical = formatIpv6(ipv6);
  return (value) => value === canonical;
}

function compileIpv4(
  address: string,
  length: number,
): ((value: string) => boolean) | null {
  let prefix: number;
  try {
    prefix = parseIpv4(address);
  } catch {
    return null;
  }
  if (length === WORD_BITS) return (value) => value === address;
  const mask = maskOf(length);
  return (value) => {
    const found = readIpv4(value);
    return found >= 0 && ((found ^ prefix) & mask) === 0;
  };
}

function compileIpv6Prefix(
  address: string,
  length: number,
): (value: string) => boolean {
  const prefix = new Uint32Array(IPV6_WORDS);
  parseIpv6Words(address, prefix, 0);
  const masks = Array.from(
    prefix,
    (_, i) => maskOf(Math.min(Math.max(length - i * WORD_BITS, 0), WORD_BITS)),
  );
  const words = new Uint32Array(IPV6_WORDS);
  return (value) => {
    if (!parseIpv6Words(value, words, 0)) return false;
    for (let i = 0; i < IPV6_WORDS; i++) {
      if (((words[i]! ^ prefix[i]!) & masks[i]!) !== 0) return false;
    }
    return true;
  };
}

/** The first `length` bits of a word. */
function maskOf(length: number): number {
  // A shift by 32 would be a shift by 0.
  return length === 0 ? 0 : -1 << (WORD_BITS - length);
}

/** The address that a text is, or -1; it does not throw, as values come from the network. */
function readIpv4(text: string): number {
  let address = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const digit = code - ZERO;
    if (digit >= 0 && digit <= 9) {
      if (octet === 0) return -1;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return -1;
    } else {
      if (code !== DOT || octet < 0 || ++dots > 3) return -1;
      address = address * 256 + octet;
      octet = -1;
    }
  }
  return dots === 3 && octet >= 0 ? address * 256 + octet : -1;
}
