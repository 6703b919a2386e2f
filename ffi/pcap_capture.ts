// HOT PATH
import { PacedPoll } from "./_paced_poll.ts";
import { setSocketOption } from "./_socket.ts";
import * as c from "./constants.ts";
import { ErrnoError } from "./errno.ts";
import { BPF_PROGRAM, PCAP_PKTHDR, PCAP_STAT } from "./layout.ts";
import { type Libc, openLibc } from "./libc.ts";
import { type Libpcap, openLibpcap } from "./libpcap.ts";

/** What and how to capture. */
export interface PcapCaptureOptions {
  /** The interface that packets arrive at. */
  readonly interfaceName: string;
  /** Filter expression, `pcap-filter(7)`. */
  readonly filter: string;
  /** Bytes kept of each packet. */
  readonly snapLengthBytes: number;
  /** Size of the kernel's ring. */
  readonly bufferBytes: number;
  /**
   * Whether frames for other hosts are wanted too.
   * @default {false}
   */
  readonly isPromiscuous?: boolean;
}

const SECONDS_WORD = PCAP_PKTHDR.tv_sec / 4;
const MICROSECONDS_WORD = PCAP_PKTHDR.tv_usec / 4;
const CAPTURED_WORD = PCAP_PKTHDR.caplen / 4;
const WIRE_WORD = PCAP_PKTHDR.len / 4;

/**
 * Packets that arrive at an interface, `pcap(3)`: filtered in the kernel, gathered in a ring of its own,
 * fetched without waiting. Packets that this machine sends are left out.
 */
export class PcapCapture {
  /** The current packet's captured bytes from offset 0; overwritten by `next`. */
  readonly view: DataView;
  /** `<pcap/dlt.h>` number of the packets' link type. */
  readonly linkType: number;
  /** How long a packet may wait for others before `next` gives it: not at all, in immediate mode. */
  readonly holdMs = 0;
  readonly #libc: Libc = openLibc();
  readonly #libpcap: Libpcap;
  readonly #poll: PacedPoll;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  /** Captured lengths as BigInts, made once: a `usize` argument is fast only as BigInt. */
  readonly #lengths: readonly bigint[];
  /** Where `pcap_next_ex` stores the addresses of the packet's header and of its data. */
  readonly #headerAddress = new BigUint64Array(new ArrayBuffer(8));
  readonly #dataAddress = new BigUint64Array(new ArrayBuffer(8));
  readonly #headerAddressWords = new Uint32Array(this.#headerAddress.buffer);
  /** The header, mapped where libpcap keeps it: inside its handle, so the address hardly ever changes. */
  #header = new Uint32Array(PCAP_PKTHDR.size / 4);
  #mappedLow = 0;
  #mappedHigh = 0;
  readonly #stat = new Uint32Array(PCAP_STAT.size / 4);
  readonly #lastStat = new Uint32Array(PCAP_STAT.size / 4);
  readonly #totals = new Float64Array(PCAP_STAT.size / 4);
  #handle: Deno.PointerObject | null;

  private constructor(handle: Deno.PointerObject, snapLengthBytes: number) {
    this.#libpcap = openLibpcap();
    this.#handle = handle;
    this.#bytes = new Uint8Array(new ArrayBuffer(snapLengthBytes));
    this.view = new DataView(this.#bytes.buffer);
    this.#lengths = Array.from(
      { length: snapLengthBytes + 1 },
      (_, length) => BigInt(length),
    );
    this.linkType = this.#libpcap.pcap_datalink(handle);
    this.#poll = new PacedPoll(this.#libpcap.pcap_get_selectable_fd(handle));
  }

  /**
   * Starts capturing.
   *
   * @throws {Deno.errors.NotFound} when libpcap is not installed
   * @throws {Deno.errors.NotCapable} without `--allow-ffi` for its path
   * @throws {ErrnoError} EPERM without CAP_NET_RAW, ENODEV without such an interface, ENETDOWN when it is down
   * @throws {SyntaxError} when the filter does not compile
   */
  static open(options: PcapCaptureOptions): PcapCapture {
    const libpcap = openLibpcap();
    const errorText = new Uint8Array(c.PCAP_ERRBUF_SIZE);
    const handle = libpcap.pcap_create(
      cString(options.interfaceName),
      errorText,
    );
    if (handle === null) {
      throw new Error(`Cannot create capture: ${textOf(errorText)}`);
    }
    try {
      activate(handle, options);
      setFilter(handle, options.filter);
      const capture = new PcapCapture(handle, options.snapLengthBytes);
      // What came before the filter was in place is counted by the kernel, but never handed out.
      capture.stats(capture.#totals);
      capture.#totals.fill(0);
      return capture;
    } catch (error) {
      libpcap.pcap_close(handle);
      throw error;
    }
  }

  /** Capture time of the current packet: Unix seconds. */
  get seconds(): number {
    return this.#header[SECONDS_WORD]!;
  }

  /** Capture time of the current packet: microseconds within the second. */
  get microseconds(): number {
    return this.#header[MICROSECONDS_WORD]!;
  }

  /** Length of the current packet on the wire, link header included. */
  get wireBytes(): number {
    return this.#header[WIRE_WORD]!;
  }

  /**
   * Fetches the next packet without waiting. Returns how many of its bytes were captured, 0 when no
   * packet is waiting, -1 on an error.
   */
  next(): number {
    const handle = this.#handle;
    if (handle === null) return -1;
    const words = this.#headerAddressWords;
    const result = this.#libpcap.pcap_next_ex(handle, words, this.#dataAddress);
    if (result !== 1) return result === 0 ? 0 : -1;
    if (words[0] !== this.#mappedLow || words[1] !== this.#mappedHigh) {
      this.#mapHeader();
    }
    const captured = this.#header[CAPTURED_WORD]!;
    // The kernel keeps at most the snap length of each packet, which is this table's length.
    this.#libc.memcpy(
      this.#bytes,
      this.#dataAddress[0]!,
      this.#lengths[captured]!,
    );
    return captured;
  }

  #mapHeader(): void {
    const pointer = Deno.UnsafePointer.create(this.#headerAddress[0]!);
    const memory = Deno.UnsafePointerView.getArrayBuffer(
      pointer!,
      PCAP_PKTHDR.size,
    );
    this.#header = new Uint32Array(memory);
    this.#mappedLow = this.#headerAddressWords[0]!;
    this.#mappedHigh = this.#headerAddressWords[1]!;
  }

  /** What the last error was, in libpcap's words. */
  lastError(): string {
    return this.#handle === null ? "capture is closed" : errorOf(this.#handle);
  }

  /**
   * Sleeps until packets are there, at most `timeoutMs`. Packets that come soon after the last
   * wake-up are left to gather.
   */
  wait(timeoutMs: number): void {
    this.#poll.wait(timeoutMs);
  }

  /**
   * Writes totals since `open` to `out`: packets that passed the filter (those dropped after it
   * included), packets dropped because the ring was full, packets dropped by the interface. Has to be
   * called once in 2^32 packets, where the kernel's counters wrap.
   */
  stats(out: Float64Array): void {
    const isRead = this.#handle !== null &&
      this.#libpcap.pcap_stats(this.#handle, this.#stat) === 0;
    for (let i = 0; i < this.#totals.length; i++) {
      if (isRead) {
        this.#totals[i]! += (this.#stat[i]! - this.#lastStat[i]!) >>> 0;
        this.#lastStat[i] = this.#stat[i]!;
      }
      out[i] = this.#totals[i]!;
    }
  }

  /** Ends the capture; the packet in `view` stays readable, its time does not. */
  close(): void {
    if (this.#handle === null) return;
    this.#header = new Uint32Array(PCAP_PKTHDR.size / 4);
    this.#mappedLow = 0;
    this.#mappedHigh = 0;
    this.#libpcap.pcap_close(this.#handle);
    this.#handle = null;
  }

  /** As `close`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function activate(
  handle: Deno.PointerObject,
  options: PcapCaptureOptions,
): void {
  const libpcap = openLibpcap();
  libpcap.pcap_set_snaplen(handle, options.snapLengthBytes);
  libpcap.pcap_set_promisc(handle, options.isPromiscuous === true ? 1 : 0);
  // Immediate mode means TPACKET_V2: a ring of packets. V3, a ring of blocks that a timer closes, is full
  // after 64 ticks at any rate (with 16 MiB and 10 ms a reader that stalls for 0.7 s loses packets).
  libpcap.pcap_set_immediate_mode(handle, 1);
  libpcap.pcap_set_buffer_size(handle, options.bufferBytes);
  const status = libpcap.pcap_activate(handle);
  if (status < 0) {
    const errno = ERRNO_BY_STATUS.get(status);
    const cause = new Error(
      errorOf(handle) || `pcap_activate() returned ${status}`,
    );
    const what = `capture on interface "${options.interfaceName}"`;
    throw errno === undefined
      ? new Error(`Cannot ${what}`, { cause })
      : new ErrnoError(what, errno, cause);
  }
  const errorText = new Uint8Array(c.PCAP_ERRBUF_SIZE);
  if (libpcap.pcap_setnonblock(handle, 1, errorText) < 0) {
    throw new Error(`Cannot capture without blocking: ${textOf(errorText)}`);
  }
  if (libpcap.pcap_setdirection(handle, c.PCAP_D_IN) < 0) {
    throw new Error(`Cannot leave out sent packets: ${errorOf(handle)}`);
  }
  ignoreOutgoing(libpcap.pcap_get_selectable_fd(handle));
}

const ERRNO_BY_STATUS: ReadonlyMap<number, number> = new Map([
  [c.PCAP_ERROR_NO_SUCH_DEVICE, c.ENODEV],
  [c.PCAP_ERROR_PERM_DENIED, c.EPERM],
  [c.PCAP_ERROR_PROMISC_PERM_DENIED, c.EPERM],
  [c.PCAP_ERROR_IFACE_NOT_UP, c.ENETDOWN],
]);

/** Keeps sent packets out of the ring, where libpcap would skip them only after they took room. */
function ignoreOutgoing(fd: number): void {
  try {
    const option = {
      level: c.SOL_PACKET,
      name: c.PACKET_IGNORE_OUTGOING,
      value: 1,
    };
    setSocketOption(fd, "PACKET_IGNORE_OUTGOING", option);
  } catch (error) {
    // Kernels before 4.20 do not have it; libpcap's own filter still applies.
    if (!(error instanceof ErrnoError) || error.errno !== c.ENOPROTOOPT) {
      throw error;
    }
  }
}

function setFilter(handle: Deno.PointerObject, filter: string): void {
  const libpcap = openLibpcap();
  const program = new Uint8Array(BPF_PROGRAM.size);
  const text = cString(filter);
  if (
    libpcap.pcap_compile(handle, program, text, 1, c.PCAP_NETMASK_UNKNOWN) < 0
  ) {
    throw new SyntaxError(
      `Cannot compile capture filter "${filter}": ${errorOf(handle)}`,
    );
  }
  const status = libpcap.pcap_setfilter(handle, program);
  libpcap.pcap_freecode(program);
  if (status < 0) {
    throw new Error(`Cannot set capture filter: ${errorOf(handle)}`);
  }
}

function errorOf(handle: Deno.PointerObject): string {
  const text = openLibpcap().pcap_geterr(handle);
  return text === null ? "" : Deno.UnsafePointerView.getCString(text);
}

function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text + "\0");
}

function textOf(bytes: Uint8Array<ArrayBuffer>): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(
    bytes.subarray(0, end < 0 ? bytes.length : end),
  );
}
