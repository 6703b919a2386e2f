import { ENETDOWN } from "../../ffi/constants.ts";
import { ErrnoError, errnoText } from "../../ffi/errno.ts";
import { LinkSocket } from "../../ffi/link_socket.ts";
import { openSink, type PacketSink } from "../backend/mod.ts";
import { formatIpv4, type Ipv4Address, PreflightError } from "../base/mod.ts";
import {
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_HEADER_BYTES,
  IP_PROTOCOL_ICMP,
  IPV4_HEADER_BYTES,
  ipv4PayloadAt,
  parseIcmpEcho,
  parseIpv4Header,
  writeBytes,
  writeIcmpEcho,
  writeIpv4Header,
} from "../wire/mod.ts";
import type { NetworkPlan } from "./network_plan.ts";

/** How long a host has to answer the first of its requests. */
const LIMIT_MS = 60_000;
/** Pause between two requests. */
const EVERY_MS = 1000;
/** Pause between two looks at the socket, during which signals are handled. */
const LOOK_EVERY_MS = 5;
/** Packets that one look reads at most, so that a busy link does not keep signals waiting. */
const PACKETS_PER_LOOK = 1000;
const TTL = 64;
/** As long as what `ping(8)` sends. */
const PAYLOAD = new Uint8Array(56);
const PACKET_BYTES = IPV4_HEADER_BYTES + ICMP_HEADER_BYTES + PAYLOAD.length;

/** Which host is waited for. */
export interface WaitPingOptions {
  readonly address: Ipv4Address;
  /** The way of the probes, which the requests take too. */
  readonly network: NetworkPlan;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** @default 60_000 */
  readonly limitMs?: number;
}

/** One series of echo requests. */
export interface PingQuestion {
  readonly source: Ipv4Address;
  readonly target: Ipv4Address;
  readonly id: number;
}

/**
 * Sends an echo request each second, the way that the probes will take, until a host answers. Returns false when
 * the signal has ended the wait.
 *
 * @throws {PreflightError} `wait-ping` when it does not answer in time
 */
export async function waitForPing(
  { address, limitMs = LIMIT_MS, network, signal }: WaitPingOptions,
): Promise<boolean> {
  const question = {
    source: network.sourceAddresses[0]!,
    target: address,
    id: crypto.getRandomValues(new Uint16Array(1))[0]!,
  };
  using socket = LinkSocket.openIpv4(network.interfaceIndex);
  const way = wayOf(network);
  using sink = openSink({
    ...way,
    backend: "sendmmsg",
    deviceQueue: 0,
    batch: 1,
    maxFrameBytes: way.linkHeader.length + PACKET_BYTES,
  }).sink;
  const startMs = performance.now();
  for (let sequence = 0;; sequence++) {
    // A way that is not there yet may come up as the host does.
    const errno = -Math.min(
      sendRequest(sink, way, { ...question, sequence }),
      0,
    );
    const endMs = startMs + Math.min((sequence + 1) * EVERY_MS, limitMs);
    while (performance.now() < endMs) {
      if (signal.aborted) return false;
      if (hasAnswer(socket, question)) return true;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    if (endMs < startMs + limitMs) continue;
    const reason = errno === 0
      ? ""
      : `; the last was not sent: ${errnoText(errno)}`;
    throw new PreflightError(
      "wait-ping",
      `Host ${formatIpv4(address)} answers none of ${
        sequence + 1
      } echo requests${reason}`,
      "Check that it is up and that pings reach it, or leave --netmap-wait-ping out",
    );
  }
}

/** Where targets have next hops of their own, the host may have yet another, which the kernel knows or finds. */
function wayOf(network: NetworkPlan): NetworkPlan {
  return network.routes === null
    ? network
    : { ...network, layer: "ip", linkHeader: new Uint8Array(0) };
}

/** Whether an IPv4 packet in `view` up to `end` is an echo reply to the question. */
export function isPingAnswer(
  view: DataView,
  end: number,
  { id, source, target }: PingQuestion,
): boolean {
  const header = parseIpv4Header(view, 0, end);
  if (
    header === null || header.protocol !== IP_PROTOCOL_ICMP ||
    header.source !== target || header.destination !== source ||
    header.fragmentBytes > 0
  ) return false;
  const echo = parseIcmpEcho(view, ipv4PayloadAt(view, 0, end), end);
  return echo !== null && echo.type === ICMP_ECHO_REPLY && echo.id === id;
}

/** Returns 1, or a negative errno when the kernel did not take the request. */
function sendRequest(
  sink: PacketSink,
  { linkHeader }: NetworkPlan,
  { id, sequence, source, target }: PingQuestion & {
    readonly sequence: number;
  },
): number {
  const { view } = sink;
  sink.begin(1);
  const at = sink.frameAt(0);
  writeBytes(view, at, linkHeader);
  const icmpAt = writeIpv4Header(view, at + linkHeader.length, {
    typeOfService: 0,
    totalBytes: PACKET_BYTES,
    id,
    mayFragment: true,
    hasMoreFragments: false,
    fragmentBytes: 0,
    ttl: TTL,
    protocol: IP_PROTOCOL_ICMP,
    source,
    destination: target,
  });
  const echo = { type: ICMP_ECHO_REQUEST, code: 0, id, sequence };
  const end = writeIcmpEcho(view, icmpAt, echo, PAYLOAD);
  sink.setFrame(0, end - at, target);
  return sink.send(0, 1);
}

/** Reads what waits at the socket; whether the answer is there. */
function hasAnswer(socket: LinkSocket, question: PingQuestion): boolean {
  const packet = new Uint8Array(new ArrayBuffer(PACKET_BYTES));
  const view = new DataView(packet.buffer);
  for (let count = 0; count < PACKETS_PER_LOOK; count++) {
    const lengthBytes = receive(socket, packet);
    if (lengthBytes === 0) return false;
    if (isPingAnswer(view, lengthBytes, question)) return true;
  }
  return false;
}

/** Nothing comes through an interface that is down, which may come up again. */
function receive(socket: LinkSocket, packet: Uint8Array<ArrayBuffer>): number {
  try {
    return socket.receive(packet, 0);
  } catch (error) {
    if (error instanceof ErrnoError && error.errno === ENETDOWN) return 0;
    throw error;
  }
}
