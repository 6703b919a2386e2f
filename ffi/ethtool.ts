import { cString, textOfCString } from "./_c_string.ts";
import { SocketHandle } from "./_socket.ts";
import * as c from "./constants.ts";
import {
  ETHTOOL_CHANNELS,
  ETHTOOL_DRVINFO,
  ETHTOOL_LINK_SETTINGS,
  ETHTOOL_RINGPARAM,
  ETHTOOL_VALUE,
  IFREQ,
} from "./layout.ts";
import { type Libc, openLibc } from "./libc.ts";

/** Names of drivers and buses have at most 31 characters. */
const NAME_BYTES = 32;
/** Longest interface name, its zero byte included. */
const IFNAMSIZ = 16;
/** Words of a link mode mask at most: the number travels in a signed byte. */
const MAX_MASK_WORDS = 127;

/** Numbers of queues of an interface, as its driver reports them. */
export interface Channels {
  readonly rx: number;
  readonly tx: number;
  /** Queues that do both. */
  readonly combined: number;
}

/** Frames that an interface's rings hold. */
export interface Rings {
  readonly rx: number;
  readonly rxMax: number;
  readonly tx: number;
  readonly txMax: number;
}

/** What moves work from the processor to the interface, or from many packets to few. */
const OFFLOADS = {
  "rx-checksum": c.ETHTOOL_GRXCSUM,
  "tx-checksum": c.ETHTOOL_GTXCSUM,
  "scatter-gather": c.ETHTOOL_GSG,
  tso: c.ETHTOOL_GTSO,
  gso: c.ETHTOOL_GGSO,
  gro: c.ETHTOOL_GGRO,
} as const;

/**
 * Questions to an interface's driver, `ioctl` SIOCETHTOOL, `<linux/ethtool.h>`. Needs no rights. Each answer
 * is null where the driver does not know.
 */
export class EthtoolSocket {
  readonly #libc: Libc = openLibc();
  readonly #socket: SocketHandle;

  private constructor(socket: SocketHandle) {
    this.#socket = socket;
  }

  /** @throws {ErrnoError} when the kernel refuses a socket */
  static open(): EthtoolSocket {
    return new EthtoolSocket(
      new SocketHandle(c.AF_INET, c.SOCK_DGRAM | c.SOCK_CLOEXEC, 0),
    );
  }

  /** Name of the driver, and where the device is plugged in: a PCI address, or empty. */
  driver(interfaceName: string): { name: string; bus: string } | null {
    const info = this.#ask(interfaceName, c.ETHTOOL_GDRVINFO, ETHTOOL_DRVINFO);
    if (info === null) return null;
    const text = (at: number): string =>
      textOfCString(new Uint8Array(info.buffer, at, NAME_BYTES));
    return {
      name: text(ETHTOOL_DRVINFO.driver),
      bus: text(ETHTOOL_DRVINFO.bus_info),
    };
  }

  /** Speed of the link in Mbit/s; null when it has none, as on most virtual machines, or no carrier. */
  speedMbps(interfaceName: string): number | null {
    const command = c.ETHTOOL_GLINKSETTINGS;
    const size = ETHTOOL_LINK_SETTINGS.size + 3 * 4 * MAX_MASK_WORDS;
    const settings = new DataView(new ArrayBuffer(size));
    settings.setUint32(0, command, true);
    if (!this.#call(interfaceName, settings)) return null;
    // The first answer is the number of words per mask, negative; it has to be asked with.
    const wordsAt = ETHTOOL_LINK_SETTINGS.link_mode_masks_nwords;
    settings.setInt8(wordsAt, -settings.getInt8(wordsAt));
    settings.setUint32(0, command, true);
    if (!this.#call(interfaceName, settings)) return null;
    const speed = settings.getInt32(ETHTOOL_LINK_SETTINGS.speed, true);
    return speed > 0 ? speed : null;
  }

  /** Numbers of queues. */
  channels(interfaceName: string): Channels | null {
    const answer = this.#ask(
      interfaceName,
      c.ETHTOOL_GCHANNELS,
      ETHTOOL_CHANNELS,
    );
    return answer && {
      rx: answer.getUint32(ETHTOOL_CHANNELS.rx_count, true),
      tx: answer.getUint32(ETHTOOL_CHANNELS.tx_count, true),
      combined: answer.getUint32(ETHTOOL_CHANNELS.combined_count, true),
    };
  }

  /** Sizes of the rings. */
  rings(interfaceName: string): Rings | null {
    const answer = this.#ask(
      interfaceName,
      c.ETHTOOL_GRINGPARAM,
      ETHTOOL_RINGPARAM,
    );
    return answer && {
      rx: answer.getUint32(ETHTOOL_RINGPARAM.rx_pending, true),
      rxMax: answer.getUint32(ETHTOOL_RINGPARAM.rx_max_pending, true),
      tx: answer.getUint32(ETHTOOL_RINGPARAM.tx_pending, true),
      txMax: answer.getUint32(ETHTOOL_RINGPARAM.tx_max_pending, true),
    };
  }

  /** Names of the offloads that are on; empty where the driver has none. */
  offloads(interfaceName: string): string[] {
    const names = Object.entries(OFFLOADS)
      .filter(([, command]) => this.#value(interfaceName, command) === 1)
      .map(([name]) => name);
    const flags = this.#value(interfaceName, c.ETHTOOL_GFLAGS) ?? 0;
    return (flags & c.ETH_FLAG_LRO) === 0 ? names : [...names, "lro"];
  }

  #value(interfaceName: string, command: number): number | null {
    const answer = this.#ask(interfaceName, command, ETHTOOL_VALUE);
    return answer?.getUint32(ETHTOOL_VALUE.data, true) ?? null;
  }

  #ask(
    interfaceName: string,
    command: number,
    layout: { readonly size: number },
  ): DataView<ArrayBuffer> | null {
    const request = new DataView(new ArrayBuffer(layout.size));
    request.setUint32(0, command, true);
    return this.#call(interfaceName, request) ? request : null;
  }

  /** Lets the driver fill in `data`; false when it does not support the command or is gone. */
  #call(interfaceName: string, data: DataView<ArrayBuffer>): boolean {
    const name = cString(interfaceName);
    if (name.length > IFNAMSIZ) return false;
    const request = new Uint8Array(new ArrayBuffer(IFREQ.size));
    request.set(name, IFREQ.ifr_name);
    const address = Deno.UnsafePointer.value(
      Deno.UnsafePointer.of(data.buffer),
    );
    new DataView(request.buffer)
      .setBigUint64(IFREQ.ifr_data, BigInt(address), true);
    const { ioctl } = this.#libc;
    return ioctl(this.#socket.fd, BigInt(c.SIOCETHTOOL), request) >= 0;
  }

  /** Closes the socket; further calls do nothing. */
  close(): void {
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
