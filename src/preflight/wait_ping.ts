import { ENETDOWN } from "../../ffi/constants.ts";
import { ErrnoError, errnoText } from "../../ffi/errno.ts";
import { LinkSocket } from "../../ffi/link_socket.ts";
import { openSink, type PacketSink } from "../backend/mod.ts";
import { formatIp, type IpAddress, PreflightError } from "../base/mod.ts";
import { writeBytes } from "../wire/mod.ts";
import type { NetworkPlan } from "./network_plan.ts";
import type { PingProtocol, PingQuestion } from "./ping_protocol.ts";

/** How long a host has to answer the first of its requests. */
const LIMIT_MS = 60_000;
/** Pause between two requests. */
const EVERY_MS = 1000;
/** Pause between two looks at the socket, during which signals are handled. */
const LOOK_EVERY_MS = 5;
/** Packets that one look reads at most, so that a busy link does not keep signals waiting. */
const PACKETS_PER_LOOK = 1000;

/** Which host is waited for. */
export interface WaitPingOptions<A extends IpAddress> {
  /** Of its family. */
  readonly protocol: PingProtocol<A>;
  readonly address: A;
  /** The way of the probes, which the requests take too. */
  readonly network: NetworkPlan<A, unknown>;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** @default 60_000 */
  readonly limitMs?: number;
}

/**
 * Sends an echo request each second, the way that the probes will take, until a host answers. Returns false when
 * the signal has ended the wait.
 *
 * @throws {PreflightError} `wait-ping` when it does not answer in time
 */
export async function waitForPing<A extends IpAddress>(
  { address, limitMs = LIMIT_MS, network, protocol, signal }: WaitPingOptions<
    A
  >,
): Promise<boolean> {
  const question: PingQuestion<A> = {
    source: network.sourceAddresses[0]!,
    target: address,
    id: crypto.getRandomValues(new Uint16Array(1))[0]!,
  };
  const { version } = protocol;
  using socket = LinkSocket.openIp(network.interfaceIndex, version);
  const way = wayOf(network);
  using sink = openSink({
    ...way,
    version,
    backend: "sendmmsg",
    deviceQueue: 0,
    batch: 1,
    maxFrameBytes: way.linkHeader.length + protocol.packetBytes,
  }).sink;
  const startMs = performance.now();
  for (let sequence = 0;; sequence++) {
    // A way that is not there yet may come up as the host does.
    const errno = -Math.min(
      sendRequest(protocol, { sink, way, question, sequence }),
      0,
    );
    const endMs = startMs + Math.min((sequence + 1) * EVERY_MS, limitMs);
    while (performance.now() < endMs) {
      if (signal.aborted) return false;
      if (hasAnswer(socket, protocol, question)) return true;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    if (endMs < startMs + limitMs) continue;
    const reason = errno === 0
      ? ""
      : `; the last was not sent: ${errnoText(errno)}`;
    throw new PreflightError(
      "wait-ping",
      `Host ${formatIp(address)} answers none of ${
        sequence + 1
      } echo requests${reason}`,
      "Check that it is up and that pings reach it, or leave --netmap-wait-ping out",
    );
  }
}

/** Where targets have next hops of their own, the host may have yet another, which the kernel knows or finds. */
function wayOf<A extends IpAddress>(
  network: NetworkPlan<A, unknown>,
): NetworkPlan<A, unknown> {
  return network.routes === null
    ? network
    : { ...network, layer: "ip", linkHeader: new Uint8Array(0) };
}

/** One of the requests, and its way. */
interface Request<A extends IpAddress> {
  readonly sink: PacketSink;
  readonly way: NetworkPlan<A, unknown>;
  readonly question: PingQuestion<A>;
  readonly sequence: number;
}

/** Returns 1, or a negative errno when the kernel did not take the request. */
function sendRequest<A extends IpAddress>(
  protocol: PingProtocol<A>,
  { question, sequence, sink, way: { linkHeader } }: Request<A>,
): number {
  const { view } = sink;
  sink.begin(1);
  const at = sink.frameAt(0);
  writeBytes(view, at, linkHeader);
  const packetAt = at + linkHeader.length;
  const end = protocol.writeRequest(view, packetAt, question, sequence);
  // Packets of IPv6 go where they say themselves.
  const { target } = question;
  sink.setFrame(0, end - at, typeof target === "number" ? target : 0);
  return sink.send(0, 1);
}

/** Reads what waits at the socket; whether the answer is there. */
function hasAnswer<A extends IpAddress>(
  socket: LinkSocket,
  protocol: PingProtocol<A>,
  question: PingQuestion<A>,
): boolean {
  const packet = new Uint8Array(new ArrayBuffer(protocol.packetBytes));
  const view = new DataView(packet.buffer);
  for (let count = 0; count < PACKETS_PER_LOOK; count++) {
    const lengthBytes = receive(socket, packet);
    if (lengthBytes === 0) return false;
    if (protocol.isAnswer(view, lengthBytes, question)) return true;
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
