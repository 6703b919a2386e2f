// deno-lint-ignore-file no-console
/**
 * Runs between router and target as `relay.ts NEAR NEAR_INDEX FAR FAR_INDEX LEAST_MS MOST_MS`, the only link between
 * two interfaces: copies what arrives at NEAR to FAR at once, and what arrives at FAR, the answers, to NEAR after the
 * delay of their host, see `delayOf`. Says when it listens, ends when its standard input does, then says how many
 * frames came and left each way.
 */
import { SocketSender } from "../../ffi/packet_sender.ts";
import { PcapCapture } from "../../ffi/pcap_capture.ts";
import { DelayLine, delayOf } from "./delay_line.ts";

/** The longest frame that passes whole. */
const FRAME_BYTES = 256;
/** What arrives within some seconds at 50,000 frames/s. */
const BUFFER_BYTES = 1 << 26;
const BATCH = 64;
/** Frames taken from one interface before the other has its turn. */
const TURN = 2048;
const IPV4_SOURCE_AT = 14 + 12;
/** `<errno.h>`: what the kernel says while it has no room for a frame. */
const [EAGAIN, ENOBUFS] = [11, 105];

const [near, nearIndex, far, farIndex, leastMs, mostMs] = Deno.args;
const range = { leastMs: Number(leastMs), mostMs: Number(mostMs) };
using fromNear = openCapture(near!);
using fromFar = openCapture(far!);
using toNear = openSender(nearIndex!);
using toFar = openSender(farIndex!);
const line = new DelayLine(performance.now());
const counts = { probesIn: 0, probesOut: 0, answersIn: 0, answersOut: 0 };

let isEnding = false;
Deno.stdin.read(new Uint8Array(1)).then(() => isEnding = true);
console.log("ready");
while (!isEnding) {
  const probes = take(fromNear);
  counts.probesIn += probes.length;
  counts.probesOut += send(toFar, probes);
  const nowMs = performance.now();
  const answers = take(fromFar);
  counts.answersIn += answers.length;
  for (const frame of answers) {
    const source = new DataView(frame.buffer).getUint32(IPV4_SOURCE_AT);
    line.push(frame, nowMs + delayOf(source, range));
  }
  counts.answersOut += send(toNear, line.takeDue(performance.now()));
  await new Promise((resolve) => setTimeout(resolve, 1));
}
const lost = [fromNear, fromFar].reduce((sum, capture) => {
  const stats = new Float64Array(3);
  capture.stats(stats);
  return sum + stats[1]!;
}, 0);
console.log(JSON.stringify({ ...counts, answersHeld: line.length, lost }));

function openCapture(interfaceName: string): PcapCapture {
  return PcapCapture.open({
    interfaceName,
    filter: "",
    snapLengthBytes: FRAME_BYTES,
    bufferBytes: BUFFER_BYTES,
    isPromiscuous: true,
  });
}

function openSender(index: string): SocketSender {
  return SocketSender.openLink({
    interfaceIndex: Number(index),
    capacity: BATCH,
    maxFrameBytes: FRAME_BYTES,
    sendBufferBytes: 1 << 22,
  });
}

/** Copies of the frames that have arrived, as far as it is this interface's turn. */
function take(capture: PcapCapture): Uint8Array[] {
  const bytes = new Uint8Array(capture.view.buffer);
  const frames: Uint8Array[] = [];
  while (frames.length < TURN) {
    const captured = capture.next();
    if (captured < 0) throw new Error(capture.lastError());
    if (captured === 0) break;
    if (captured < capture.wireBytes) {
      throw new Error(`Cannot relay a frame of ${capture.wireBytes} bytes`);
    }
    frames.push(bytes.slice(0, captured));
  }
  return frames;
}

/** Sends all of these frames; returns how many the kernel took. */
function send(sender: SocketSender, frames: readonly Uint8Array[]): number {
  const bytes = new Uint8Array(sender.view.buffer);
  for (let first = 0; first < frames.length; first += BATCH) {
    const batch = frames.slice(first, first + BATCH);
    batch.forEach((frame, slot) => {
      bytes.set(frame, sender.frameAt(slot));
      sender.setFrame(slot, frame.length, 0);
    });
    for (let sent = 0; sent < batch.length;) {
      const taken = sender.send(sent, batch.length - sent);
      if (taken > 0) sent += taken;
      else if (taken === -EAGAIN || taken === -ENOBUFS) sender.waitWritable(1);
      else throw new Error(`Cannot send a frame: errno ${-taken}`);
    }
  }
  return frames.length;
}
