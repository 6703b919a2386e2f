// deno-lint-ignore-file no-console
import { openLibrary } from "../../ffi/library.ts";
import { LIBC_PATHS } from "../../ffi/library_paths.ts";

const O_RDWR = 2;
const TUNSETIFF = 0x400454ca; // <linux/if_tun.h>
const IFF_TUN_NO_PI = 0x1001;
const IFREQ_BYTES = 40;
const IFREQ_FLAGS_AT = 16;

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

/** The program's end of a tunnel interface. */
export interface Tun extends Disposable {
  read(): Uint8Array<ArrayBuffer>;
  write(packet: Uint8Array<ArrayBuffer>): void;
}

/**
 * Makes a tunnel interface without Ethernet header, which has a carrier until it is disposed of. Null, and
 * said so, where only the machine's root may open tunnels.
 */
export function openTun(name: string): Tun | null {
  const libc =
    openLibrary("the C library", { paths: LIBC_PATHS, symbols: SYMBOLS })
      .symbols;
  const fd = libc.open(new TextEncoder().encode("/dev/net/tun\0"), O_RDWR);
  if (fd < 0) {
    console.warn("Skipped: /dev/net/tun cannot be opened");
    return null;
  }
  const request = new Uint8Array(IFREQ_BYTES);
  request.set(new TextEncoder().encode(name));
  new DataView(request.buffer).setUint16(IFREQ_FLAGS_AT, IFF_TUN_NO_PI, true);
  if (libc.ioctl(fd, BigInt(TUNSETIFF), request) < 0) {
    throw new Error("Cannot make a tun interface");
  }
  return {
    read(): Uint8Array<ArrayBuffer> {
      const buffer = new Uint8Array(2048);
      const length = Number(libc.read(fd, buffer, BigInt(buffer.length)));
      return buffer.slice(0, length);
    },
    write(packet): void {
      libc.write(fd, packet, BigInt(packet.length));
    },
    [Symbol.dispose](): void {
      libc.close(fd);
    },
  };
}

/** The next IPv4 packet of a protocol that comes out of a tunnel; the kernel also sends packets of its own. */
export function readTun(tun: Tun, protocol: number): Uint8Array<ArrayBuffer> {
  for (;;) {
    const packet = tun.read();
    if (packet[0] === 0x45 && packet[9] === protocol) return packet;
  }
}
