/** Counts what a scanner sends where it cannot be wrong about it: on the router, by tcpdump. */
import {
  kill,
  type Network,
  SCANNER_ADDRESS,
  SCANNER_ADDRESS6,
} from "../src/demo/mod.ts";
import { sleep } from "./_lab.ts";

const WINDOW_NS = 100_000_000n;
/** <pcap/pcap.h>: length of the file header, of the header of a packet, and the magic number for nanoseconds. */
const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
const NANOSECOND_MAGIC = 0xa1b23c4d;
/** Ethernet and IPv4 headers: of IPv6, more is not read. */
const SNAP_BYTES = 34;
const BUFFER_KIB = 65_536;

/** What was on the wire. */
export interface WireCount {
  readonly packets: number;
  /** When the first packet came, in Unix milliseconds; null when none did. */
  readonly firstMs: number | null;
  /** From the first packet to the last, in seconds. */
  readonly seconds: number;
  /** Packets per second in between. */
  readonly meanPps: number;
  /** Most packets in any 100 ms. */
  readonly busiestWindow: number;
  /** Packets that the capture itself has lost: anything above 0 spoils the count. */
  readonly lost: number;
}

/** Counts all IP packets that leave the scanner while `run` runs. */
export async function captureWire(
  network: Network,
  run: () => Promise<unknown>,
): Promise<WireCount> {
  const directory = await Deno.makeTempDir({ prefix: "pacemap-wire-" });
  try {
    const path = `${directory}/wire.pcap`;
    const child = network.router.spawn("tcpdump", [
      ...["-i", "down0", "-Q", "in", "-n", "-Z", "root", "-w", path],
      ...["-s", String(SNAP_BYTES), "-B", String(BUFFER_KIB)],
      "--time-stamp-precision=nano",
      `src ${SCANNER_ADDRESS} or src ${SCANNER_ADDRESS6}`,
    ], { stderr: "piped" });
    const reader = child.stderr.pipeThrough(new TextDecoderStream())
      .getReader();
    let said = "";
    while (!said.includes("listening on")) {
      const { done, value } = await reader.read();
      if (done) throw new Error(`tcpdump: ${said}`);
      said += value;
    }
    await run();
    await sleep(1200);
    kill(child, "SIGINT");
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      said += value;
    }
    await child.status;
    const lost = Number(/(\d+) packets? dropped by kernel/.exec(said)?.[1]);
    return countOf(timestamps(await Deno.readFile(path)), lost);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Times of all packets in a capture file, in nanoseconds, in order. */
function timestamps(file: Uint8Array): BigInt64Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint32(0, true) !== NANOSECOND_MAGIC) {
    throw new Error("Not a capture file with nanoseconds");
  }
  const times: bigint[] = [];
  let at = FILE_HEADER_BYTES;
  while (at + PACKET_HEADER_BYTES <= view.byteLength) {
    times.push(
      BigInt(view.getUint32(at, true)) * 1_000_000_000n +
        BigInt(view.getUint32(at + 4, true)),
    );
    at += PACKET_HEADER_BYTES + view.getUint32(at + 8, true);
  }
  return BigInt64Array.from(times).sort();
}

function countOf(times: BigInt64Array, lost: number): WireCount {
  const packets = times.length;
  const seconds = packets === 0
    ? 0
    : Number(times[packets - 1]! - times[0]!) / 1e9;
  let busiestWindow = 0;
  let first = 0;
  for (let last = 0; last < packets; last++) {
    while (times[last]! - times[first]! >= WINDOW_NS) first++;
    busiestWindow = Math.max(busiestWindow, last - first + 1);
  }
  const meanPps = seconds === 0 ? 0 : (packets - 1) / seconds;
  const firstMs = packets === 0 ? null : Number(times[0]!) / 1e6;
  return { packets, firstMs, seconds, meanPps, busiestWindow, lost };
}
