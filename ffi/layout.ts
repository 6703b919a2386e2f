/**
 * Sizes and field offsets of C structures on 64-bit Linux (x86-64 and AArch64 agree), one block each;
 * `tests/ffi` compares every number with the C compiler. Fields are host order unless the comment says
 * network order.
 */

/** `struct timespec`, `<time.h>`. */
export const TIMESPEC = { size: 16, tv_sec: 0, tv_nsec: 8 } as const;

/** `struct pollfd`, `<poll.h>`. */
export const POLLFD = { size: 8, fd: 0, events: 4, revents: 6 } as const;

/** `struct statx`, `<sys/stat.h>`; the same on every architecture. */
export const STATX = {
  size: 256,
  stx_nlink: 16,
  stx_uid: 20,
  stx_mode: 28,
  stx_ino: 32,
  stx_size: 40,
  /** `struct statx_timestamp`: seconds (64 bits), nanoseconds (32 bits). */
  stx_ctime: 96,
  stx_dev_major: 136,
  stx_dev_minor: 140,
} as const;

/** `struct sigaction`, `<signal.h>`: the C library's, not the kernel's. */
export const SIGACTION = {
  size: 152,
  sa_handler: 0,
  sa_mask: 8,
  sa_flags: 136,
} as const;

/** `struct dirent`, `<dirent.h>`. */
export const DIRENT = { d_name: 19 } as const;

/** `struct seccomp_data`, `<linux/seccomp.h>`: of a system call. */
export const SECCOMP_DATA = { size: 64, nr: 0, arch: 4, args: 16 } as const;

/** `struct landlock_path_beneath_attr`, `<linux/landlock.h>`. */
export const LANDLOCK_PATH_BENEATH_ATTR = {
  size: 12,
  allowed_access: 0,
  parent_fd: 8,
} as const;

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

/** `struct sockaddr_in6`, `<netinet/in.h>`. */
export const SOCKADDR_IN6 = {
  size: 28,
  sin6_family: 0,
  sin6_port: 2,
  sin6_addr: 8,
  sin6_scope_id: 24,
} as const;

/** `struct sockaddr_un`, `<sys/un.h>`. */
export const SOCKADDR_UN = { size: 110, sun_family: 0, sun_path: 2 } as const;

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

/** `struct sockaddr_nl`, `<linux/netlink.h>`. */
export const SOCKADDR_NL = { size: 12, nl_family: 0, nl_groups: 8 } as const;

/** `struct nlmsghdr`, `<linux/netlink.h>`. */
export const NLMSGHDR = {
  size: 16,
  nlmsg_len: 0,
  nlmsg_type: 4,
  nlmsg_flags: 6,
  nlmsg_seq: 8,
} as const;

/** `struct nlmsgerr`, `<linux/netlink.h>`, up to the header that it quotes. */
export const NLMSGERR = { error: 0 } as const;

/** `struct nlattr`, `<linux/netlink.h>`. */
export const NLATTR = { size: 4, nla_len: 0, nla_type: 2 } as const;

/** `struct ifinfomsg`, `<linux/rtnetlink.h>`. */
export const IFINFOMSG = {
  size: 16,
  ifi_family: 0,
  ifi_type: 2,
  ifi_index: 4,
  ifi_flags: 8,
  ifi_change: 12,
} as const;

/** `struct ifaddrmsg`, `<linux/if_addr.h>`. */
export const IFADDRMSG = {
  size: 8,
  ifa_family: 0,
  ifa_prefixlen: 1,
  ifa_flags: 2,
  ifa_scope: 3,
  ifa_index: 4,
} as const;

/** `struct rtmsg`, `<linux/rtnetlink.h>`. */
export const RTMSG = {
  size: 12,
  rtm_family: 0,
  rtm_dst_len: 1,
  rtm_src_len: 2,
  rtm_table: 4,
  rtm_protocol: 5,
  rtm_scope: 6,
  rtm_type: 7,
  rtm_flags: 8,
} as const;

/** `struct rtnexthop`, `<linux/rtnetlink.h>`; attributes follow it. */
export const RTNEXTHOP = { size: 8, rtnh_len: 0, rtnh_ifindex: 4 } as const;

/** `struct ndmsg`, `<linux/neighbour.h>`. */
export const NDMSG = {
  size: 12,
  ndm_family: 0,
  ndm_ifindex: 4,
  ndm_state: 8,
} as const;

/** `struct tcmsg`, `<linux/rtnetlink.h>`. */
export const TCMSG = { size: 20, tcm_ifindex: 4, tcm_parent: 12 } as const;

/** `struct gnet_stats_queue`, `<linux/gen_stats.h>`. */
export const GNET_STATS_QUEUE = {
  size: 20,
  qlen: 0,
  backlog: 4,
  drops: 8,
  requeues: 12,
  overlimits: 16,
} as const;

/** `struct rtnl_link_stats64`, `<linux/if_link.h>`; older kernels send fewer fields at its end. */
export const RTNL_LINK_STATS64 = {
  rx_packets: 0,
  tx_packets: 8,
  rx_bytes: 16,
  tx_bytes: 24,
  rx_errors: 32,
  tx_errors: 40,
  rx_dropped: 48,
  tx_dropped: 56,
  rx_over_errors: 88,
  rx_fifo_errors: 112,
  rx_missed_errors: 120,
} as const;

/** `struct statvfs`, `<sys/statvfs.h>`. */
export const STATVFS = {
  size: 112,
  f_frsize: 8,
  f_blocks: 16,
  f_bavail: 32,
  f_files: 40,
  f_favail: 56,
} as const;

/** `struct rlimit`, `<sys/resource.h>`. */
export const RLIMIT = { size: 16, rlim_cur: 0, rlim_max: 8 } as const;

/** `struct ifreq`, `<linux/if.h>`. */
export const IFREQ = { size: 40, ifr_name: 0, ifr_data: 16 } as const;

/** `struct ethtool_drvinfo`, `<linux/ethtool.h>`. */
export const ETHTOOL_DRVINFO = { size: 196, driver: 4, bus_info: 100 } as const;

/** `struct ethtool_value`, `<linux/ethtool.h>`. */
export const ETHTOOL_VALUE = { size: 8, data: 4 } as const;

/** `struct ethtool_ringparam`, `<linux/ethtool.h>`. */
export const ETHTOOL_RINGPARAM = {
  size: 36,
  rx_max_pending: 4,
  tx_max_pending: 16,
  rx_pending: 20,
  tx_pending: 32,
} as const;

/** `struct ethtool_channels`, `<linux/ethtool.h>`. */
export const ETHTOOL_CHANNELS = {
  size: 36,
  rx_count: 20,
  tx_count: 24,
  combined_count: 32,
} as const;

/** `struct ethtool_link_settings`, `<linux/ethtool.h>`; link mode masks follow it. */
export const ETHTOOL_LINK_SETTINGS = {
  size: 48,
  speed: 4,
  link_mode_masks_nwords: 15,
} as const;

/** `struct tc_tbf_qopt` with its `struct tc_ratespec`, `<linux/pkt_sched.h>`. */
export const TC_TBF_QOPT = { size: 36, rate: 8 } as const;

/** `struct nfgenmsg`, `<linux/netfilter/nfnetlink.h>`. */
export const NFGENMSG = { size: 4, nfgen_family: 0 } as const;
