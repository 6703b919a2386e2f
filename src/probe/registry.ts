import { bacnet } from "./bacnet.ts";
import { dns } from "./dns.ts";
import { icmpEchoTime } from "./icmp_echo_time.ts";
import { icmp6Echoscan, icmpEchoscan } from "./icmp_echoscan.ts";
import { ipip } from "./ipip.ts";
import { ntp } from "./ntp.ts";
import type { ProbeModule } from "./probe.ts";
import { tcpSynackscan } from "./tcp_synackscan.ts";
import { tcpSynscan } from "./tcp_synscan.ts";
import { udp } from "./udp.ts";
import { upnp } from "./upnp.ts";

/** Every kind of probe, in the order of `--list-probe-modules`. The first is the default. */
export const PROBE_MODULES: readonly ProbeModule[] = [
  tcpSynscan,
  tcpSynackscan,
  icmpEchoscan,
  icmp6Echoscan,
  icmpEchoTime,
  udp,
  ntp,
  upnp,
  dns,
  bacnet,
  ipip,
];

/** The kind of probe of this name, or `undefined`. */
export function findProbeModule(name: string): ProbeModule | undefined {
  return PROBE_MODULES.find((module) => module.name === name);
}

/**
 * The kind of probe of this name.
 *
 * @throws {RangeError} when there is none
 */
export function requireProbeModule(name: string): ProbeModule {
  const module = findProbeModule(name);
  if (module === undefined) {
    throw new RangeError(`No probe module is called "${name}"`);
  }
  return module;
}
