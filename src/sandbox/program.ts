import {
  BPF_ABS,
  BPF_ALU,
  BPF_AND,
  BPF_JEQ,
  BPF_JGE,
  BPF_LD,
  BPF_RET,
} from "../../ffi/ring_constants.ts";
import { SECCOMP_DATA } from "../../ffi/layout.ts";
import {
  AUDIT_ARCH_AARCH64,
  AUDIT_ARCH_X86_64,
  SECCOMP_RET_ALLOW,
  SECCOMP_RET_ERRNO,
} from "../../ffi/sandbox_constants.ts";
import { type SyscallName, syscallNumber } from "../../ffi/syscall_numbers.ts";
import { type Label, ProgramWriter } from "../backend/mod.ts";

/** A test of the low 32 bits of an argument: those of `mask` have to be `value`. */
export interface ArgumentTest {
  /** From 0 on. */
  readonly arg: number;
  readonly mask: number;
  readonly value: number;
}

/** When a system call is permitted: always, or when one of these tests holds. */
export type Permission = "always" | readonly ArgumentTest[];

/** All system calls that are permitted; others get EPERM, or ENOSYS where the C library then does without. */
export type Policy = ReadonlyMap<SyscallName, Permission>;

/** Processors that programs can be made for. */
export type Architecture = typeof Deno.build.arch;

const LOAD = BPF_LD | BPF_ABS;
const MASK = BPF_ALU | BPF_AND;
const RETURN = BPF_RET;
const AUDIT_ARCHES: Readonly<Record<Architecture, number>> = {
  x86_64: AUDIT_ARCH_X86_64,
  aarch64: AUDIT_ARCH_AARCH64,
};
const ARGUMENT_BYTES = 8;
/** <asm-generic/errno.h> */
const EPERM = 1;
const ENOSYS = 38;
/**
 * System calls from this number on came with Linux 5.1 and later: the C library asks for one of them first, and takes an
 * older one where the kernel has it not. `clone3` is one: what it is to do stands in memory, where no filter sees it.
 */
const FIRST_YOUNG = 424;
/** Bit of the numbers of the x32 ABI, <asm/unistd.h>: the same calls by other numbers. */
const X32_BIT = 0x4000_0000;

/** Numbers from `first` up to that of the next range, all treated alike. */
interface Range {
  readonly first: number;
  readonly verdict: Label;
}

/** A program for `filterSystemCalls()` that enforces a policy on a kind of processor. */
export function makeFilter(
  policy: Policy,
  arch: Architecture,
): Uint8Array<ArrayBuffer> {
  const writer = new ProgramWriter();
  const allow = writer.label();
  const refuse = writer.label();
  const unknown = writer.label();
  const tested: { readonly label: Label; readonly tests: Permission }[] = [];
  const verdictOf = (permission: Permission): Label => {
    if (permission === "always") return allow;
    const label = writer.label();
    tested.push({ label, tests: permission });
    return label;
  };
  const ranges = rangesOf(policy, arch, { verdictOf, refuse, unknown });
  const isOurs = writer.label();
  writer.emit(LOAD, SECCOMP_DATA.arch);
  writer.branch(BPF_JEQ, AUDIT_ARCHES[arch], isOurs, refuse);
  writer.place(isOurs);
  writer.emit(LOAD, SECCOMP_DATA.nr);
  search(writer, ranges);
  for (const { label, tests } of tested) {
    writer.place(label);
    if (tests !== "always") test(writer, tests, { allow, refuse });
  }
  writer.place(allow);
  writer.emit(RETURN, SECCOMP_RET_ALLOW);
  writer.place(refuse);
  writer.emit(RETURN, SECCOMP_RET_ERRNO | EPERM);
  writer.place(unknown);
  writer.emit(RETURN, SECCOMP_RET_ERRNO | ENOSYS);
  return writer.finish();
}

/** All numbers in ranges, in order; neighbours differ. */
function rangesOf(
  policy: Policy,
  arch: Architecture,
  { refuse, unknown, verdictOf }: {
    readonly verdictOf: (permission: Permission) => Label;
    readonly refuse: Label;
    readonly unknown: Label;
  },
): readonly Range[] {
  const verdicts = new Map<number, Label>();
  for (const [name, permission] of policy) {
    const number = syscallNumber(name, arch);
    if (number !== null) verdicts.set(number, verdictOf(permission));
  }
  const verdictAt = (number: number): Label =>
    verdicts.get(number) ??
      (number >= FIRST_YOUNG && number < X32_BIT ? unknown : refuse);
  // Where something may begin: each number, and the one behind it.
  const edges = new Set([0, FIRST_YOUNG, X32_BIT]);
  for (const number of verdicts.keys()) edges.add(number).add(number + 1);
  const ranges: Range[] = [];
  for (const first of [...edges].sort((a, b) => a - b)) {
    const verdict = verdictAt(first);
    if (ranges.at(-1)?.verdict !== verdict) ranges.push({ first, verdict });
  }
  return ranges;
}

/** Halves the ranges until one is left, and jumps to its verdict. */
function search(writer: ProgramWriter, ranges: readonly Range[]): void {
  const middle = ranges.length >>> 1;
  const lower = ranges.slice(0, middle);
  const upper = ranges.slice(middle);
  const { first, verdict } = upper[0]!;
  if (lower.length === 0) {
    writer.branch(BPF_JGE, first, verdict, verdict);
    return;
  }
  const below = writer.label();
  const above = writer.label();
  const leaf = (half: readonly Range[], label: Label): Label =>
    half.length === 1 ? half[0]!.verdict : label;
  writer.branch(BPF_JGE, first, leaf(upper, above), leaf(lower, below));
  if (lower.length > 1) {
    writer.place(below);
    search(writer, lower);
  }
  if (upper.length > 1) {
    writer.place(above);
    search(writer, upper);
  }
}

/** Jumps by the first test that holds, or to `refuse`. */
function test(
  writer: ProgramWriter,
  tests: readonly ArgumentTest[],
  { allow, refuse }: { readonly allow: Label; readonly refuse: Label },
): void {
  for (const [index, { arg, mask, value }] of tests.entries()) {
    // Low half first, as both kinds of processor are little-endian.
    writer.emit(LOAD, SECCOMP_DATA.args + ARGUMENT_BYTES * arg);
    writer.emit(MASK, mask);
    const next = writer.label();
    const isLast = index === tests.length - 1;
    writer.branch(BPF_JEQ, value, allow, isLast ? refuse : next);
    writer.place(next);
  }
  if (tests.length === 0) writer.emit(RETURN, SECCOMP_RET_ERRNO | EPERM);
}
