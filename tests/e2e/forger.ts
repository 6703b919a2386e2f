// deno-lint-ignore-file no-console
/**
 * Runs on the router as `forger.ts INTERFACE_NAME INTERFACE_INDEX`: answers each SYN to the silent range with
 * the forged answer of its last byte, until each answer has been given once, then says what it did.
 */
import { SocketSender } from "../../ffi/packet_sender.ts";
import { PcapCapture } from "../../ffi/pcap_capture.ts";
import { SILENT_RANGE } from "../../src/demo/mod.ts";
import { countVisible, FORGED_ANSWERS } from "./forged_answers.ts";

const LAST_BYTE_AT = 14 + 19;
const DEADLINE_MS = 20_000;
/** Between frames: nothing may be lost for want of room in a queue. */
const PAUSE_MS = 1;

const [interfaceName, interfaceIndex] = Deno.args;
using capture = PcapCapture.open({
  interfaceName: interfaceName!,
  filter: `tcp[13] = 2 and dst net ${SILENT_RANGE}`,
  snapLengthBytes: 128,
  bufferBytes: 1 << 20,
});
using sender = SocketSender.openLink({
  interfaceIndex: Number(interfaceIndex),
  capacity: 1,
  maxFrameBytes: 256,
  sendBufferBytes: 1 << 20,
});
console.log("ready");

let visible = 0;
const answered = new Set<number>();
const startMs = performance.now();
while (
  answered.size < FORGED_ANSWERS.length &&
  performance.now() - startMs < DEADLINE_MS
) {
  if (capture.next() <= 0) {
    capture.wait(10);
    continue;
  }
  const last = capture.view.getUint8(LAST_BYTE_AT);
  const answer = FORGED_ANSWERS[last];
  if (answer === undefined || answered.has(last)) continue;
  answered.add(last);
  const frames = answer.forge(new DataView(capture.view.buffer.slice(0)));
  visible += countVisible(frames);
  for (const frame of frames) {
    new Uint8Array(sender.view.buffer).set(frame, sender.frameAt(0));
    sender.setFrame(0, frame.length, 0);
    const accepted = sender.send(0, 1);
    if (accepted !== 1) throw new Error(`Cannot send a frame: ${accepted}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
console.log(JSON.stringify({ answered: answered.size, visible }));
