/** Kernel and C library constants, spelled as in C; `tests/ffi` compares each with the C compiler. */

// <bits/socket.h>, <asm-generic/socket.h>
export const AF_INET = 2;
export const AF_NETLINK = 16;
export const AF_PACKET = 17;
export const SOCK_RAW = 3;
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
export const PR_SET_PDEATHSIG = 1;
export const PR_GET_PDEATHSIG = 2;
export const PR_SET_NO_NEW_PRIVS = 38;

// <errno.h>; names and texts are in errno.ts
export const EPERM = 1;
export const EINTR = 4;
export const EAGAIN = 11;
export const EACCES = 13;
export const ENODEV = 19;
export const EINVAL = 22;
export const ENOPROTOOPT = 92;
export const ENETDOWN = 100;
export const ENETUNREACH = 101;
export const EHOSTUNREACH = 113;

// <pcap/pcap.h>
export const PCAP_ERRBUF_SIZE = 256;
export const PCAP_D_IN = 1;
export const PCAP_NETMASK_UNKNOWN = 0xffff_ffff;
export const PCAP_ERROR_NO_SUCH_DEVICE = -5;
export const PCAP_ERROR_PERM_DENIED = -8;
export const PCAP_ERROR_IFACE_NOT_UP = -9;
export const PCAP_ERROR_PROMISC_PERM_DENIED = -11;

// <linux/netlink.h>
export const NETLINK_ROUTE = 0;
export const NLMSG_NOOP = 1;
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
export const NLM_F_REQUEST = 0x1;
export const NLM_F_MULTI = 0x2;
export const NLM_F_DUMP_INTR = 0x10;
export const NLM_F_DUMP = 0x300;
export const NLA_TYPE_MASK: number = ~0xc000;

// <linux/rtnetlink.h>
export const RTM_GETLINK = 18;
export const RTM_GETADDR = 22;
export const RTM_GETROUTE = 26;
export const RTM_GETNEIGH = 30;
export const RTM_GETQDISC = 38;
export const RTM_F_FIB_MATCH = 0x2000;
export const RTN_UNICAST = 1;
export const RTN_LOCAL = 2;
export const RTA_DST = 1;
export const RTA_SRC = 2;
export const RTA_OIF = 4;
export const RTA_GATEWAY = 5;
export const RTA_PREFSRC = 7;
export const RTA_MULTIPATH = 9;
export const RTA_VIA = 18;
export const RTA_NH_ID = 30;
export const RTEXT_FILTER_BRVLAN_COMPRESSED = 4;
export const TCA_STATS2 = 7;

// <linux/if_link.h>
export const IFLA_ADDRESS = 1;
export const IFLA_IFNAME = 3;
export const IFLA_MTU = 4;
export const IFLA_STATS64 = 23;
export const IFLA_EXT_MASK = 29;
export const IFLA_CARRIER_CHANGES = 35;

// <linux/if.h>, <linux/if_arp.h>
export const IFF_UP = 0x1;
export const IFF_LOOPBACK = 0x8;
export const IFF_NOARP = 0x80;
export const IFF_LOWER_UP = 0x10000;
export const ARPHRD_ETHER = 1;

// <linux/if_addr.h>
export const IFA_ADDRESS = 1;
export const IFA_LOCAL = 2;
export const IFA_F_SECONDARY = 0x01;

// <linux/neighbour.h>
export const NDA_DST = 1;
export const NDA_LLADDR = 2;
export const NDA_IFINDEX = 8;
export const NUD_REACHABLE = 0x02;
export const NUD_PERMANENT = 0x80;

// <linux/gen_stats.h>, <linux/pkt_sched.h>
export const TCA_STATS_QUEUE = 3;
export const TC_H_ROOT = 0xffff_ffff;
