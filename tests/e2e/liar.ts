// deno-lint-ignore-file no-console
/**
 * Runs on the router as `liar.ts INTERFACE_NAME INTERFACE_INDEX LIES`, where hosts behind it cannot be told from it:
 * counts the probes to each target, and sends what lying hosts send besides their true answers, see `Lies`. Says when
 * it listens, ends when its standard input does, then prints its `LiarReport`.
 */
import { SocketSender } from "../../ffi/packet_sender.ts";
import { PcapCapture } from "../../ffi/pcap_capture.ts";
import {
  SCANNER_ADDRESS,
  TARGET_COUNT,
  TARGET_RANGE,
} from "../../src/demo/mod.ts";
import {
  answerTo,
  DESTINATION_AT,
  GUESSED_PROBES,
  type LiarReport,
  type LieKind,
  type Lies,
  SLOW_PPS,
} from "./lies.ts";

const FRAME_BYTES = 128;
const BATCH = 64;
/** Batches that are sent before probes have their turn. */
const TURN = 50;

/** A lie that is being told. */
interface Lie {
  readonly kind: LieKind;
  /** The frames, in turn. */
  readonly frames: readonly Uint8Array[];
  readonly count: number;
  readonly startMs: number;
  sent: number;
}

const [interfaceName, interfaceIndex, text] = Deno.args;
const lies: Lies = JSON.parse(text!);
using capture = PcapCapture.open({
  interfaceName: interfaceName!,
  filter: `src host ${SCANNER_ADDRESS} and dst net ${TARGET_RANGE}`,
  snapLengthBytes: FRAME_BYTES,
  bufferBytes: 1 << 26,
});
using sender = SocketSender.openLink({
  interfaceIndex: Number(interfaceIndex),
  capacity: BATCH,
  maxFrameBytes: FRAME_BYTES,
  sendBufferBytes: 1 << 22,
});
const probesOf = new Uint32Array(TARGET_COUNT);
const sent = { repeats: 0, slowRepeats: 0, followUpRepeats: 0, guesses: 0 };
let probes = 0;
let [liars, askedAgain] = [0, 0];
let told: Lie[] = [];

let isEnding = false;
Deno.stdin.read(new Uint8Array(1)).then(() => isEnding = true);
console.log("ready");
while (!isEnding) {
  readProbes();
  for (let turn = 0; turn < TURN && told.length > 0; turn++) {
    for (const lie of told) tell(lie);
    told = told.filter((lie) => lie.sent < lie.count);
  }
  await new Promise((resolve) => setTimeout(resolve, 1));
}
readProbes();
const stats = new Float64Array(3);
capture.stats(stats);
const report: LiarReport = {
  sent,
  probes,
  mostProbes: probesOf.reduce((most, count) => Math.max(most, count), 0),
  lost: stats[1]!,
};
console.log(JSON.stringify(report));

function readProbes(): void {
  for (;;) {
    const captured = capture.next();
    if (captured < 0) throw new Error(capture.lastError());
    if (captured === 0) return;
    probes++;
    const target = capture.view.getUint32(DESTINATION_AT) % TARGET_COUNT;
    const count = ++probesOf[target]!;
    if (count > 2) continue;
    const probe = new Uint8Array(capture.view.buffer).slice(0, captured);
    if (count === 1 && liars < lies.hosts) {
      liars++;
      begin("repeats", [answerTo(probe)]);
      begin("slowRepeats", [answerTo(probe)]);
      const numbers = Array.from({ length: GUESSED_PROBES }, (_, i) => i + 1);
      begin("guesses", numbers.map((later) => answerTo(probe, later)));
    } else if (count === 2 && askedAgain < lies.hosts) {
      askedAgain++;
      begin("followUpRepeats", [answerTo(probe)]);
    }
  }
}

function begin(kind: LieKind, frames: readonly Uint8Array[]): void {
  const count = lies[kind];
  if (count === 0) return;
  told.push({ kind, frames, count, startMs: performance.now(), sent: 0 });
}

/** Sends some more frames of a lie, as many as are due. */
function tell(lie: Lie): void {
  const { count, frames, kind, startMs } = lie;
  const elapsedS = (performance.now() - startMs) / 1000;
  const due = kind === "slowRepeats"
    ? Math.floor(elapsedS * SLOW_PPS / lies.hosts)
    : count;
  const length = Math.min(BATCH, Math.min(due, count) - lie.sent);
  if (length <= 0) return;
  const bytes = new Uint8Array(sender.view.buffer);
  for (let slot = 0; slot < length; slot++) {
    const frame = frames[(lie.sent + slot) % frames.length]!;
    bytes.set(frame, sender.frameAt(slot));
    sender.setFrame(slot, frame.length, 0);
  }
  const taken = Math.max(0, sender.send(0, length));
  lie.sent += taken;
  sent[kind] += taken;
}
