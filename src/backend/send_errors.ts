/** What it means that the kernel refuses a frame, and what can be done. */
export interface SendError {
  /** A clause for people. */
  readonly meaning: string;
  /** What the user can do about it. */
  readonly remedy: string;
  /** It passes by itself and says nothing about the target: the frame is offered again until the kernel takes it. */
  readonly isPassing: boolean;
}

function passing(meaning: string, remedy: string): SendError {
  return { meaning, remedy, isPassing: true };
}

function lasting(meaning: string, remedy: string): SendError {
  return { meaning, remedy, isPassing: false };
}

/** By `<asm-generic/errno.h>`; causes as in `raw(7)`, `packet(7)` and `send(2)`. */
const SEND_ERRORS: ReadonlyMap<number, SendError> = new Map([
  [
    1, // EPERM
    lasting(
      "the firewall of this host drops the packet",
      "Let probes pass its output and postrouting chains (nft list ruleset, iptables -S OUTPUT), or send Ethernet " +
        "frames, without -X",
    ),
  ],
  [4, passing("a signal came in between", "Nothing is to be done")], // EINTR
  [
    5, // EIO
    lasting("the device failed", "Look at the kernel's messages (dmesg)"),
  ],
  [
    6, // ENXIO
    passing(
      "the interface is gone",
      "Bring it back, or choose another with -i",
    ),
  ],
  [
    9, // EBADF
    lasting(
      "the socket is closed",
      "Choose another back end with --send-backend",
    ),
  ],
  [11, passing("the send buffer or ring is full", "Lower --rate")], // EAGAIN
  [
    12, // ENOMEM
    passing("the kernel has no memory for the frame", "Free memory"),
  ],
  [
    13, // EACCES
    lasting(
      "a route of this host prohibits the target",
      "Remove that route (ip route get TARGET), or block such targets with -b",
    ),
  ],
  [
    16, // EBUSY
    passing(
      "the driver does not take the frame",
      "Check the link, or lower --rate",
    ),
  ],
  [
    19, // ENODEV
    passing(
      "the interface is gone",
      "Bring it back, or choose another with -i",
    ),
  ],
  [
    22, // EINVAL
    lasting(
      "the kernel cannot send there: a blackhole route, or an address that is no destination",
      "Remove that route (ip route get TARGET), or block such targets with -b",
    ),
  ],
  [
    90, // EMSGSIZE
    lasting(
      "the probe is longer than the MTU of the interface",
      "Raise the MTU (ip link set INTERFACE mtu BYTES), or send a shorter probe",
    ),
  ],
  [
    99, // EADDRNOTAVAIL
    lasting(
      "the source address is not one of this host",
      "Choose another with -S",
    ),
  ],
  [
    100, // ENETDOWN
    passing("the interface is down", "Switch it on: ip link set INTERFACE up"),
  ],
  [
    101, // ENETUNREACH
    lasting(
      "no route of this host leads to the target",
      "Add a route (ip route add), or block such targets with -b",
    ),
  ],
  [
    105, // ENOBUFS
    passing(
      "a queue on the way to the device is full, or a filter there drops the frame",
      "Lower --rate",
    ),
  ],
  [
    113, // EHOSTUNREACH
    lasting(
      "a route of this host says that the target is unreachable",
      "Remove that route (ip route get TARGET), or block such targets with -b",
    ),
  ],
]);

const UNKNOWN = lasting(
  "the kernel refuses the frame",
  "Look at the kernel's messages (dmesg)",
);

/** What it means that a send is refused with this error number. */
export function sendError(errno: number): SendError {
  return SEND_ERRORS.get(errno) ?? UNKNOWN;
}
