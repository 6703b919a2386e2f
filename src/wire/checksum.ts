// HOT PATH: foldSum() and updateChecksum() run per packet.

/**
 * The Internet checksum (RFC 1071). A sum of 16-bit words in one's complement arithmetic is an ordinary
 * sum whose carries out of 16 bits are added back in, at any time and in any order. So the words that
 * never change are summed once, the others are added per packet, and the carries are folded at the end.
 */

/**
 * Folds the carries of a sum back into 16 bits.
 *
 * @param sum any sum of 16-bit words below 2^32
 */
export function foldSum(sum: number): number {
  // The first fold leaves at most 0x1fffe, so that the second one cannot carry.
  const once = (sum & 0xffff) + (sum >>> 16);
  return (once & 0xffff) + (once >>> 16);
}

/**
 * Sums `lengthBytes` bytes as big-endian 16-bit words, the last one filled up with a zero byte, and folds.
 *
 * @param initial a sum to go on from, below 2^16
 */
export function sumWords(
  view: DataView,
  at: number,
  lengthBytes: number,
  initial = 0,
): number {
  const end = at + lengthBytes;
  let sum = initial;
  let i = at;
  for (; i + 1 < end; i += 2) {
    sum += view.getUint16(i);
    // Folding where half the range is used up keeps the sum a small integer for any length.
    if (sum >= 0x4000_0000) sum = foldSum(sum);
  }
  if (i < end) sum += view.getUint8(i) << 8;
  return foldSum(sum);
}

/** The checksum of `lengthBytes` bytes; 0 for bytes that contain their own right checksum. */
export function internetChecksum(
  view: DataView,
  at: number,
  lengthBytes: number,
  initial = 0,
): number {
  return sumWords(view, at, lengthBytes, initial) ^ 0xffff;
}

/** The sum of both halves of a 32-bit number, for `foldSum`; below 2^17. */
export function sumOfUint32(value: number): number {
  return (value >>> 16) + (value & 0xffff);
}

/** The checksum after one 16-bit word under it has changed: equation 3 of RFC 1624 section 3. */
export function updateChecksum(
  checksum: number,
  oldWord: number,
  newWord: number,
): number {
  return foldSum((checksum ^ 0xffff) + (oldWord ^ 0xffff) + newWord) ^ 0xffff;
}

/** The sum of the pseudo header that TCP and UDP put under their checksum (RFC 9293 3.1, RFC 768), folded. */
export function pseudoHeaderSum(
  source: number,
  destination: number,
  protocol: number,
  lengthBytes: number,
): number {
  return foldSum(
    sumOfUint32(source) + sumOfUint32(destination) + protocol + lengthBytes,
  );
}

/** The sum of the four words of an address from `first` on; below 2^19. */
export function sumOfIpv6(words: Uint32Array, first: number = 0): number {
  return sumOfUint32(words[first]!) + sumOfUint32(words[first + 1]!) +
    sumOfUint32(words[first + 2]!) + sumOfUint32(words[first + 3]!);
}

/** The sum of the pseudo header of IPv6 (RFC 8200 section 8.1), folded. */
export function pseudoHeaderSum6(
  source: Uint32Array,
  destination: Uint32Array,
  protocol: number,
  lengthBytes: number,
): number {
  return foldSum(
    sumOfIpv6(source) + sumOfIpv6(destination) + protocol +
      sumOfUint32(lengthBytes),
  );
}
