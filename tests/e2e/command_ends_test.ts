import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { kill } from "../../src/demo/mod.ts";
import { NETWORK, startHere } from "./dry_run.ts";
import { networkTest, startPacemap } from "./network_fixture.ts";

const ENDED_EARLY = 1;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Waits until some output has come, then sends the signal, and gives how the program ended. */
async function endAfterOutput(
  child: Deno.ChildProcess,
  signal: Deno.Signal,
): Promise<{ status: Deno.CommandStatus; stdout: string; stderr: string }> {
  const stderr = new Response(child.stderr).text();
  let stdout = "";
  let isSent = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    stdout += text;
    if (!isSent) isSent = kill(child, signal);
  }
  return { status: await child.status, stdout, stderr: await stderr };
}

for (const signal of SIGNALS) {
  Deno.test(`the first ${signal} ends iterate at once, as any filter`, async () => {
    const child = startHere(["iterate"]);
    const { status, stderr } = await endAfterOutput(child, signal);
    assert.equal(status.signal, signal, stderr);
    assert.equal(stderr, "");
  });

  Deno.test(`the first ${signal} ends blocklist while it waits for input`, async () => {
    using directory = new TestDirectory();
    const list = directory.write("list", "10.0.0.0/8\n");
    const child = startHere(["blocklist", "-b", list], { stdin: "piped" });
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("8.8.8.8\n"));
    const { status, stdout } = await endAfterOutput(child, signal);
    assert.equal(status.signal, signal);
    assert.equal(stdout, "8.8.8.8\n");
    await writer.close().catch(() => {});
  });

  Deno.test(`the first ${signal} ends tee although its feeder is silent`, async () => {
    using directory = new TestDirectory();
    const file = `${directory.path}/results`;
    const child = startHere(["tee", file], { stdin: "piped" });
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("8.8.8.8\n9.9.9."));
    const { status, stderr, stdout } = await endAfterOutput(child, signal);
    assert.equal(status.code, ENDED_EARLY, stderr);
    assert.match(stderr, new RegExp(`Ended early: stopped by ${signal}`));
    assert.equal(stdout, "8.8.8.8\n");
    assert.equal(await Deno.readTextFile(file), "8.8.8.8\n");
    await writer.close().catch(() => {});
  });

  for (const option of ["-C", "--probe-args"]) {
    Deno.test(`the first ${signal} ends the waiting for the file of ${option}`, async () => {
      using directory = new TestDirectory();
      const pipe = `${directory.path}/pipe`;
      // The shell's end stays open and silent once the program has opened its own.
      const script = `shift; mkfifo ${pipe}; "$@" & exec 7> ${pipe}; ` +
        `kill -${signal.slice(3)} $!; wait $!; echo code $?`;
      const value = option === "-C" ? pipe : `file:${pipe}`;
      const kind = option === "-C" ? ["-p", "80"] : ["-M", "udp", "-p", "53"];
      const args = ["--dryrun", ...NETWORK, ...kind, option, value, "8.8.8.8"];
      const child = startHere(args, { script });
      const { stderr, stdout } = await child.output();
      const decoder = new TextDecoder();
      const said = decoder.decode(stderr);
      assert.equal(decoder.decode(stdout), `code ${ENDED_EARLY}\n`, said);
      assert.match(said, new RegExp(`No packet sent: stopped by ${signal}`));
    });
  }
}

Deno.test("tee keeps what its feeder writes after a Ctrl-C", async () => {
  using directory = new TestDirectory();
  const file = `${directory.path}/results`;
  const child = startHere(["tee", file], { stdin: "piped" });
  const writer = child.stdin.getWriter();
  const encoder = new TextEncoder();
  await writer.write(encoder.encode("8.8.8.8\n"));
  const reader = child.stdout.getReader();
  await reader.read();
  kill(child, "SIGINT");
  await writer.write(encoder.encode("9.9.9.9\n"));
  await writer.close();
  while (!(await reader.read()).done);
  const stderr = await new Response(child.stderr).text();
  assert.equal((await child.status).code, 0, stderr);
  assert.equal(await Deno.readTextFile(file), "8.8.8.8\n9.9.9.9\n");
});

networkTest(
  "the first signal ends doctor at every moment",
  async ({ scanner }) => {
    for (const [number, signal] of [...SIGNALS, ...SIGNALS].entries()) {
      const child = startPacemap(scanner, [
        ...["doctor", "-b", "/dev/null", "198.18.0.0/24"],
      ]);
      await new Promise((resolve) => setTimeout(resolve, 250 * number));
      kill(child, signal);
      const { code, stderr, success, signal: killedBy } = await child.output();
      const said = new TextDecoder().decode(stderr);
      if (killedBy === null && !success) {
        assert.equal(code, ENDED_EARLY, said);
        assert.match(
          said,
          new RegExp(`Not all is checked: stopped by ${signal}`),
        );
      } else assert.equal(said, "");
    }
  },
);
