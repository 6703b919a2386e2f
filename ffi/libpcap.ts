import { addressesOf, callablesAt } from "./_by_address.ts";
import { openLibrary } from "./library.ts";
import { LIBPCAP_PATHS } from "./library_paths.ts";

// Without `satisfies`, which isolatedDeclarations rejects here: `openLibrary` checks the table's type.
const LIBPCAP_SYMBOLS = {
  // pcap_t *pcap_create(const char *device, char *error)
  pcap_create: { parameters: ["buffer", "buffer"], result: "pointer" },
  // int pcap_set_snaplen(pcap_t *, int bytes)
  pcap_set_snaplen: { parameters: ["pointer", "i32"], result: "i32" },
  // int pcap_set_promisc(pcap_t *, int is_promiscuous)
  pcap_set_promisc: { parameters: ["pointer", "i32"], result: "i32" },
  // int pcap_set_immediate_mode(pcap_t *, int is_immediate)
  pcap_set_immediate_mode: { parameters: ["pointer", "i32"], result: "i32" },
  // int pcap_set_buffer_size(pcap_t *, int bytes)
  pcap_set_buffer_size: { parameters: ["pointer", "i32"], result: "i32" },
  // int pcap_activate(pcap_t *)
  pcap_activate: { parameters: ["pointer"], result: "i32" },
  // int pcap_setnonblock(pcap_t *, int is_nonblocking, char *error)
  pcap_setnonblock: { parameters: ["pointer", "i32", "buffer"], result: "i32" },
  // int pcap_setdirection(pcap_t *, pcap_direction_t)
  pcap_setdirection: { parameters: ["pointer", "i32"], result: "i32" },
  // int pcap_compile(pcap_t *, struct bpf_program *, const char *text, int optimize, bpf_u_int32 netmask)
  pcap_compile: {
    parameters: ["pointer", "buffer", "buffer", "i32", "u32"],
    result: "i32",
  },
  // int pcap_setfilter(pcap_t *, struct bpf_program *)
  pcap_setfilter: { parameters: ["pointer", "buffer"], result: "i32" },
  // void pcap_freecode(struct bpf_program *)
  pcap_freecode: { parameters: ["buffer"], result: "void" },
  // int pcap_datalink(pcap_t *)
  pcap_datalink: { parameters: ["pointer"], result: "i32" },
  // int pcap_get_selectable_fd(pcap_t *)
  pcap_get_selectable_fd: { parameters: ["pointer"], result: "i32" },
  // int pcap_next_ex(pcap_t *, struct pcap_pkthdr **header, const u_char **data)
  pcap_next_ex: { parameters: ["pointer", "buffer", "buffer"], result: "i32" },
  // int pcap_stats(pcap_t *, struct pcap_stat *)
  pcap_stats: { parameters: ["pointer", "buffer"], result: "i32" },
  // char *pcap_geterr(pcap_t *)
  pcap_geterr: { parameters: ["pointer"], result: "pointer" },
  // const char *pcap_lib_version(void)
  pcap_lib_version: { parameters: [], result: "pointer" },
  // void pcap_close(pcap_t *)
  pcap_close: { parameters: ["pointer"], result: "void" },
} as const;

/** The functions of libpcap that this program calls, typed. */
export type Libpcap = Deno.StaticForeignLibraryInterface<
  typeof LIBPCAP_SYMBOLS
>;

/** How to get libpcap, as a sentence without a final period. */
export const LIBPCAP_REMEDY: string =
  "Install libpcap: apt install libpcap0.8 (Debian, Ubuntu), " +
  "dnf install libpcap (Fedora, RHEL), apk add libpcap (Alpine), pacman -S libpcap (Arch)";

let opened: Libpcap | null = null;

/**
 * Opens libpcap. Each thread opens it once; further calls return the same table.
 *
 * @throws {Deno.errors.NotCapable} without `--allow-ffi` for the library's path
 * @throws {Deno.errors.NotFound} where libpcap is not installed; the message says how to get it
 */
export function openLibpcap(): Libpcap {
  if (opened !== null) return opened;
  try {
    opened = openTable();
    return opened;
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Deno.errors.NotFound(`Cannot find libpcap. ${LIBPCAP_REMEDY}`, {
      cause,
    });
  }
}

/** All but what is called for each packet is called through its address. */
function openTable(): Libpcap {
  const { pcap_next_ex, ...seldom } = LIBPCAP_SYMBOLS;
  const addresses = addressesOf(seldom, Object.keys(seldom));
  const { symbols } = openLibrary("libpcap", {
    paths: LIBPCAP_PATHS,
    symbols: { ...addresses, pcap_next_ex },
  });
  const { pcap_next_ex: next } = symbols;
  return { ...callablesAt(symbols, seldom), pcap_next_ex: next };
}

/** What libpcap calls itself: `libpcap version 1.10.5 (with TPACKET_V3)`. Throws as `openLibpcap`. */
export function libpcapVersion(): string {
  const text = openLibpcap().pcap_lib_version();
  return text === null ? "libpcap" : Deno.UnsafePointerView.getCString(text);
}
