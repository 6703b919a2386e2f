import type { LinkSocket } from "../../ffi/link_socket.ts";
import type { AddressInfo, IpAddress, IpFamily } from "../link/mod.ts";

/** How often a neighbour is asked (RFC 4861 section 10: MAX_MULTICAST_SOLICIT). */
export const NEIGHBOUR_TRIES = 3;
/** How long each request waits for its answer (RFC 4861 section 10: RETRANS_TIMER). */
export const ANSWER_MS = 1000;
/** Pause between two looks at the socket, during which signals are handled. */
export const LOOK_EVERY_MS = 5;
/** Within this time most neighbours answer: the thread sleeps so long at first. */
const FIRST_LOOK_MS = 2;
/** Longest frame that is looked at; switches pad to 60 bytes. */
export const NEIGHBOUR_FRAME_BYTES = 256;

/** Who asks whom. */
export interface NeighbourQuestion<A extends IpAddress> {
  readonly interfaceIndex: number;
  /** Hardware address of the interface, which the answer has to name. */
  readonly sourceMac: Uint8Array;
  /** Address of the interface; of IPv4 0 where it has none (RFC 5227 2.1.1). */
  readonly sourceAddress: A;
  /** The neighbour. */
  readonly targetAddress: A;
}

/** What a frame says of a neighbour. */
export interface NeighbourWord<A extends IpAddress> {
  readonly address: A;
  /** That of one host. */
  readonly mac: Uint8Array;
}

/** A neighbour's answer to a request. */
export interface NeighbourReply<A extends IpAddress> extends NeighbourWord<A> {
  /** Who has asked. */
  readonly asker: A;
}

/** How neighbours of one family are found: by ARP (RFC 826), or by neighbour discovery (RFC 4861). */
export interface NeighbourProtocol<A extends IpAddress> {
  readonly family: IpFamily<A>;
  /** Many requests, for people. */
  readonly requestsName: string;
  /** Length of a request. */
  readonly requestBytes: number;
  /**
   * Opens a socket for frames of the protocol.
   *
   * @throws {ErrnoError} as `LinkSocket.openArp`
   */
  open(interfaceIndex: number): LinkSocket;
  /** The frame that asks. */
  buildRequest(question: NeighbourQuestion<A>): Uint8Array<ArrayBuffer>;
  /** The reply to this hardware address that a frame of `end` bytes holds, or null when it holds none. */
  readReply(
    view: DataView,
    end: number,
    sourceMac: Uint8Array,
  ): NeighbourReply<A> | null;
  /** What a frame of `end` bytes says of its sender, asked or not; null when it says nothing. */
  readWord(view: DataView, end: number): NeighbourWord<A> | null;
}

/**
 * Asks for the hardware address of a neighbour with requests of its own; null when nobody answers.
 *
 * @throws {ErrnoError} when the interface refuses the frame or goes down
 */
export async function askNeighbour<A extends IpAddress>(
  protocol: NeighbourProtocol<A>,
  question: NeighbourQuestion<A>,
): Promise<Uint8Array | null> {
  const request = protocol.buildRequest(question);
  const frame = new Uint8Array(new ArrayBuffer(NEIGHBOUR_FRAME_BYTES));
  const view = new DataView(frame.buffer);
  const socket = protocol.open(question.interfaceIndex);
  try {
    for (let tries = 0; tries < NEIGHBOUR_TRIES; tries++) {
      socket.send(request);
      let waitMs = FIRST_LOOK_MS;
      const deadlineMs = performance.now() + ANSWER_MS;
      while (performance.now() < deadlineMs) {
        const lengthBytes = socket.receive(frame, waitMs);
        if (lengthBytes === 0) {
          waitMs = 0;
          await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
          continue;
        }
        const mac = readAnswer(protocol, { view, end: lengthBytes }, question);
        if (mac !== null) return mac;
      }
    }
    return null;
  } finally {
    socket.closeAside();
  }
}

/** The hardware address that a frame of `end` bytes answers to the question, or null when it does not. */
export function readAnswer<A extends IpAddress>(
  protocol: NeighbourProtocol<A>,
  { end, view }: { readonly view: DataView; readonly end: number },
  question: NeighbourQuestion<A>,
): Uint8Array | null {
  const reply = protocol.readReply(view, end, question.sourceMac);
  return reply !== null && reply.address === question.targetAddress &&
      reply.asker === question.sourceAddress
    ? reply.mac
    : null;
}

/** Whether a hardware address can be one host's: not all zero, and without the group bit (IEEE 802 8.1). */
export function isUnicast(mac: Uint8Array): boolean {
  return (mac[0]! & 1) === 0 && mac.some((byte) => byte !== 0);
}

/** Whether two hardware addresses are the same. */
export function isSameMac(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Whether packets may come from an address: not before duplicate address detection has ended well. */
export function isUsable({ state }: AddressInfo<IpAddress>): boolean {
  return !state.isTentative && !state.isDuplicate;
}

/** The usable address of the interface in the prefix of another one, else its first one; null: it has none. */
export function addressTowards<A extends IpAddress>(
  family: IpFamily<A>,
  addresses: readonly AddressInfo<A>[],
  other: A,
): A | null {
  const usable = addresses.filter(isUsable);
  const near = usable.find((one) =>
    family.firstOf(one) ===
      family.firstOf({ address: other, prefixLength: one.prefixLength })
  );
  return (near ?? usable[0])?.address ?? null;
}
