import * as f from "../../ffi/ring_constants.ts";
import { SOCK_FILTER } from "../../ffi/ring_layout.ts";
import { LOOPBACK_INDEX } from "../link/family_reader.ts";
import { captureProgram } from "./capture_program.ts";

/** Packets are not cut by the filter: their reader looks at their lengths. */
const WHOLE = 0xffff;
/** Packets to this host: `<linux/if_packet.h>`. */
const PACKET_HOST = 0;

const LOAD = f.BPF_LD | f.BPF_W | f.BPF_ABS;
const JUMP_IF_EQUAL = f.BPF_JMP | f.BPF_JEQ | f.BPF_K;
const RETURN = f.BPF_RET | f.BPF_K;

type Instruction = readonly [
  code: number,
  ifTrue: number,
  not: number,
  k: number,
];

/**
 * A filter program for packets without link header that lets pass what a capture filter does, of packets that come
 * to this host at any interface but one and the loopback one. Those of that interface are rejected first.
 */
export function elsewhereProgram(
  filter: string,
  exceptInterface: number,
): Uint8Array<ArrayBuffer> {
  const head = encode([
    [LOAD, 0, 0, f.SKF_AD_OFF + f.SKF_AD_IFINDEX],
    [JUMP_IF_EQUAL, 3, 0, exceptInterface],
    [JUMP_IF_EQUAL, 2, 0, LOOPBACK_INDEX],
    [LOAD, 0, 0, f.SKF_AD_OFF + f.SKF_AD_PKTTYPE],
    [JUMP_IF_EQUAL, 1, 0, PACKET_HOST],
    [RETURN, 0, 0, 0],
  ]);
  const rest = captureProgram(filter, {
    linkType: f.DLT_RAW,
    snapLengthBytes: WHOLE,
  });
  const program = new Uint8Array(head.length + rest.length);
  program.set(head);
  program.set(rest, head.length);
  return program;
}

function encode(instructions: readonly Instruction[]): Uint8Array {
  const view = new DataView(
    new ArrayBuffer(instructions.length * SOCK_FILTER.size),
  );
  instructions.forEach(([code, ifTrue, not, k], index) => {
    const at = index * SOCK_FILTER.size;
    view.setUint16(at + SOCK_FILTER.code, code, true);
    view.setUint8(at + SOCK_FILTER.jt, ifTrue);
    view.setUint8(at + SOCK_FILTER.jf, not);
    view.setUint32(at + SOCK_FILTER.k, k, true);
  });
  return new Uint8Array(view.buffer);
}
