import assert from "node:assert/strict";
import { SYSCALL_NAMES, type SyscallName } from "../../ffi/syscall_numbers.ts";
import { syscallNumber } from "../../ffi/syscall_numbers.ts";
import { AUDIT_ARCH, judge } from "./_test_kernel.ts";
import { policyOf, type PolicyOptions, type ThreadKind } from "./policy.ts";
import { makeFilter } from "./program.ts";

const PLAIN: PolicyOptions = {
  processId: 1234,
  mayRemoveFiles: false,
  mayOpenPipes: false,
  mayAccept: false,
  mayExchange: false,
};
const ARCHES = ["x86_64", "aarch64"] as const;
const KINDS = ["any", "sender", "receiver", "watch"] as const;
const EPERM = 1;
const ENOSYS = 38;
/** The most instructions that the kernel takes, <linux/bpf_common.h>. */
const MOST_INSTRUCTIONS = 4096;

/** What a kind of thread gets for a system call, on either processor; null where neither has it. */
function verdict(
  kind: ThreadKind,
  name: SyscallName,
  { args = [], ...options }:
    & { readonly args?: readonly bigint[] }
    & Partial<PolicyOptions> = {},
): "allow" | number | null {
  const verdicts = ARCHES.flatMap((arch) => {
    const number = syscallNumber(name, arch);
    if (number === null) return [];
    const policy = policyOf(kind, { ...PLAIN, ...options });
    const program = makeFilter(policy, arch);
    assert.ok(program.length <= 8 * MOST_INSTRUCTIONS);
    return [judge(program, { number, args, auditArch: AUDIT_ARCH[arch] })];
  });
  assert.ok(new Set(verdicts).size <= 1, `${name}: ${verdicts}`);
  return verdicts[0] ?? null;
}

Deno.test("policyOf() lets no thread open, start, connect or look into anything", () => {
  const refused: readonly SyscallName[] = [
    ...["open", "openat", "socket", "connect", "execve", "ptrace"] as const,
    ...["unshare", "setns", "mount", "bpf", "keyctl"] as const,
    ...["unlink", "unlinkat", "socketpair", "sched_setaffinity"] as const,
  ];
  for (const kind of KINDS) {
    for (const name of refused) assert.equal(verdict(kind, name), EPERM, name);
    // What it is to do stands in memory: glibc takes clone() then.
    assert.equal(verdict(kind, "clone3"), ENOSYS);
  }
});

Deno.test("policyOf() lets every thread wait, map memory, start threads and signal this process", () => {
  const thread = [0x3d_0f00n];
  const allowed = [
    ...["futex", "read", "write", "close", "exit_group"] as const,
    ...["epoll_pwait", "clock_nanosleep", "rt_sigreturn"] as const,
  ];
  for (const kind of KINDS) {
    for (const name of allowed) assert.equal(verdict(kind, name), "allow");
    assert.equal(verdict(kind, "clone", { args: thread }), "allow");
    for (
      const flags of [
        17n,
        thread[0]! | 0x1000_0000n,
        thread[0]! | 0x4000_0000n,
        0x2_0000n,
      ]
    ) {
      assert.equal(verdict(kind, "clone", { args: [flags] }), EPERM);
    }
    assert.equal(verdict(kind, "mmap", { args: [0n, 1n, 3n] }), "allow");
    assert.equal(verdict(kind, "mmap", { args: [0n, 1n, 5n] }), EPERM);
    assert.equal(verdict(kind, "tgkill", { args: [1234n] }), "allow");
    assert.equal(verdict(kind, "tgkill", { args: [1n] }), EPERM);
    assert.equal(verdict(kind, "prlimit64", { args: [0n] }), "allow");
    assert.equal(verdict(kind, "prlimit64", { args: [1n] }), EPERM);
    // No characters put into a terminal, <asm-generic/ioctls.h>: TIOCSTI.
    assert.equal(verdict(kind, "ioctl", { args: [0n, 0x5412n] }), EPERM);
    // Dumpable again, <linux/prctl.h>: PR_SET_DUMPABLE.
    assert.equal(verdict(kind, "prctl", { args: [4n, 1n] }), EPERM);
  }
});

Deno.test("policyOf() leaves each kind of thread its own calls", () => {
  const cases: readonly (readonly [SyscallName, string])[] = [
    ["sendmmsg", "any sender watch"],
    ["sendto", "any sender watch"],
    ["recvfrom", "any sender receiver watch"],
    ["accept4", "watch"],
    ["shutdown", "any watch"],
    ["pwrite64", "any"],
    ["fdatasync", "any"],
    ["stat", "any"],
    ["statx", "any sender receiver watch"],
  ];
  for (const [name, kinds] of cases) {
    const allowed = KINDS.filter((kind) => verdict(kind, name) === "allow");
    assert.equal(allowed.join(" "), kinds, name);
  }
});

Deno.test("policyOf() lets a file be removed, names be exchanged and a pipe be opened only where that is announced", () => {
  for (const name of ["unlink", "unlinkat"] as const) {
    assert.equal(verdict("any", name, { mayRemoveFiles: true }), "allow");
  }
  const exchange = (flags: bigint): "allow" | number | null =>
    verdict("any", "renameat2", {
      mayExchange: true,
      args: [3n, 0n, 3n, 0n, flags],
    });
  assert.equal(exchange(2n), "allow");
  assert.equal(exchange(0n), EPERM);
  assert.equal(verdict("any", "unlinkat", { mayExchange: true }), "allow");
  const O_WRONLY_NONBLOCK = 0o4001n;
  const O_CREAT = 0o100n;
  const O_TRUNC = 0o1000n;
  const open = (flags: bigint): "allow" | number | null =>
    verdict("any", "openat", { mayOpenPipes: true, args: [0n, 0n, flags] });
  assert.equal(open(O_WRONLY_NONBLOCK), "allow");
  for (const more of [O_CREAT, O_TRUNC]) {
    assert.equal(open(O_WRONLY_NONBLOCK | more), EPERM);
  }
  for (const reading of [0n, 2n]) assert.equal(open(reading), EPERM);
});

Deno.test("policyOf() gives workers nothing that the process has not", () => {
  for (const name of SYSCALL_NAMES) {
    for (const kind of ["sender", "receiver", "watch"] as const) {
      const options = { mayAccept: kind === "watch" };
      if (verdict(kind, name, options) !== "allow") continue;
      assert.equal(verdict("any", name, options), "allow", name);
    }
  }
});
