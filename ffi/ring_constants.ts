/**
 * Constants of mapped memory, most of it shared with the kernel: packet rings, AF_XDP, packet filters. Spelled as in C;
 * `tests/ffi` compares each with the C compiler.
 */

// <sys/mman.h>
export const PROT_READ = 0x1;
export const PROT_WRITE = 0x2;
export const PROT_EXEC = 0x4;
export const MAP_SHARED = 0x01;
export const MAP_PRIVATE = 0x02;
export const MAP_ANONYMOUS = 0x20;
export const MAP_POPULATE = 0x8000;

// <asm-generic/socket.h>
export const SO_ERROR = 4;
export const SO_ATTACH_FILTER = 26;

// <poll.h>
export const POLLERR = 0x8;

// <asm-generic/errno.h>
export const EBADF = 9;
export const ENXIO = 6;
export const EBUSY = 16;
export const EMSGSIZE = 90;
export const EOPNOTSUPP = 95;
export const ENOMEM = 12;
export const ENOBUFS = 105;

// <linux/if_ether.h>, <linux/if_arp.h>
export const ETH_P_ALL = 0x0003;
export const ETH_P_8021Q = 0x8100;
export const ETH_HLEN = 14;
export const ARPHRD_LOOPBACK = 772;

// <linux/if_packet.h>
export const PACKET_OUTGOING = 4;
export const PACKET_RX_RING = 5;
export const PACKET_STATISTICS = 6;
export const PACKET_VERSION = 10;
export const PACKET_TX_RING = 13;
export const PACKET_QDISC_BYPASS = 20;
export const TPACKET_V2 = 1;
export const TPACKET_V3 = 2;
export const TPACKET_ALIGNMENT = 16;
export const TP_STATUS_KERNEL = 0;
export const TP_STATUS_USER = 0x1;
export const TP_STATUS_VLAN_VALID = 0x10;
export const TP_STATUS_VLAN_TPID_VALID = 0x40;
export const TP_STATUS_AVAILABLE = 0;
export const TP_STATUS_SEND_REQUEST = 0x1;
export const TP_STATUS_SENDING = 0x2;
export const TP_STATUS_WRONG_FORMAT = 0x4;

// <linux/if_xdp.h>, <bits/socket.h>
export const AF_XDP = 44;
export const SOL_XDP = 283;
export const XDP_COPY = 0x2;
export const XDP_ZEROCOPY = 0x4;
export const XDP_USE_NEED_WAKEUP = 0x8;
export const XDP_RING_NEED_WAKEUP = 0x1;
export const XDP_MMAP_OFFSETS = 1;
export const XDP_TX_RING = 3;
export const XDP_UMEM_REG = 4;
export const XDP_UMEM_FILL_RING = 5;
export const XDP_UMEM_COMPLETION_RING = 6;
export const XDP_OPTIONS = 8;
export const XDP_OPTIONS_ZEROCOPY = 0x1;
export const XDP_MAX_TX_SKB_BUDGET = 9;
export const XDP_PGOFF_TX_RING = 0x8000_0000;
export const XDP_UMEM_PGOFF_FILL_RING = 0x1_0000_0000;
export const XDP_UMEM_PGOFF_COMPLETION_RING = 0x1_8000_0000;

// <linux/bpf_common.h>, <linux/filter.h>
export const BPF_LD = 0x00;
export const BPF_LDX = 0x01;
export const BPF_ST = 0x02;
export const BPF_ALU = 0x04;
export const BPF_JMP = 0x05;
export const BPF_RET = 0x06;
export const BPF_MISC = 0x07;
export const BPF_W = 0x00;
export const BPF_H = 0x08;
export const BPF_B = 0x10;
export const BPF_IMM = 0x00;
export const BPF_ABS = 0x20;
export const BPF_IND = 0x40;
export const BPF_MEM = 0x60;
export const BPF_LEN = 0x80;
export const BPF_MSH = 0xa0;
export const BPF_ADD = 0x00;
export const BPF_SUB = 0x10;
export const BPF_MUL = 0x20;
export const BPF_OR = 0x40;
export const BPF_AND = 0x50;
export const BPF_LSH = 0x60;
export const BPF_RSH = 0x70;
export const BPF_JA = 0x00;
export const BPF_JEQ = 0x10;
export const BPF_JGT = 0x20;
export const BPF_JGE = 0x30;
export const BPF_JSET = 0x40;
export const BPF_K = 0x00;
export const BPF_X = 0x08;
export const BPF_TAX = 0x00;
export const BPF_MEMWORDS = 16;
export const BPF_MAXINSNS = 4096;
export const SKF_AD_OFF = -0x1000;
export const SKF_AD_PKTTYPE = 4;
export const SKF_AD_IFINDEX = 8;

// <pcap/dlt.h>
export const DLT_EN10MB = 1;
/** `LINKTYPE_RAW` in files; what captures are given on every system but OpenBSD. */
export const DLT_RAW = 12;
