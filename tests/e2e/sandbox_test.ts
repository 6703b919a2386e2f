import assert from "node:assert/strict";
import { type Host, kill } from "../../src/demo/mod.ts";
import { networkTest, runPacemap, startPacemap } from "./network_fixture.ts";
import { GrowingText, until } from "./until.ts";

/** Sends for a while, and then waits. */
const SCAN = [
  ...["-M", "icmp_echoscan", "-f", "saddr", "-b", "/dev/null", "-q"],
  ...["-r", "1000", "-c", "60", "198.18.0.0/28"],
];
const HOSTS = 16;
const NO_RIGHTS = "0000000000000000";
/** Lets all users look into the home of root, where the program may lie, in a mount namespace of its own. */
const OPEN_HOME = `home=$(getent passwd 0 | cut -d: -f6)
mount -t tmpfs none /run
mkdir /run/upper /run/work
mount -t overlay -o "lowerdir=$home,upperdir=/run/upper,workdir=/run/work" none "$home"
chmod 755 "$home"
exec "$@"`;
/** Ambient capabilities: as those of `setcap`, they stay with a user who is not root. */
const AMBIENT = [
  ...["unshare", "--mount", "sh", "-euc", OPEN_HOME, "sh"],
  ...["setpriv", "--reuid", "1234", "--regid", "1234", "--clear-groups"],
  ...["--inh-caps", "+net_raw", "--ambient-caps", "+net_raw"],
];
const FIELDS = ["Uid", "CapInh", "CapPrm", "CapEff", "CapAmb"] as const;

/** What the kernel says of each thread of a scan, `/proc/PID/task/TID/status`. */
interface Rights {
  readonly threads: readonly Readonly<Record<string, string>>[];
  readonly stdout: string;
  readonly stderr: string;
}

networkTest(
  "no thread of a running scan has any right, and each has its system calls filtered: by root, and with ambient capabilities",
  async ({ scanner }) => {
    const canBecome = await mayBecomeOthers(scanner);
    const cases: readonly (readonly [string, readonly string[], string[]])[] =
      canBecome
        ? [
          ["65534", [], []],
          ["77", [], ["--user", "77:78"]],
          ["1234", AMBIENT, []],
        ]
        : [["0", [], []]];
    for (const [user, wrapper, options] of cases) {
      const { stderr, stdout, threads } = await rightsOf(
        scanner,
        options,
        wrapper,
      );
      assertNoRights(threads, user);
      // One filter for all threads, and one more for each worker.
      const filters = threads.map((one) => one["Seccomp_filters"]);
      assert.equal(filters.filter((count) => count === "2").length, 2);
      assert.ok(filters.every((count) => count === "1" || count === "2"));
      assert.equal(linesOf(stdout), 1 + HOSTS, stderr);
      assert.doesNotMatch(stderr, /WARN(?!.*SIGINT)/);
    }
  },
);

networkTest(
  "--no-sandbox leaves a scan its system calls, and none of its rights",
  async ({ scanner }) => {
    const { stderr, threads } = await rightsOf(scanner, ["--no-sandbox"]);
    const users = new Set(threads.map((one) => one["Uid"]!.split("\t")[0]));
    assert.equal(users.size, 1);
    assertNoRights(threads, [...users][0]!, "0");
    assert.doesNotMatch(stderr, /WARN(?!.*SIGINT)/);
  },
);

networkTest("--user names whom this machine knows", async ({ scanner }) => {
  const { code, stderr, stdout } = await runPacemap(scanner, [
    ...["--user", "no-such-user"],
    ...SCAN,
  ]);
  assert.equal(code, 2);
  assert.match(stderr, /--user: Cannot become "no-such-user": no user is/);
  assert.equal(stdout, "");
});

/** Whether processes of this host may become others: not in a user namespace of one user. */
async function mayBecomeOthers(host: Host): Promise<boolean> {
  const [program, ...args] = [...AMBIENT, "true"];
  return (await host.spawn(program!, args).status).success;
}

/** Looks at all threads of a scan that has found all and waits for late answers. */
async function rightsOf(
  host: Host,
  options: readonly string[],
  wrapper: readonly string[] = [],
): Promise<Rights> {
  const scan = startPacemap(host, [...SCAN, ...options], wrapper);
  const stdout = new GrowingText(scan.stdout);
  const stderr = new GrowingText(scan.stderr);
  await until(scan, () => linesOf(stdout.soFar) > HOSTS);
  const status = await host.run("sh", [
    ...["-c", "cat /proc/$1/task/*/status", "sh", String(scan.pid)],
  ]);
  kill(scan, "SIGINT");
  await scan.status;
  const threads = status.split(/^(?=Name:)/m).map((text) =>
    Object.fromEntries(
      text.trim().split("\n").map((line) => {
        const [name = "", value = ""] = line.split(/:\s*(.*)/);
        return [name, value];
      }),
    )
  );
  return { threads, stdout: await stdout.whole, stderr: await stderr.whole };
}

function assertNoRights(
  threads: Rights["threads"],
  user: string,
  seccomp = "2",
): void {
  // The main thread, two workers, and those of the runtime.
  assert.ok(threads.length > 4);
  for (const thread of threads) {
    const [uid, ...rights] = FIELDS.map((field) => thread[field]!);
    assert.equal(uid, Array(4).fill(user).join("\t"));
    assert.deepEqual(rights, rights.map(() => NO_RIGHTS), thread["Name"]);
    const { NoNewPrivs, Seccomp } = thread;
    assert.equal(NoNewPrivs, "1", thread["Name"]);
    assert.equal(Seccomp, seccomp, thread["Name"]);
  }
}

/** Lines that have an end. */
function linesOf(text: string): number {
  return text.split("\n").length - 1;
}
