import assert from "node:assert/strict";
import { type Host, kill } from "../../src/demo/mod.ts";
import { networkTest, startPacemap } from "./network_fixture.ts";

/**
 * Few probes at a rate that no signal changes, and a long cooldown: lives longer than the runtime takes to
 * set its own handlers, 0.5 s.
 */
const SCAN = [
  ...["-M", "icmp_echoscan", "-f", "saddr", "-b", "/dev/null"],
  ...["-r", "0", "-c", "2", "-q", "198.18.0.0/28"],
];
const HOSTS = 16;
/** Waits until process $1 has a handler for SIGUSR2, the last signal that the first line of the program takes. */
const WAIT_FOR_HANDLER = `
caught=0
until [ $((0x$caught & 0x800)) -ne 0 ]; do
  caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$1/status")
done`;

/** Signals that end no scan: each means something to it, or nothing. */
const HARMLESS = [
  ...["SIGUSR1", "SIGUSR2", "SIGCONT", "SIGQUIT", "SIGWINCH", "SIGPIPE"],
  ...["SIGCHLD", "SIGURG", "SIGTSTP", "SIGTTIN", "SIGTTOU"],
] as const satisfies readonly Deno.Signal[];
/** Signals that end it. */
const FATAL = [
  ...["SIGHUP", "SIGALRM", "SIGIO", "SIGPROF", "SIGVTALRM", "SIGPWR"],
  ...["SIGABRT", "SIGTRAP", "SIGSYS", "SIGXCPU", "SIGSTKFLT"],
] as const satisfies readonly Deno.Signal[];

for (const signals of [["SIGUSR1"], HARMLESS] as const) {
  networkTest(
    `${
      signals.join(", ")
    }: none opens a debugger, from the first line of the program on`,
    async ({ scanner }) => {
      const { code, sockets, stdout, stderr } = await bombard(scanner, signals);
      assert.equal(sockets, "");
      assert.doesNotMatch(stderr, /debugger|inspect/i);
      assert.equal(code, 0, stderr);
      assert.equal(stdout.split("\n").length, 1 + HOSTS + 1);
    },
  );
}

networkTest(
  `${FATAL.join(", ")}: none opens a debugger`,
  async ({ scanner }) => {
    for (const signal of FATAL) {
      const { sockets, stderr } = await bombard(scanner, [signal]);
      assert.equal(sockets, "");
      assert.doesNotMatch(stderr, /debugger|inspect/i);
    }
  },
);

networkTest(
  "SIGHUP opens no debugger where it is ignored",
  async ({ scanner }) => {
    const ignoring = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh"];
    const { code, sockets, stderr } = await bombard(
      scanner,
      ["SIGHUP"],
      ignoring,
    );
    assert.equal(code, 0, stderr);
    assert.equal(sockets, "");
  },
);

networkTest(
  "SIGQUIT shows the status and what is waited for",
  async ({ scanner }) => {
    const { code, stderr } = await bombard(scanner, ["SIGQUIT"]);
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /^ 0:0\d \d+%.*; send: 16 done .*\nWaiting for late answers, another 2 s$/m,
    );
  },
);

/** Sends a scan the same signals again and again, from its first line to its end. */
async function bombard(
  host: Host,
  signals: readonly Deno.Signal[],
  wrapper: readonly string[] = [],
): Promise<{
  code: number;
  /** Sockets of its network namespace that listened at any time. */
  sockets: string;
  stdout: string;
  stderr: string;
}> {
  const scan = startPacemap(host, SCAN, wrapper);
  const stdout = new Response(scan.stdout).text();
  const stderr = new Response(scan.stderr).text();
  await host.run("sh", ["-euc", WAIT_FOR_HANDLER, "sh", String(scan.pid)]);
  let sockets = "";
  // A scan that has ended is no longer there to be sent a signal.
  while (signals.every((signal) => kill(scan, signal))) {
    sockets += await host.run("ss", ["-H", "--listening", "--tcp", "-n"]);
  }
  const { code } = await scan.status;
  return { code, sockets, stdout: await stdout, stderr: await stderr };
}
