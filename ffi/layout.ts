/**
 * Sizes and field offsets of C structures on 64-bit Linux (x86-64 and AArch64 agree), one block each;
 * `tests/ffi` compares every number with the C compiler. Fields are host order unless the comment says
 * network order.
 */

/** `struct timespec`, `<time.h>`. */
export const TIMESPEC = { size: 16, tv_sec: 0, tv_nsec: 8 } as const;

/** `struct pollfd`, `<poll.h>`. */
export const POLLFD = { size: 8, fd: 0, events: 4, revents: 6 } as const;

/** `struct iovec`, `<sys/uio.h>`. */
export const IOVEC = { size: 16, iov_base: 0, iov_len: 8 } as const;

/** `struct mmsghdr` with its `struct msghdr`, `<sys/socket.h>`. */
export const MMSGHDR = {
  size: 64,
  msg_name: 0,
  msg_namelen: 8,
  msg_iov: 16,
  msg_iovlen: 24,
  msg_len: 56,
} as const;

/** `struct sockaddr_in`, `<netinet/in.h>`; port and address in network order. */
export const SOCKADDR_IN = {
  size: 16,
  sin_family: 0,
  sin_port: 2,
  sin_addr: 4,
} as const;

/** `struct sockaddr_ll`, `<linux/if_packet.h>`; protocol in network order. */
export const SOCKADDR_LL = {
  size: 20,
  sll_family: 0,
  sll_protocol: 2,
  sll_ifindex: 4,
} as const;

/** `struct pcap_pkthdr`, `<pcap/pcap.h>`, with its `struct timeval`. */
export const PCAP_PKTHDR = {
  size: 24,
  tv_sec: 0,
  tv_usec: 8,
  caplen: 16,
  len: 20,
} as const;

/** `struct bpf_program`, `<pcap/bpf.h>`. */
export const BPF_PROGRAM = { size: 16, bf_len: 0, bf_insns: 8 } as const;

/** `struct pcap_stat`, `<pcap/pcap.h>`. */
export const PCAP_STAT = {
  size: 12,
  ps_recv: 0,
  ps_drop: 4,
  ps_ifdrop: 8,
} as const;
