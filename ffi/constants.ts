/** Kernel and C library constants, spelled as in C; `tests/ffi` compares each with the C compiler. */

// <bits/socket.h>, <asm-generic/socket.h>
export const AF_UNSPEC = 0;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_UNIX = 1;
export const AF_NETLINK = 16;
export const AF_PACKET = 17;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const SO_BROADCAST = 6;
export const SO_SNDBUF = 7;
export const SO_RCVBUF = 8;
export const SO_BINDTODEVICE = 25;
export const SO_ACCEPTCONN = 30;
export const SO_SNDBUFFORCE = 32;
export const SO_RCVBUFFORCE = 33;
export const MSG_PEEK = 0x2;
export const MSG_TRUNC = 0x20;
export const MSG_DONTWAIT = 0x40;
export const MSG_NOSIGNAL = 0x4000;
export const MSG_ERRQUEUE = 0x2000;

// <poll.h>
export const POLLIN = 0x1;
export const POLLOUT = 0x4;
export const POLLERR = 0x8;

// <linux/if_packet.h>, <linux/if_ether.h>
export const SOL_PACKET = 263;
export const PACKET_IGNORE_OUTGOING = 23;
export const ETH_P_IP = 0x0800;
export const ETH_P_ARP = 0x0806;
export const ETH_P_IPV6 = 0x86dd;

// <netinet/in.h>
export const IPPROTO_IPV6 = 41;
export const IPPROTO_RAW = 255;
export const SOL_IP = 0;
export const IP_RECVERR = 11;
export const IPV6_RECVERR = 25;
export const IPV6_HDRINCL = 36;

// <time.h>
export const CLOCK_REALTIME = 0;
export const CLOCK_MONOTONIC = 1;
export const CLOCK_THREAD_CPUTIME_ID = 3;
export const TIMER_ABSTIME = 1;

// <fcntl.h>
export const F_GETFD = 1;
export const F_GETFL = 3;
export const FD_CLOEXEC = 1;
export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_ACCMODE = 3;
export const O_NOCTTY = 0o400;
export const O_APPEND = 0o2000;
export const O_NONBLOCK = 0o4000;
export const O_CLOEXEC = 0o2000000;
export const O_PATH = 0o10000000;

// <sys/file.h>
export const LOCK_EX = 2;
export const LOCK_NB = 4;

// <fcntl.h>
export const AT_FDCWD = -100;
export const AT_SYMLINK_NOFOLLOW = 0x100;
export const AT_EMPTY_PATH = 0x1000;

// <sys/stat.h>
export const STATX_BASIC_STATS = 0x7ff;
export const S_IFMT = 0o170000;
export const S_IFSOCK = 0o140000;
export const S_IFLNK = 0o120000;
export const S_IFREG = 0o100000;
export const S_IFBLK = 0o060000;
export const S_IFDIR = 0o040000;
export const S_IFIFO = 0o010000;

// <sys/ioctl.h>
export const FIONREAD = 0x541b;

// <signal.h>
export const SIG_IGN = 1;
export const SIGHUP = 1;
export const SIGUSR1 = 10;
export const SIGUSR2 = 12;
export const SIGCONT = 18;
export const SA_ONSTACK = 0x0800_0000;
export const SA_RESTART = 0x1000_0000;

// <dlfcn.h>
export const RTLD_LAZY = 0x1;
export const RTLD_NODELETE = 0x1000;

// <unistd.h>
export const SEEK_SET = 0;
export const SEEK_CUR = 1;

// <limits.h>
export const HOST_NAME_MAX = 64;

// <sched.h>
export const CLONE_NEWNET = 0x4000_0000;

// <sys/resource.h>
export const RLIMIT_NOFILE = 7;

// <sys/prctl.h>
export const PR_SET_PDEATHSIG = 1;
export const PR_GET_PDEATHSIG = 2;
export const PR_SET_NO_NEW_PRIVS = 38;

// <errno.h>; names and texts are in errno.ts
export const EPERM = 1;
export const ENOENT = 2;
export const EINTR = 4;
export const ENXIO = 6;
export const EBADF = 9;
export const EAGAIN = 11;
export const EACCES = 13;
export const ESOCKTNOSUPPORT = 94;
export const ENODEV = 19;
export const EINVAL = 22;
export const EPIPE = 32;
export const ENOPROTOOPT = 92;
export const EOPNOTSUPP = 95;
export const ENETDOWN = 100;
export const ENETUNREACH = 101;
export const ENOBUFS = 105;
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
export const NETLINK_NETFILTER = 12;
export const NLMSG_NOOP = 1;
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
export const NLM_F_REQUEST = 0x1;
export const NLM_F_MULTI = 0x2;
export const NLM_F_ACK = 0x4;
export const NLM_F_DUMP_INTR = 0x10;
export const NLM_F_DUMP = 0x300;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
export const NLA_F_NESTED = 0x8000;
export const NLA_TYPE_MASK: number = ~0xc000;

// <linux/rtnetlink.h>
export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;
export const RTM_NEWADDR = 20;
export const RTM_DELADDR = 21;
export const RTM_GETADDR = 22;
export const RTM_NEWROUTE = 24;
export const RTM_GETROUTE = 26;
export const RTM_NEWNEIGH = 28;
export const RTM_DELNEIGH = 29;
export const RTM_GETNEIGH = 30;
export const RTM_GETRULE = 34;
export const RTM_GETQDISC = 38;
export const RTMGRP_LINK = 0x1;
export const RTMGRP_NEIGH = 0x4;
export const RTMGRP_IPV4_IFADDR = 0x10;
export const RTMGRP_IPV4_ROUTE = 0x40;
export const RTMGRP_IPV6_IFADDR = 0x100;
export const RTMGRP_IPV6_ROUTE = 0x400;
export const RTM_F_FIB_MATCH = 0x2000;
export const RT_SCOPE_LINK = 253;
export const RT_TABLE_MAIN = 254;
export const RT_SCOPE_UNIVERSE = 0;
export const RTPROT_STATIC = 4;
export const RTPROT_RA = 9;
export const RTN_UNICAST = 1;
export const RTN_LOCAL = 2;
export const RTN_BROADCAST = 3;
export const RTN_ANYCAST = 4;
export const RTN_MULTICAST = 5;
export const RTA_DST = 1;
export const RTA_SRC = 2;
export const RTA_OIF = 4;
export const RTA_GATEWAY = 5;
export const RTA_PREFSRC = 7;
export const RTA_MULTIPATH = 9;
export const RTA_CACHEINFO = 12;
export const RTA_TABLE = 15;
export const RTA_VIA = 18;
export const RTA_NH_ID = 30;
export const RTEXT_FILTER_BRVLAN_COMPRESSED = 4;
export const TCA_KIND = 1;
export const TCA_OPTIONS = 2;
export const TCA_STATS2 = 7;

// <linux/if_link.h>
export const IFLA_ADDRESS = 1;
export const IFLA_IFNAME = 3;
export const IFLA_MTU = 4;
export const IFLA_QDISC = 6;
export const IFLA_LINKINFO = 18;
export const IFLA_STATS64 = 23;
export const IFLA_EXT_MASK = 29;
export const IFLA_NUM_TX_QUEUES = 31;
export const IFLA_NUM_RX_QUEUES = 32;
export const IFLA_CARRIER_CHANGES = 35;
export const IFLA_XDP = 43;
export const IFLA_XDP_ATTACHED = 2;
export const IFLA_PROP_LIST = 52;
export const IFLA_ALT_IFNAME = 53;
export const IFLA_INFO_KIND = 1;
export const IFLA_INFO_DATA = 2;
export const VETH_INFO_PEER = 1; // <linux/veth.h>

// <linux/if.h>, <linux/if_arp.h>
export const IFF_UP = 0x1;
export const IFF_LOOPBACK = 0x8;
export const IFF_RUNNING = 0x40;
export const IFF_NOARP = 0x80;
export const IFF_LOWER_UP = 0x10000;
export const ARPHRD_ETHER = 1;

// <linux/if_addr.h>
export const IFA_ADDRESS = 1;
export const IFA_LOCAL = 2;
export const IFA_FLAGS = 8;
export const IFA_F_SECONDARY = 0x01;
export const IFA_F_TEMPORARY = 0x01;
export const IFA_F_OPTIMISTIC = 0x04;
export const IFA_F_DADFAILED = 0x08;
export const IFA_F_DEPRECATED = 0x20;
export const IFA_F_TENTATIVE = 0x40;

// <linux/neighbour.h>
export const NDA_DST = 1;
export const NDA_LLADDR = 2;
export const NDA_IFINDEX = 8;
export const NUD_REACHABLE = 0x02;
export const NUD_PERMANENT = 0x80;

// <linux/gen_stats.h>, <linux/pkt_sched.h>
export const TCA_STATS_QUEUE = 3;
export const TC_H_ROOT = 0xffff_ffff;
export const TCA_TBF_PARMS = 1;
export const TCA_TBF_RATE64 = 4;

// <linux/sockios.h>, <linux/ethtool.h>
export const SIOCETHTOOL = 0x8946;
export const ETHTOOL_GDRVINFO = 0x03;
export const ETHTOOL_GRINGPARAM = 0x10;
export const ETHTOOL_GRXCSUM = 0x14;
export const ETHTOOL_GTXCSUM = 0x16;
export const ETHTOOL_GSG = 0x18;
export const ETHTOOL_GTSO = 0x1e;
export const ETHTOOL_GGSO = 0x23;
export const ETHTOOL_GFLAGS = 0x25;
export const ETHTOOL_GGRO = 0x2b;
export const ETHTOOL_GCHANNELS = 0x3c;
export const ETHTOOL_GLINKSETTINGS = 0x4c;
export const ETH_FLAG_LRO = 0x8000;

// <linux/netfilter.h>, <linux/netfilter/nfnetlink.h>, <linux/netfilter/nf_tables.h>
export const NFPROTO_INET = 1;
export const NFPROTO_IPV4 = 2;
export const NFPROTO_NETDEV = 5;
export const NFPROTO_IPV6 = 10;
export const NF_INET_LOCAL_OUT = 3;
export const NF_INET_POST_ROUTING = 4;
export const NF_NETDEV_EGRESS = 1;
export const NF_DROP = 0;
export const NFNL_SUBSYS_NFTABLES = 10;
export const NFT_MSG_GETCHAIN = 4;
export const NFT_MSG_GETRULE = 7;
export const NFTA_CHAIN_TABLE = 1;
export const NFTA_CHAIN_NAME = 3;
export const NFTA_CHAIN_HOOK = 4;
export const NFTA_CHAIN_POLICY = 5;
export const NFTA_CHAIN_TYPE = 7;
export const NFTA_HOOK_HOOKNUM = 1;
export const NFTA_HOOK_DEV = 3;
export const NFTA_HOOK_DEVS = 4;
export const NFTA_DEVICE_NAME = 1;
export const NFTA_RULE_EXPRESSIONS = 4;
export const NFTA_LIST_ELEM = 1;
export const NFTA_EXPR_NAME = 1;
