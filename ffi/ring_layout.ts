/**
 * Sizes and field offsets of the structures that rings are made of, on 64-bit Linux; `tests/ffi` compares
 * every number with the C compiler. Host order throughout.
 */

/** `struct tpacket_req`, `<linux/if_packet.h>`. */
export const TPACKET_REQ = {
  size: 16,
  tp_block_size: 0,
  tp_block_nr: 4,
  tp_frame_size: 8,
  tp_frame_nr: 12,
} as const;

/** `struct tpacket_req3`, `<linux/if_packet.h>`. */
export const TPACKET_REQ3 = {
  size: 28,
  tp_block_size: 0,
  tp_block_nr: 4,
  tp_frame_size: 8,
  tp_frame_nr: 12,
  tp_retire_blk_tov: 16,
} as const;

/** `struct tpacket2_hdr`, `<linux/if_packet.h>`. */
export const TPACKET2_HDR = { size: 32, tp_status: 0, tp_len: 4 } as const;

/** `struct tpacket3_hdr`, `<linux/if_packet.h>`; the VLAN fields lie in `hv1`. */
export const TPACKET3_HDR = {
  size: 48,
  tp_next_offset: 0,
  tp_sec: 4,
  tp_nsec: 8,
  tp_snaplen: 12,
  tp_len: 16,
  tp_status: 20,
  tp_mac: 24,
  tp_vlan_tci: 32,
  tp_vlan_tpid: 36,
} as const;

/** `struct tpacket_block_desc`, `<linux/if_packet.h>`; all but the first two fields lie in `hdr.bh1`. */
export const TPACKET_BLOCK_DESC = {
  size: 48,
  block_status: 8,
  num_pkts: 12,
  offset_to_first_pkt: 16,
} as const;

/** `struct tpacket_stats_v3`, `<linux/if_packet.h>`. */
export const TPACKET_STATS_V3 = {
  size: 12,
  tp_packets: 0,
  tp_drops: 4,
} as const;

/** `struct sockaddr_ll`, `<linux/if_packet.h>`: what `SOCKADDR_LL` leaves out. */
export const SOCKADDR_LL_TYPES = { sll_hatype: 8, sll_pkttype: 10 } as const;

/** `struct sock_filter`, `<linux/filter.h>`. */
export const SOCK_FILTER = { size: 8, code: 0, jt: 2, jf: 3, k: 4 } as const;

/** `struct sock_fprog`, `<linux/filter.h>`. */
export const SOCK_FPROG = { size: 16, len: 0, filter: 8 } as const;

/** `struct sockaddr_xdp`, `<linux/if_xdp.h>`. */
export const SOCKADDR_XDP = {
  size: 16,
  sxdp_family: 0,
  sxdp_flags: 2,
  sxdp_ifindex: 4,
  sxdp_queue_id: 8,
} as const;

/** `struct xdp_umem_reg`, `<linux/if_xdp.h>`, as kernels from 5.4 on know it. */
export const XDP_UMEM_REG_STRUCT = {
  size: 32,
  addr: 0,
  len: 8,
  chunk_size: 16,
} as const;

/** `struct xdp_ring_offset`, `<linux/if_xdp.h>`. */
export const XDP_RING_OFFSET = {
  size: 32,
  producer: 0,
  consumer: 8,
  desc: 16,
  flags: 24,
} as const;

/** `struct xdp_mmap_offsets`, `<linux/if_xdp.h>`: one `struct xdp_ring_offset` each. */
export const XDP_MMAP_OFFSETS_STRUCT = {
  size: 128,
  rx: 0,
  tx: 32,
  fr: 64,
  cr: 96,
} as const;

/** `struct xdp_desc`, `<linux/if_xdp.h>`. */
export const XDP_DESC = { size: 16, addr: 0, len: 8, options: 12 } as const;

/** `struct xdp_options`, `<linux/if_xdp.h>`. */
export const XDP_OPTIONS_STRUCT = { size: 4, flags: 0 } as const;
