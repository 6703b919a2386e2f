import assert from "node:assert/strict";
import { type SyscallName, syscallNumber } from "../../ffi/syscall_numbers.ts";
import { AUDIT_ARCH, judge } from "./_test_kernel.ts";
import { makeFilter, type Permission } from "./program.ts";

const ARCHES = ["x86_64", "aarch64"] as const;
const EPERM = 1;
const ENOSYS = 38;
/** As the kernel's headers have it; `tests/ffi` compares the table with them. */
const NEVER = ["execve", "connect", "ptrace"] as const;

function policy(
  entries: readonly (readonly [SyscallName, Permission])[],
): ReadonlyMap<SyscallName, Permission> {
  return new Map(entries);
}

Deno.test("makeFilter() permits what the policy names, by each processor's numbers, and nothing else", () => {
  const named = ["read", "write", "getpid", "epoll_pwait2", "statx"] as const;
  for (const arch of ARCHES) {
    const program = makeFilter(
      policy(named.map((name) => [name, "always"] as const)),
      arch,
    );
    const numbers = new Set(named.map((name) => syscallNumber(name, arch)));
    const auditArch = AUDIT_ARCH[arch];
    for (let number = 0; number < 600; number++) {
      const expected = numbers.has(number)
        ? "allow"
        : number < 424
        ? EPERM
        : ENOSYS;
      assert.equal(judge(program, { number, auditArch }), expected);
    }
    for (const name of NEVER) {
      const number = syscallNumber(name, arch)!;
      assert.equal(judge(program, { number, auditArch }), EPERM);
    }
  }
});

Deno.test("makeFilter() refuses other processors' calls, and those of the x32 ABI", () => {
  const program = makeFilter(policy([["read", "always"]]), "x86_64");
  const number = syscallNumber("read", "x86_64")!;
  const auditArch = AUDIT_ARCH.x86_64;
  assert.equal(judge(program, { number, auditArch }), "allow");
  const i386 = 0x4000_0003;
  assert.equal(judge(program, { number, auditArch: i386 }), EPERM);
  const x32 = 0x4000_0000 + number;
  assert.equal(judge(program, { number: x32, auditArch }), EPERM);
  const negative = { number: 0xffff_ffff, auditArch };
  assert.equal(judge(program, negative), EPERM);
});

Deno.test("makeFilter() looks at the low half of arguments, and takes any test that holds", () => {
  const auditArch = AUDIT_ARCH.x86_64;
  const program = makeFilter(
    policy([
      ["ioctl", [
        { arg: 1, mask: 0xffff_ffff, value: 0x5413 },
        { arg: 1, mask: 0xffff_ffff, value: 0x541b },
      ]],
      ["mmap", [{ arg: 2, mask: 4, value: 0 }]],
      ["prctl", []],
    ]),
    "x86_64",
  );
  const verdict = (name: SyscallName, ...args: bigint[]): "allow" | number =>
    judge(program, {
      number: syscallNumber(name, "x86_64")!,
      args,
      auditArch,
    });
  assert.equal(verdict("ioctl", 0n, 0x5413n), "allow");
  assert.equal(verdict("ioctl", 0n, 0x541bn), "allow");
  assert.equal(verdict("ioctl", 0n, 0x1_0000_541bn), "allow");
  assert.equal(verdict("ioctl", 0n, 0x5412n), EPERM);
  assert.equal(verdict("ioctl", 0x5413n, 0n), EPERM);
  assert.equal(verdict("mmap", 0n, 4096n, 3n), "allow");
  assert.equal(verdict("mmap", 0n, 4096n, 5n), EPERM);
  assert.equal(verdict("prctl", 1n), EPERM);
});
