import { BPF_JA, BPF_JMP } from "../../ffi/ring_constants.ts";
import { SOCK_FILTER } from "../../ffi/ring_layout.ts";

/** Furthest that a conditional jump reaches. */
const LONGEST_JUMP = 255;
const JUMP = BPF_JMP | BPF_JA;

/** A place in a program, to jump to. */
export interface Label {
  /** Index of the instruction there; -1 until it is placed. */
  at: number;
}

interface Instruction {
  readonly code: number;
  readonly constant: number;
  readonly ifTrue: Label | null;
  readonly ifFalse: Label | null;
}

/** Assembles a program of the kernel's classic packet filter, `<linux/filter.h>`; it only jumps forward. */
export class ProgramWriter {
  readonly #instructions: Instruction[] = [];
  readonly #labels: Label[] = [];

  /** A label for a place that comes later. */
  label(): Label {
    const label = { at: -1 };
    this.#labels.push(label);
    return label;
  }

  /** Puts a label here. */
  place(label: Label): void {
    label.at = this.#instructions.length;
  }

  /** Appends an instruction that does not jump. */
  emit(code: number, constant: number): void {
    this.#instructions.push({ code, constant, ifTrue: null, ifFalse: null });
  }

  /** Appends a comparison of register A with a constant (or X), which jumps either way. */
  branch(
    operation: number,
    constant: number,
    ifTrue: Label,
    ifFalse: Label,
  ): void {
    const code = BPF_JMP | operation;
    this.#instructions.push({ code, constant, ifTrue, ifFalse });
  }

  /** The program: `struct sock_filter` one after the other. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#bridgeLongJumps();
    const { size, code, jt, jf, k } = SOCK_FILTER;
    const program = new DataView(
      new ArrayBuffer(this.#instructions.length * size),
    );
    this.#instructions.forEach((one, index) => {
      const at = index * size;
      const isJump = one.code === JUMP;
      const ifTrue = distance(one.ifTrue, index);
      program.setUint16(at + code, one.code, true);
      program.setUint8(at + jt, isJump ? 0 : ifTrue);
      program.setUint8(at + jf, distance(one.ifFalse, index));
      program.setUint32(at + k, isJump ? ifTrue : one.constant, true);
    });
    return new Uint8Array(program.buffer);
  }

  /** Puts an unconditional jump, which reaches any distance, behind each conditional one that goes too far. */
  #bridgeLongJumps(): void {
    // From the end: what is put in makes only jumps longer that come before it.
    for (let index = this.#instructions.length - 1; index >= 0; index--) {
      if (this.#instructions[index]!.code === JUMP) continue;
      for (const side of ["ifTrue", "ifFalse"] as const) {
        const one = this.#instructions[index]!;
        const far = one[side];
        // One less, since the bridge of the other side may come in between.
        if (distance(far, index) <= LONGEST_JUMP - 1) continue;
        for (const label of this.#labels) if (label.at > index) label.at++;
        const bridge = this.label();
        bridge.at = index + 1;
        this.#instructions[index] = { ...one, [side]: bridge };
        this.#instructions.splice(index + 1, 0, {
          code: JUMP,
          constant: 0,
          ifTrue: far,
          ifFalse: null,
        });
      }
    }
  }
}

/** Instructions between an instruction and the place that it jumps to; 0 when it does not jump. */
function distance(to: Label | null, index: number): number {
  return to === null ? 0 : to.at - index - 1;
}
