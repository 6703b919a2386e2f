import { SECCOMP_DATA } from "../../ffi/layout.ts";
import {
  AUDIT_ARCH_AARCH64,
  AUDIT_ARCH_X86_64,
} from "../../ffi/sandbox_constants.ts";

/** What the kernel is asked for. */
export interface AskedCall {
  readonly number: number;
  /** @default {[]} zeros */
  readonly args?: readonly bigint[];
  readonly auditArch: number;
}

/** The kernel's names of the kinds of processors. */
export const AUDIT_ARCH: Readonly<Record<typeof Deno.build.arch, number>> = {
  x86_64: AUDIT_ARCH_X86_64,
  aarch64: AUDIT_ARCH_AARCH64,
};

const INSTRUCTION_BYTES = 8;

/** The kernel's side of `seccomp(2)`: what a program makes of a system call, "allow" or the number of an error. */
export function judge(
  program: Uint8Array<ArrayBuffer>,
  { args = [], auditArch, number }: AskedCall,
): "allow" | number {
  const data = new DataView(new ArrayBuffer(SECCOMP_DATA.size));
  data.setUint32(SECCOMP_DATA.nr, number, true);
  data.setUint32(SECCOMP_DATA.arch, auditArch, true);
  args.forEach((arg, i) =>
    data.setBigUint64(SECCOMP_DATA.args + 8 * i, BigInt.asUintN(64, arg), true)
  );
  const code = new DataView(program.buffer);
  let a = 0;
  for (let at = 0; at < program.length; at += INSTRUCTION_BYTES) {
    const constant = code.getUint32(at + 4, true);
    const operation = code.getUint16(at, true);
    let skipped = 0;
    if (operation === 0x20) a = data.getUint32(constant, true);
    else if (operation === 0x54) a = (a & constant) >>> 0;
    else if (operation === 0x05) skipped = constant;
    else if (operation === 0x15) {
      skipped = code.getUint8(at + (a === constant ? 2 : 3));
    } else if (operation === 0x35) {
      skipped = code.getUint8(at + (a >= constant ? 2 : 3));
    } else if (operation === 0x06) {
      if (constant === 0x7fff0000) return "allow";
      if (constant >>> 16 === 5) return constant & 0xffff;
      throw new RangeError(`Unknown verdict ${constant}`);
    } else throw new RangeError(`Unknown instruction ${operation}`);
    at += skipped * INSTRUCTION_BYTES;
  }
  throw new RangeError("The program has no end");
}
