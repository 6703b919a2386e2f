const GROUPS = 8;
const GROUP_BYTES = 2;
/** Groups before the IPv4 address in ::ffff:192.0.2.1 (RFC 4291 section 2.5.5.2). */
const MAPPED_GROUPS = 6;

/** Writes the 16 bytes at `at` as an IPv6 address in its canonical form (RFC 5952). */
export function formatIpv6(view: DataView, at: number): string {
  const groups = Array.from(
    { length: GROUPS },
    (_, i) => view.getUint16(at + i * GROUP_BYTES),
  );
  const isMapped = groups.slice(0, 5).every((group) => group === 0) &&
    groups[5] === 0xffff;
  if (isMapped) {
    const octets = [0, 1, 2, 3].map((i) =>
      view.getUint8(at + MAPPED_GROUPS * GROUP_BYTES + i)
    );
    return `::ffff:${octets.join(".")}`;
  }
  const { first, length } = longestZeros(groups);
  const text = (part: number[]): string =>
    part.map((group) => group.toString(16)).join(":");
  return length < 2
    ? text(groups)
    : `${text(groups.slice(0, first))}::${text(groups.slice(first + length))}`;
}

/** The first of the longest runs of zero groups. */
function longestZeros(
  groups: readonly number[],
): { first: number; length: number } {
  let longest = { first: 0, length: 0 };
  let length = 0;
  groups.forEach((group, i) => {
    length = group === 0 ? length + 1 : 0;
    if (length > longest.length) longest = { first: i - length + 1, length };
  });
  return longest;
}
