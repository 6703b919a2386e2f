import type { IpFamily } from "./_ip_family.ts";
import { IPV4 } from "./_ipv4_family.ts";
import { IPV6 } from "./_ipv6_family.ts";
import type { IpVersion, ProbeOptions, Response } from "./probe.ts";

/** The family that a probe is made for. */
export function familyOf({ family = 4 }: ProbeOptions): IpFamily {
  return family === 6 ? IPV6 : IPV4;
}

/** The family of the packet at `at`, whose header is whole. For columns: they serve both families. */
export function familyAt(view: DataView, at: number): IpFamily {
  return view.getUint8(at) >>> 4 === 6 ? IPV6 : IPV4;
}

/** The offset of what this protocol put into the packet of a response, or -1. */
export function payloadOf(response: Response, protocol: number): number {
  const { at, end, view } = response;
  return end > at ? familyAt(view, at).payloadAt(view, at, end, protocol) : -1;
}

/** The offset of the ICMP message of a response, or -1. */
export function icmpOf(response: Response): number {
  const { at, end, view } = response;
  if (end <= at) return -1;
  return payloadOf(response, familyAt(view, at).icmp.protocol);
}

/**
 * For kinds of probes that know one family only.
 *
 * @throws {RangeError} when another one is asked for
 */
export function requireFamily(
  name: string,
  known: IpVersion,
  { family = known }: ProbeOptions,
): void {
  if (family === known) return;
  throw new RangeError(
    `Cannot send probes of module ${name} to IPv${family} targets: it knows IPv${known} only`,
  );
}
