// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import * as constants from "../../ffi/sandbox_constants.ts";
import { SYSCALL_NAMES, syscallNumber } from "../../ffi/syscall_numbers.ts";
import { runOutside } from "../e2e/namespace.ts";
import { hasCompiler, runC } from "./c_program.ts";

/** Compilers of both kinds of processor; Debian has the second in `gcc-aarch64-linux-gnu`. */
const COMPILERS = {
  x86_64: ["cc", "gcc", "x86_64-linux-gnu-gcc"],
  aarch64: ["aarch64-linux-gnu-gcc", "cc", "gcc"],
} as const;

const ignore = !(await hasCompiler());
if (ignore) console.warn("Skipped: no C compiler (cc) to compare with");

Deno.test({
  name: "sandbox_constants.ts has the C headers' values",
  ignore,
  async fn(): Promise<void> {
    const entries = Object.entries(constants);
    const lines = entries.map(([name]) =>
      `printf("${name} %lld\\n", (long long)(${name}));`
    );
    const printed = await runC(`
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
int main(void) { ${lines.join("\n")} return 0; }
`);
    assert.deepEqual(
      printed,
      entries.map(([name, value]) => `${name} ${value}`),
    );
  },
});

for (const arch of ["x86_64", "aarch64"] as const) {
  const compiler = await compilerFor(arch);
  if (compiler === null) console.warn(`Skipped: no C compiler for ${arch}`);
  Deno.test({
    name: `syscallNumber() has the C headers' numbers for ${arch}`,
    ignore: compiler === null,
    async fn(): Promise<void> {
      const directory = await Deno.makeTempDir({ prefix: "pacemap-c-" });
      try {
        const source = `${directory}/numbers.c`;
        await Deno.writeTextFile(source, numbersProgram());
        const args = [compiler!, "-E", "-P", source];
        const { code, stderr, stdout } = await runOutside(args);
        assert.equal(code, 0, stderr);
        const printed = stdout.split("\n").filter((line) => line[0] === "@");
        assert.deepEqual(
          printed,
          SYSCALL_NAMES.map((name) =>
            `@"${name}" ${syscallNumber(name, arch)}`
          ),
        );
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}

/** Lines of name and number behind the preprocessor. */
function numbersProgram(): string {
  const lines = SYSCALL_NAMES.map((name) =>
    `#ifdef __NR_${name}\n@"${name}" __NR_${name}\n#else\n@"${name}" null\n#endif`
  );
  return `#include <sys/syscall.h>\n${lines.join("\n")}\n`;
}

async function compilerFor(
  arch: keyof typeof COMPILERS,
): Promise<string | null> {
  for (const compiler of COMPILERS[arch]) {
    const { code, stdout } = await runOutside([compiler, "-dumpmachine"]);
    if (code === 0 && stdout.startsWith(arch)) return compiler;
  }
  // In CI nothing is skipped.
  return Deno.env.get("CI") === "true" ? COMPILERS[arch][0] : null;
}
