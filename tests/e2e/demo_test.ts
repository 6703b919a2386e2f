import assert from "node:assert/strict";
import { withC } from "../ffi/c_program.ts";
import { networkTest, runPacemap, startPacemap } from "./network_fixture.ts";

/** Refuses unshare(2) to the command that it runs, as the default profile of Docker does. */
const REFUSE_UNSHARE = `
#include <errno.h>
#include <stddef.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
int main(int count, char **words) {
  struct sock_filter filter[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_unshare, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = { 4, filter };
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 120;
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return 121;
  execvp(words[1], words + 1);
  return 122;
}`;
/** Allows no network namespace to the command that it runs. */
const NO_NAMESPACES = [
  ...["unshare", "--user", "--map-root-user", "sh", "-euc"],
  'echo 0 >/proc/sys/user/max_net_namespaces; exec "$@"',
  "sh",
];

/** The demo leaves its report, in a directory of its own. */
async function removeReport(text: string): Promise<void> {
  const found = /file:\/\/(\/\S+)\/report\.html\n/.exec(text);
  if (found !== null) await Deno.remove(found[1]!, { recursive: true });
}

networkTest("demo finds every host of its own network", async (network) => {
  const demo = await runPacemap(network.scanner, ["demo"]);
  assert.equal(demo.code, 0, demo.stderr);
  assert.match(demo.stdout, /131,072 of 131,072 hosts found/);
  assert.match(
    demo.stdout,
    /counted 13[0-9],[0-9]{3} probes: one to each of 131,072 hosts/,
  );
  assert.match(
    demo.stdout,
    /Watch it in a browser: http:\/\/127\.0\.0\.1:\d+\//,
  );
  const [, report] = /Its report, .*file:\/\/(\S+)\n/.exec(demo.stdout)!;
  const page = await Deno.readTextFile(report!);
  await removeReport(demo.stdout);
  assert.match(page, /131,072 targets got their probe, and 131,072 hosts/);
  assert.match(demo.stdout, /The test network is removed\.\n$/);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  networkTest(`demo removes its network on ${signal}`, async (network) => {
    const child = startPacemap(network.scanner, ["demo"]);
    const errors = new Response(child.stderr).text();
    let text = "";
    let isSent = false;
    for await (
      const part of child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      text += part;
      if (isSent || !/^198\.1[89]\.\d+\.\d+,/m.test(text)) continue;
      isSent = true;
      child.kill(signal);
    }
    const { code } = await child.status;
    await removeReport(text);
    assert.equal(code, 1, await errors);
    assert.match(text, /The test network is removed\.\n$/);
  });
}

networkTest("demo takes no arguments", async (network) => {
  const demo = await runPacemap(network.scanner, ["demo", "fast"]);
  assert.equal(demo.code, 2);
  assert.match(demo.stderr, /"fast"/);
});

networkTest(
  "demo says which call is refused where namespaces are",
  async (network) => {
    await withC(REFUSE_UNSHARE, async (program) => {
      const demo = await runPacemap(network.scanner, ["demo"], [program]);
      assert.equal(demo.code, 3);
      assert.match(
        demo.stderr,
        /namespaces: .* unshare\(CLONE_NEWUSER \| CLONE_NEWNET\) is refused with EPERM .*\n.*seccomp/,
      );
    });
    const demo = await runPacemap(network.scanner, ["demo"], NO_NAMESPACES);
    assert.equal(demo.code, 3);
    assert.match(
      demo.stderr,
      /namespaces: .* unshare\(CLONE_NEWUSER \| CLONE_NEWNET\) is refused with ENOSPC .*\n.*user\.max_net_namespaces/,
    );
  },
);
