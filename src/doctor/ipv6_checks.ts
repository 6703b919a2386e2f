import { formatCount } from "../base/mod.ts";
import { IP_PROTOCOL_UDP } from "../wire/mod.ts";
import { type Check, pass, warn } from "./check.ts";
import { readNumber, type ReadText } from "./read_text.ts";

/**
 * Whether a route that router advertisements have made will still be there when the scan ends: the kernel of a host
 * that forwards takes no further ones, unless `accept_ra` is 2 (`ip-sysctl(rst)`). With `accept_ra` 0 a program
 * such as NetworkManager takes them.
 */
export function advertisementsCheck(
  readText: ReadText,
  interfaceName: string,
  isAdvertised: boolean,
): Check {
  const name = "router-advertisements";
  if (!isAdvertised) return pass(name, "the route does not depend on them");
  const of = (setting: string): number | null =>
    readNumber(
      readText,
      `/proc/sys/net/ipv6/conf/${interfaceName}/${setting}`,
    );
  const accept = of("accept_ra");
  const needed = "advertisements that renew the route";
  if (accept === null) return pass(name, "not known", needed);
  if (accept !== 1 || of("forwarding") !== 1) {
    const who = accept === 0 ? "a program of this host" : "this kernel";
    return pass(name, `taken by ${who} (accept_ra=${accept})`, needed);
  }
  return warn(name, {
    found:
      "ignored, since this host forwards packets (accept_ra=1, forwarding=1): the route ends with its lifetime",
    needed,
    remedy:
      `Accept them all the same: sysctl net.ipv6.conf.${interfaceName}.accept_ra=2, or add a route by hand`,
  });
}

/** What limits answers over IPv6 at their other end, for information: no counter shows it. */
export function answerLimitsCheck(
  protocol: number,
  ratePps: number | null,
): Check {
  const rate = ratePps === null
    ? "at any high rate"
    : `at ${formatCount(ratePps)} packets/s`;
  const errors = protocol === IP_PROTOCOL_UDP
    ? "closed ports and unused addresses are told by ICMPv6 errors"
    : "unused addresses are told by ICMPv6 errors";
  return pass(
    "answer-limits",
    `${errors}, which every host and router limits (RFC 4443 section 2.4), and a router that looks up many ` +
      `addresses of one /64 drops probes (RFC 6583): ${rate} silence need not mean that nobody is there`,
  );
}
