import assert from "node:assert/strict";
import { NSENTER } from "../../src/demo/mod.ts";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { OUTPUT_FORMATS } from "../../src/output/mod.ts";
import { runHere } from "./dry_run.ts";

/** What bash offers for the last of these words. */
async function complete(script: string, ...words: string[]): Promise<string[]> {
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const text = `source "${script}"; COMP_WORDS=(pacemap ${quoted}); ` +
    `COMP_CWORD=${words.length}; _pacemap; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { code, stderr, stdout } = await new Deno.Command(NSENTER, {
    args: ["bash", "-uc", text],
  }).output();
  const decoder = new TextDecoder();
  assert.equal(code, 0, decoder.decode(stderr));
  return decoder.decode(stdout).split("\n").filter((word) => word !== "");
}

Deno.test("completion of bash offers options, their values and subcommands", async () => {
  using directory = new TestDirectory();
  const { code, stdout } = await runHere(["completion", "bash"]);
  assert.equal(code, 0);
  const script = directory.write("script", stdout);
  assert.deepEqual(await complete(script, "--target-p"), ["--target-ports"]);
  assert.deepEqual(await complete(script, "bl"), ["blocklist"]);
  const formats = OUTPUT_FORMATS.map(({ name }) => name);
  assert.deepEqual(await complete(script, "-O", ""), formats);
  assert.deepEqual(await complete(script, "-M", "tcp_syns"), ["tcp_synscan"]);
  const file = `${directory.path}/script`;
  assert.deepEqual(await complete(script, "-w", `${directory.path}/s`), [file]);
  assert.deepEqual(await complete(script, "tee", "--ra"), ["--raw"]);
  assert.deepEqual(await complete(script, "iterate", "--see"), ["--seed"]);
  assert.deepEqual(await complete(script, "doctor", "--iplay"), ["--iplayer"]);
  assert.deepEqual(await complete(script, "-r", ""), []);
  assert.deepEqual(await complete(script, "help", "filt"), ["filters"]);
  assert.deepEqual(await complete(script, "help", "tcp_synack"), [
    "tcp_synackscan",
  ]);
  assert.deepEqual(await complete(script, "completion", "z"), ["zsh"]);
});
