/** Where a receiver gets its packets: libpcap, a kernel ring, or a test. */
export interface PacketSource {
  /** Captured bytes of the current packet from offset 0; valid until the next `next()`. */
  readonly view: DataView;
  /** Bytes that the current packet had on the wire: more than were captured when it was cut off. */
  readonly wireBytes: number;
  /** Capture time of the current packet: Unix seconds, and microseconds within the second. */
  readonly seconds: number;
  readonly microseconds: number;
  /** Link type of the packets: `<pcap/dlt.h>`. */
  readonly linkType: number;
  /** How long a packet that has arrived may be held back from `next()`, in milliseconds. */
  readonly holdMs: number;
  /** Fetches the next packet: its captured length, 0 when none is waiting, -1 on an error. */
  next(): number;
  /** What the last error was. */
  lastError(): string;
  /** Sleeps until a packet is there, at most `timeoutMs`. */
  wait(timeoutMs: number): void;
  /** Writes how many packets were received, dropped for want of buffer, dropped by the interface. */
  stats(out: Float64Array): void;
  close(): void;
}
