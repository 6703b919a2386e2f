import {
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_TYPE,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  IPV4_DESTINATION,
  IPV4_HEADER_BYTES,
  IPV4_PROTOCOL,
  IPV4_SOURCE,
  TCP_ACK,
  TCP_FLAGS,
  TCP_SYN,
} from "../../wire/mod.ts";

/**
 * Turns a probe's packet into one that looks like its answer: addresses and ports swapped, a TCP packet a
 * SYN-ACK, an echo request a reply. Checksums and tags are not made to fit.
 */
export function turnIntoAnswer(view: DataView, ipAt: number): void {
  const source = view.getUint32(ipAt + IPV4_SOURCE);
  view.setUint32(ipAt + IPV4_SOURCE, view.getUint32(ipAt + IPV4_DESTINATION));
  view.setUint32(ipAt + IPV4_DESTINATION, source);
  const protocol = view.getUint8(ipAt + IPV4_PROTOCOL);
  const at = ipAt + IPV4_HEADER_BYTES;
  if (protocol === IP_PROTOCOL_ICMP) {
    if (view.getUint8(at + ICMP_TYPE) === ICMP_ECHO_REQUEST) {
      view.setUint8(at + ICMP_TYPE, ICMP_ECHO_REPLY);
    }
  } else if (protocol === IP_PROTOCOL_TCP || protocol === IP_PROTOCOL_UDP) {
    // Both protocols begin with source and destination port.
    const port = view.getUint16(at);
    view.setUint16(at, view.getUint16(at + 2));
    view.setUint16(at + 2, port);
    if (protocol === IP_PROTOCOL_TCP) {
      view.setUint8(at + TCP_FLAGS, TCP_SYN | TCP_ACK);
    }
  }
}
