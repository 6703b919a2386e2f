// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import * as constants from "../../ffi/constants.ts";
import { errnoName } from "../../ffi/errno.ts";
import * as layout from "../../ffi/layout.ts";
import { COMPILERS, evaluateC } from "./c_program.ts";

const INCLUDES = `
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <linux/ethtool.h>
#include <linux/gen_stats.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/landlock.h>
#include <linux/neighbour.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#ifndef SOL_PACKET
#define SOL_PACKET 263
#endif
#if __has_include(<pcap/pcap.h>)
#include <pcap/pcap.h>
#define HAS_PCAP 1
#else /* its structures as pcap(3) documents them, and no constants */
#define HAS_PCAP 0
struct pcap_pkthdr { struct timeval ts; uint32_t caplen, len; };
struct pcap_stat { unsigned ps_recv, ps_drop, ps_ifdrop; };
struct bpf_program { unsigned bf_len; void *bf_insns; };
#endif
`;

/** C names of the structures, and of fields that lie in structures within. */
const STRUCTURES: Readonly<Record<keyof typeof layout, string>> = {
  TIMESPEC: "timespec",
  POLLFD: "pollfd",
  STATX: "statx",
  SIGACTION: "sigaction",
  DIRENT: "dirent",
  SECCOMP_DATA: "seccomp_data",
  LANDLOCK_PATH_BENEATH_ATTR: "landlock_path_beneath_attr",
  IOVEC: "iovec",
  MMSGHDR: "mmsghdr",
  SOCKADDR_IN: "sockaddr_in",
  SOCKADDR_IN6: "sockaddr_in6",
  SOCKADDR_UN: "sockaddr_un",
  SOCKADDR_LL: "sockaddr_ll",
  PCAP_PKTHDR: "pcap_pkthdr",
  BPF_PROGRAM: "bpf_program",
  PCAP_STAT: "pcap_stat",
  SOCKADDR_NL: "sockaddr_nl",
  NLMSGHDR: "nlmsghdr",
  NLMSGERR: "nlmsgerr",
  NLATTR: "nlattr",
  IFINFOMSG: "ifinfomsg",
  IFADDRMSG: "ifaddrmsg",
  RTMSG: "rtmsg",
  RTNEXTHOP: "rtnexthop",
  NDMSG: "ndmsg",
  TCMSG: "tcmsg",
  GNET_STATS_QUEUE: "gnet_stats_queue",
  RTNL_LINK_STATS64: "rtnl_link_stats64",
  STATVFS: "statvfs",
  RLIMIT: "rlimit",
  IFREQ: "ifreq",
  ETHTOOL_DRVINFO: "ethtool_drvinfo",
  ETHTOOL_VALUE: "ethtool_value",
  ETHTOOL_RINGPARAM: "ethtool_ringparam",
  ETHTOOL_CHANNELS: "ethtool_channels",
  ETHTOOL_LINK_SETTINGS: "ethtool_link_settings",
  TC_TBF_QOPT: "tc_tbf_qopt",
  NFGENMSG: "nfgenmsg",
};
const NESTED_FIELDS: Readonly<Record<string, string>> = {
  msg_name: "msg_hdr.msg_name",
  msg_namelen: "msg_hdr.msg_namelen",
  msg_iov: "msg_hdr.msg_iov",
  msg_iovlen: "msg_hdr.msg_iovlen",
  "pcap_pkthdr.tv_sec": "ts.tv_sec",
  "tc_tbf_qopt.rate": "rate.rate",
  "pcap_pkthdr.tv_usec": "ts.tv_usec",
};

for (const { isMissing, machine } of COMPILERS) {
  if (isMissing) console.warn(`Skipped: no C compiler for ${machine}`);
}

function linesOf(numbers: Iterable<readonly [string, number]>): string[] {
  return Array.from(numbers, ([name, value]) => `${name} ${value}`);
}

for (const compiler of COMPILERS) {
  const { isMissing: ignore, machine } = compiler;
  const evaluate = (
    expressions: readonly (readonly [string, string])[],
  ): Promise<string[]> =>
    evaluateC(compiler, { includes: INCLUDES, expressions });

  Deno.test({
    name: `layout.ts has the C compiler's sizes and offsets of ${machine}`,
    ignore,
    async fn(): Promise<void> {
      const expected: [string, number][] = [];
      const expressions: [string, string][] = [];
      for (const [name, block] of Object.entries(layout)) {
        const structure = STRUCTURES[name as keyof typeof layout];
        for (const [field, value] of Object.entries(block)) {
          const member = NESTED_FIELDS[`${structure}.${field}`] ??
            NESTED_FIELDS[field] ?? field;
          expected.push([`${name}.${field}`, value]);
          expressions.push([
            `${name}.${field}`,
            field === "size"
              ? `sizeof(struct ${structure})`
              : `offsetof(struct ${structure}, ${member})`,
          ]);
        }
      }
      assert.deepEqual(await evaluate(expressions), linesOf(expected));
    },
  });

  Deno.test({
    name: `constants.ts has the C headers' values of ${machine}`,
    ignore,
    async fn(): Promise<void> {
      const [hasPcap] = await evaluate([["HAS_PCAP", "HAS_PCAP"]]);
      const entries = Object.entries(constants)
        .filter(([name]) =>
          hasPcap === "HAS_PCAP 1" || !name.startsWith("PCAP_")
        );
      const names = entries.map(([name]) => [name, name] as const);
      assert.deepEqual(await evaluate(names), linesOf(entries));
    },
  });

  Deno.test({
    name: `errnoName() has the C headers' names of ${machine}`,
    ignore,
    async fn(): Promise<void> {
      const known = Array.from({ length: 134 }, (_, errno) => errno)
        .map((errno) => [errnoName(errno), errno] as const)
        .filter(([name, errno]) => name !== `E${errno}`);
      const names = known.map(([name]) => [name, name] as const);
      assert.deepEqual(await evaluate(names), linesOf(known));
    },
  });
}
