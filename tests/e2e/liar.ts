// deno-lint-ignore-file no-console
/**
 * Runs on the router as `liar.ts INTERFACE_NAME INTERFACE_INDEX LIES`, where hosts behind it cannot be told from it:
 * counts the probes to each target, and sends what lying hosts send besides their true answers, see `Lies`. Says when
 * it listens, ends when its standard input does, then prints its `LiarReport`.
 */
import { SocketSender } from "../../ffi/packet_sender.ts";
import { PcapCapture } from "../../ffi/pcap_capture.ts";
import { SCANNER_ADDRESS, TARGET_RANGE } from "../../src/demo/mod.ts";
import {
  answerTo,
  GUESSED_PROBES,
  type LiarReport,
  type LieKind,
  type Lies,
  numberOf,
  SLOW_PPS,
  targetOf,
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
/** The number of the first probe to each target, and how many follow-ups it got. */
const firstOf = new Map<number, number>();
const followUpsOf = new Map<number, number>();
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
  followUps: [...followUpsOf.values()].reduce((sum, count) => sum + count, 0),
  mostFollowUps: [...followUpsOf.values()]
    .reduce((most, count) => Math.max(most, count), 0),
  lost: stats[1]!,
};
console.log(JSON.stringify(report));

function readProbes(): void {
  for (;;) {
    const captured = capture.next();
    if (captured < 0) throw new Error(capture.lastError());
    if (captured === 0) return;
    probes++;
    const target = targetOf(capture.view);
    const number = numberOf(capture.view);
    const first = firstOf.get(target);
    if (first === undefined) {
      firstOf.set(target, number);
      if (liars++ < lies.hosts) beginFirst(copyOfProbe(captured));
    } else if (number !== first) {
      const followUps = (followUpsOf.get(target) ?? 0) + 1;
      followUpsOf.set(target, followUps);
      if (followUps > 1 || askedAgain++ >= lies.hosts) continue;
      begin("followUpRepeats", [answerTo(copyOfProbe(captured))]);
    }
  }
}

function copyOfProbe(length: number): Uint8Array {
  return new Uint8Array(capture.view.buffer).slice(0, length);
}

/** Begins what a lying host does when it is probed for the first time. */
function beginFirst(probe: Uint8Array): void {
  begin("repeats", [answerTo(probe)]);
  begin("slowRepeats", [answerTo(probe)]);
  const numbers = Array.from({ length: GUESSED_PROBES }, (_, i) => i + 1);
  begin("guesses", numbers.map((later) => answerTo(probe, later)));
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
