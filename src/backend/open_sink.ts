import { ErrnoError } from "../../ffi/errno.ts";
import { SocketSender } from "../../ffi/packet_sender.ts";
import { RingSender } from "../../ffi/ring_sender.ts";
import { XdpSender } from "../../ffi/xdp_sender.ts";
import { PreflightError } from "../base/mod.ts";
import { type LinkDetails, readLinkDetails } from "../link/link_details.ts";
import { LinkReader } from "../link/link_reader.ts";
import { mtuProblem } from "../link/mtu.ts";
import { ETHERNET_HEADER_BYTES } from "../wire/mod.ts";
import type { SendBackend } from "./names.ts";
import type { PacketSink } from "./packet_sink.ts";

/** What a sender needs. */
export interface SinkRequest {
  /** Which one is asked for. */
  readonly backend: SendBackend;
  /** Who writes the link header: this program, or the kernel. */
  readonly layer: "ethernet" | "ip";
  /**
   * Version of the packets, where the kernel writes the link header.
   *
   * @default 4
   */
  readonly version?: 4 | 6;
  /** Name of the interface that frames leave through. */
  readonly interfaceName: string;
  /** The kernel's number of it. */
  readonly interfaceIndex: number;
  /** Which of the interface's queues this sender has for itself, where the back end works by queue. */
  readonly deviceQueue: number;
  /** Most frames that are filled and offered at a time. */
  readonly batch: number;
  /** Longest frame, link header included. */
  readonly maxFrameBytes: number;
}

/** An open sink, and how it came to be this one. */
export interface OpenedSink {
  /** Has to be closed. */
  readonly sink: PacketSink & Disposable;
  /** Most frames to fill and offer at a time. */
  readonly batch: number;
  /** Which one it is. */
  readonly backend: Exclude<SendBackend, "auto">;
  /** For people: "sendmmsg", "ring", "xdp in copy mode", "xdp in zero-copy mode". */
  readonly name: string;
  /** Why so, as a sentence for the log without a final period. */
  readonly reason: string;
}

/** Room for frames on their way to the device: backlog that the kernel may hold for one sender. */
const SEND_BUFFER_BYTES = 4 << 20;
/**
 * Slots of the back ends that share memory: several batches, so that one can be built while the device still
 * reads others, in 128 KiB at least (`scripts/bench/send_bench.ts`: 512 to 4,096 are equally fast).
 */
const SHARED_BATCHES = 4;
const FEWEST_SHARED_SLOTS = 1024;
const MOST_SHARED_SLOTS = 8192;
/** Queues that only order packets; any other kind may limit the rate on purpose, and is not gone past. */
const PLAIN_QUEUES: ReadonlySet<string> = new Set([
  "",
  "noqueue",
  "noop",
  "pfifo_fast",
  "pfifo",
  "bfifo",
  "mq",
  "multiq",
  "fq",
  "fq_codel",
]);

/**
 * Opens the sink that is asked for; with `auto` the fastest that works here: `xdp` in copy mode, `ring`,
 * `sendmmsg`. Zero-copy mode changes how the driver serves the queue for everybody, so it is tried only when
 * `xdp` is asked for by name.
 *
 * @throws {PreflightError} when the one that is asked for does not work here
 * @throws {ErrnoError} when not even `sendmmsg` works: EPERM without CAP_NET_RAW, ENODEV without such an interface
 */
export function openSink(request: SinkRequest): OpenedSink {
  switch (request.backend) {
    case "auto":
      return openBest(request);
    case "sendmmsg":
      return openSockets(request, "as asked for");
    default:
      return openNamed(request, request.backend);
  }
}

function openBest(request: SinkRequest): OpenedSink {
  if (request.layer === "ip") {
    return openSockets(request, "the kernel writes the link headers");
  }
  const details = readLinkDetails({
    index: request.interfaceIndex,
    name: request.interfaceName,
  });
  if (details !== null && !PLAIN_QUEUES.has(details.queueKind)) {
    return openSockets(
      request,
      `the interface has a queue of kind ${details.queueKind}, which faster ways would go past`,
    );
  }
  const failures: string[] = [];
  for (const backend of ["xdp", "ring"] as const) {
    const obstacle = findObstacle(request, backend, details);
    if (obstacle === null) {
      try {
        const sink = openShared(request, backend, false);
        failures.push("the fastest that works here");
        return opened(request, sink, failures.join("; "));
      } catch (error) {
        if (!(error instanceof ErrnoError)) throw error;
        failures.push(`${backend} does not work here: ${error.message}`);
      }
    } else failures.push(`${backend} does not work here: ${obstacle}`);
  }
  return openSockets(request, failures.join("; "));
}

function openNamed(request: SinkRequest, backend: "ring" | "xdp"): OpenedSink {
  const details = readLinkDetails({
    index: request.interfaceIndex,
    name: request.interfaceName,
  });
  const obstacle = findObstacle(request, backend, details);
  if (obstacle !== null) throw failure(request, backend, obstacle);
  try {
    return opened(request, openShared(request, backend, true), "as asked for");
  } catch (error) {
    if (!(error instanceof ErrnoError)) throw error;
    throw failure(request, backend, error.message, error);
  }
}

/** Why a back end that shares memory cannot work, as far as that can be told before; or null. */
function findObstacle(
  request: SinkRequest,
  backend: "ring" | "xdp",
  details: LinkDetails | null,
): string | null {
  if (request.layer === "ip") return "it needs Ethernet frames";
  const mtuBytes = readMtu(request.interfaceIndex);
  const packetBytes = request.maxFrameBytes - ETHERNET_HEADER_BYTES;
  const tooLong = mtuBytes === null
    ? null
    : mtuProblem({ name: request.interfaceName, mtuBytes }, packetBytes);
  if (tooLong !== null) return tooLong;
  if (
    backend === "xdp" && details !== null &&
    request.deviceQueue >= details.txQueues
  ) {
    return `sender ${
      request.deviceQueue + 1
    } has no queue: the interface has ${details.txQueues}`;
  }
  return null;
}

function readMtu(interfaceIndex: number): number | null {
  using reader = LinkReader.open();
  const link = reader.readLinks().find(({ index }) => index === interfaceIndex);
  return link?.mtuBytes ?? null;
}

function openShared(
  request: SinkRequest,
  backend: "ring" | "xdp",
  wantsZeroCopy: boolean,
): RingSender | XdpSender {
  const capacity = Math.min(
    Math.max(SHARED_BATCHES * request.batch, FEWEST_SHARED_SLOTS),
    MOST_SHARED_SLOTS,
  );
  const { deviceQueue: queue, interfaceIndex, maxFrameBytes } = request;
  const shape = {
    interfaceIndex,
    capacity,
    maxFrameBytes,
    sendBufferBytes: SEND_BUFFER_BYTES,
  };
  return backend === "ring"
    ? RingSender.open(shape)
    : XdpSender.open({ ...shape, queue, wantsZeroCopy });
}

function openSockets(request: SinkRequest, reason: string): OpenedSink {
  const shape = {
    interfaceName: request.interfaceName,
    interfaceIndex: request.interfaceIndex,
    capacity: request.batch,
    maxFrameBytes: request.maxFrameBytes,
    sendBufferBytes: SEND_BUFFER_BYTES,
  };
  const sink = request.layer === "ethernet"
    ? SocketSender.openLink(shape)
    : SocketSender.openIp({ ...shape, version: request.version ?? 4 });
  const backend = "sendmmsg";
  return { sink, batch: sink.capacity, backend, name: backend, reason };
}

function opened(
  request: SinkRequest,
  sink: RingSender | XdpSender,
  reason: string,
): OpenedSink {
  const batch = Math.min(request.batch, sink.capacity);
  const backend = sink instanceof RingSender ? "ring" : "xdp";
  return { sink, batch, backend, name: nameOf(sink), reason };
}

function nameOf(sink: RingSender | XdpSender): string {
  if (sink instanceof RingSender) return "ring";
  return sink.isZeroCopy ? "xdp in zero-copy mode" : "xdp in copy mode";
}

const REMEDIES: Readonly<Record<string, string>> = {
  EBUSY: "End the program that uses this queue, or choose another back end",
  EINVAL: "Use fewer senders, or choose another back end",
  ENOBUFS: "Raise the limit of locked memory (ulimit -l)",
  ENOMEM: "Free memory, or use a smaller batch",
};

function failure(
  request: SinkRequest,
  backend: string,
  why: string,
  cause?: ErrnoError,
): PreflightError {
  return new PreflightError(
    "send back end",
    `Cannot send through ${backend} on "${request.interfaceName}": ${why}`,
    REMEDIES[cause?.code ?? ""] ?? "Choose another back end, or auto",
    cause,
  );
}
