// HOT PATH: computeTag() runs once per probe sent and once per response received.

/**
 * Makes the tag that ties a response to its probe without a table of probes sent: the Chaskey-12
 * message authentication code (ISO/IEC 29192-6; Mouha, "Chaskey: a MAC algorithm for microcontrollers:
 * status update and proposal of Chaskey-12", 2015) of one block, (source, destination, port, 0).
 * Without the key the tags of other targets cannot be told from random words, so only someone who saw
 * a probe can answer it, and an answer cannot be moved to another target. Every message is one whole
 * block, hence only the first subkey is ever used and there is no padding. Additions, rotations and
 * exclusive-or of 32-bit words only: that is what JavaScript does fast.
 *
 * @param key four random words, new for each scan
 * @param source the scanner's address, host order
 * @param destination the target's address, host order
 * @param port the destination port, 0 for probes without ports
 * @param tag receives four words, all 128 bits of the code
 */
export function computeTag(
  key: Uint32Array,
  source: number,
  destination: number,
  port: number,
  tag: Uint32Array,
): void {
  const k0 = key[0]! | 0;
  const k1 = key[1]! | 0;
  const k2 = key[2]! | 0;
  const k3 = key[3]! | 0;
  // The subkey: the key doubled in GF(2^128) modulo x^128 + x^7 + x^2 + x + 1.
  const s0 = (k0 << 1) ^ ((k3 >> 31) & 0x87);
  const s1 = (k1 << 1) | (k0 >>> 31);
  const s2 = (k2 << 1) | (k1 >>> 31);
  const s3 = (k3 << 1) | (k2 >>> 31);
  let v0 = k0 ^ s0 ^ source;
  let v1 = k1 ^ s1 ^ destination;
  let v2 = k2 ^ s2 ^ port;
  let v3 = k3 ^ s3;
  for (let round = 0; round < 12; round++) {
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 13) | (v3 >>> 19)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 7) | (v1 >>> 25)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
  }
  tag[0] = v0 ^ s0;
  tag[1] = v1 ^ s1;
  tag[2] = v2 ^ s2;
  tag[3] = v3 ^ s3;
}
