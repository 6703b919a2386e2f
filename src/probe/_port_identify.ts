// HOT PATH
import type { IpFamily } from "./_ip_family.ts";
import { type Probe, TARGET_PORT } from "./probe.ts";

/** Offsets of the ports in the headers of TCP and UDP alike: RFC 9293 section 3.1, RFC 768. */
const SOURCE_PORT = 0;
const DESTINATION_PORT = 2;

/**
 * Makes the `identify` of a probe whose targets have ports: it takes replies, and ICMP errors that quote a probe.
 *
 * @param replyAt the offset of the TCP or UDP header of a reply; negative: the packet is none
 */
export function identifyByPorts(
  { payloadAt, quoteAt, readQuoted, readReply }: IpFamily,
  protocol: number,
  replyAt: (view: DataView, at: number, end: number) => number,
): Probe["identify"] {
  return (view, at, end, target) => {
    const reply = replyAt(view, at, end);
    if (reply >= 0) {
      readReply(view, at, target);
      target[TARGET_PORT] = view.getUint16(reply + SOURCE_PORT);
      return true;
    }
    const quote = quoteAt(view, at, end, protocol);
    if (quote < 0) return false;
    const quoted = payloadAt(view, quote, end, protocol);
    readQuoted(view, quote, target);
    target[TARGET_PORT] = view.getUint16(quoted + DESTINATION_PORT);
    return true;
  };
}
