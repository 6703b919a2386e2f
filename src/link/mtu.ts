/** Why an interface cannot carry a probe, as a sentence without a final period; null when it can. */
export function mtuProblem(
  link: { readonly name: string; readonly mtuBytes: number },
  packetBytes: number,
): string | null {
  const { mtuBytes, name } = link;
  return packetBytes <= mtuBytes
    ? null
    : `a probe of ${packetBytes} bytes needs an MTU of ${packetBytes}; ${name} has ${mtuBytes}`;
}

/** What can be done about it. */
export function mtuRemedy(name: string, packetBytes: number): string {
  return `Raise it: ip link set ${name} mtu ${
    Math.max(packetBytes, USUAL_MTU_BYTES)
  }, or send a shorter probe`;
}

/** Of Ethernet: IEEE 802.3. */
const USUAL_MTU_BYTES = 1500;
