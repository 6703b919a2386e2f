// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import * as constants from "../../ffi/ring_constants.ts";
import * as layout from "../../ffi/ring_layout.ts";
import { COMPILERS, evaluateC } from "./c_program.ts";

const INCLUDES = `
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <linux/filter.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_xdp.h>
#ifndef SOL_XDP
#define SOL_XDP 283
#endif
#ifndef XDP_MAX_TX_SKB_BUDGET /* since Linux 6.17 */
#define XDP_MAX_TX_SKB_BUDGET 9
#endif
#if __has_include(<pcap/dlt.h>)
#include <pcap/dlt.h>
#else
#define DLT_EN10MB 1
#define DLT_RAW 12
#endif
`;

/** C names of the structures, and of fields that lie in structures within. */
const STRUCTURES: Readonly<Record<keyof typeof layout, string>> = {
  TPACKET_REQ: "tpacket_req",
  TPACKET_REQ3: "tpacket_req3",
  TPACKET2_HDR: "tpacket2_hdr",
  TPACKET3_HDR: "tpacket3_hdr",
  TPACKET_BLOCK_DESC: "tpacket_block_desc",
  TPACKET_STATS_V3: "tpacket_stats_v3",
  SOCKADDR_LL_TYPES: "sockaddr_ll",
  SOCK_FILTER: "sock_filter",
  SOCK_FPROG: "sock_fprog",
  SOCKADDR_XDP: "sockaddr_xdp",
  XDP_UMEM_REG_STRUCT: "xdp_umem_reg",
  XDP_RING_OFFSET: "xdp_ring_offset",
  XDP_MMAP_OFFSETS_STRUCT: "xdp_mmap_offsets",
  XDP_DESC: "xdp_desc",
  XDP_OPTIONS_STRUCT: "xdp_options",
};
const NESTED_FIELDS: Readonly<Record<string, string>> = {
  tp_vlan_tci: "hv1.tp_vlan_tci",
  tp_vlan_tpid: "hv1.tp_vlan_tpid",
  block_status: "hdr.bh1.block_status",
  num_pkts: "hdr.bh1.num_pkts",
  offset_to_first_pkt: "hdr.bh1.offset_to_first_pkt",
};

for (const compiler of COMPILERS) {
  const { isMissing: ignore, machine } = compiler;
  if (ignore) console.warn(`Skipped: no C compiler for ${machine}`);
  const evaluate = (
    expressions: readonly (readonly [string, string])[],
  ): Promise<string[]> =>
    evaluateC(compiler, { includes: INCLUDES, expressions });

  Deno.test({
    name: `ring_layout.ts has the C compiler's sizes and offsets of ${machine}`,
    ignore,
    async fn(): Promise<void> {
      const expected: string[] = [];
      const expressions: [string, string][] = [];
      for (const [name, block] of Object.entries(layout)) {
        const structure = `struct ${STRUCTURES[name as keyof typeof layout]}`;
        for (const [field, value] of Object.entries(block)) {
          expected.push(`${name}.${field} ${value}`);
          const member = NESTED_FIELDS[field] ?? field;
          const expression = field === "size"
            ? `sizeof(${structure})`
            : `offsetof(${structure}, ${member})`;
          expressions.push([`${name}.${field}`, expression]);
        }
      }
      assert.deepEqual(await evaluate(expressions), expected);
    },
  });

  Deno.test({
    name: `ring_constants.ts has the C headers' values of ${machine}`,
    ignore,
    async fn(): Promise<void> {
      const entries = Object.entries(constants);
      assert.deepEqual(
        await evaluate(entries.map(([name]) => [name, name])),
        entries.map(([name, value]) => `${name} ${value}`),
      );
    },
  });

  Deno.test({
    name: `Frames of a send ring of ${machine} start where RingSender writes`,
    ignore,
    async fn(): Promise<void> {
      const expression = "TPACKET2_HDRLEN - sizeof(struct sockaddr_ll)";
      assert.deepEqual(
        await evaluate([["DATA_AT", expression]]),
        [`DATA_AT ${layout.TPACKET2_HDR.size}`],
      );
    },
  });
}
