/** Kernel and C library constants, spelled as in C; `tests/ffi` compares each with the C compiler. */

// <bits/socket.h>, <asm-generic/socket.h>
export const AF_INET = 2;
export const AF_NETLINK = 16;
export const AF_PACKET = 17;
export const SOCK_RAW = 3;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const SO_BROADCAST = 6;
export const SO_SNDBUF = 7;
export const SO_RCVBUF = 8;
export const SO_BINDTODEVICE = 25;
export const SO_SNDBUFFORCE = 32;
export const SO_RCVBUFFORCE = 33;
export const MSG_PEEK = 0x2;
export const MSG_TRUNC = 0x20;
export const MSG_DONTWAIT = 0x40;

// <poll.h>
export const POLLIN = 0x1;
export const POLLOUT = 0x4;

// <linux/if_packet.h>, <linux/if_ether.h>
export const SOL_PACKET = 263;
export const PACKET_IGNORE_OUTGOING = 23;
export const ETH_P_ARP = 0x0806;

// <netinet/in.h>
export const IPPROTO_RAW = 255;

// <time.h>
export const CLOCK_REALTIME = 0;
export const CLOCK_MONOTONIC = 1;
export const CLOCK_THREAD_CPUTIME_ID = 3;
export const TIMER_ABSTIME = 1;

// <fcntl.h>
export const F_GETFD = 1;

// <sys/prctl.h>
export const PR_SET_NO_NEW_PRIVS = 38;

// <errno.h>; names and texts are in errno.ts
export const EPERM = 1;
export const EINTR = 4;
export const EAGAIN = 11;
export const EACCES = 13;
export const ENODEV = 19;
export const ENOPROTOOPT = 92;
export const ENETDOWN = 100;

// <pcap/pcap.h>
export const PCAP_ERRBUF_SIZE = 256;
export const PCAP_D_IN = 1;
export const PCAP_NETMASK_UNKNOWN = 0xffff_ffff;
export const PCAP_ERROR_NO_SUCH_DEVICE = -5;
export const PCAP_ERROR_PERM_DENIED = -8;
export const PCAP_ERROR_IFACE_NOT_UP = -9;
export const PCAP_ERROR_PROMISC_PERM_DENIED = -11;
