/**
 * Ways to hand frames to the kernel: `sendmmsg` copies them through a socket and works everywhere; `ring` and
 * `xdp` share memory with the kernel and go past the interface's queue, straight to the driver.
 */
export const SEND_BACKENDS = ["auto", "sendmmsg", "ring", "xdp"] as const;
/** One of `SEND_BACKENDS`. */
export type SendBackend = typeof SEND_BACKENDS[number];

/** Ways to get packets from the kernel: `pcap` needs libpcap, `packet` nothing but the C library. */
export const RECEIVE_BACKENDS = ["auto", "pcap", "packet"] as const;
/** One of `RECEIVE_BACKENDS`. */
export type ReceiveBackend = typeof RECEIVE_BACKENDS[number];
