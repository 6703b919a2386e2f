import {
  DEMO_REQUIREMENTS,
  Host,
  NSENTER,
  SEARCH_PATH,
  UNSHARE,
} from "../../src/demo/mod.ts";
import { findSkipReason, testUnless } from "./skip.ts";

/** Argument that tells a test file that it runs inside already. */
const INSIDE = "--inside-namespaces";
/** `ip netns` keeps its names below /run, which is not ours to write outside. */
const PRELUDE = "mount -t tmpfs none /run && ip link set lo up";

const IS_INSIDE = Deno.args.includes(INSIDE);
const SKIP_REASON = IS_INSIDE ? null : await findSkipReason(DEMO_REQUIREMENTS);

/** What a script printed, and how it ended. */
export interface NamespaceOutput {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a shell script as root of network, mount and process namespaces of its own, where "lo" is up and
 * `ip netns` works; all of it vanishes with the script. As root, or as anybody who may make user
 * namespaces. `args` are `$1` and so on.
 */
export async function inNamespaces(
  script: string,
  args: readonly string[] = [],
): Promise<NamespaceOutput> {
  await using host = await Host.create();
  const flags = ["--mount", "--pid", "--fork", "--kill-child"];
  const shell = ["sh", "-euc", `${PRELUDE}\n${script}`, "sh"];
  return await outputOf(host.spawn(UNSHARE, [...flags, ...shell, ...args], {
    stdout: "piped",
    stderr: "piped",
  }));
}

/** Runs a command outside of all namespaces, through `nsenter`: one of the two programs that the tests may run. */
export async function runOutside(
  args: readonly string[],
): Promise<NamespaceOutput> {
  return await outputOf(
    new Deno.Command(NSENTER, {
      args: [...args],
      env: { PATH: SEARCH_PATH },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
}

/**
 * Registers a test whose body runs inside such namespaces, after the shell script `setup`: the file is
 * loaded there again by a Deno of its own. Skipped, and said so, where namespaces are not permitted;
 * there it fails instead when `CI` is set.
 */
export function namespaceTest(
  file: ImportMeta,
  name: string,
  test: { setup?: string; run: () => void | Promise<void> },
): void {
  if (IS_INSIDE) {
    // Libraries stay open as long as the thread lives, and sockets are closed aside: Deno 2.6 takes both for leaks.
    const isLenient = { sanitizeOps: false, sanitizeResources: false };
    Deno.test({ name, ...isLenient, fn: test.run });
    return;
  }
  testUnless(SKIP_REASON, name, async () => {
    const script = `${test.setup ?? ""}\nexec "$@"`;
    const output = await inNamespaces(script, denoTest(file, name));
    // A filter that matches nothing is no success.
    if (output.code !== 0 || !/\b1 passed\b/.test(output.stdout)) {
      throw new Error(output.stdout + output.stderr);
    }
  });
}

function denoTest(file: ImportMeta, name: string): string[] {
  const pattern = name.replaceAll(/[^\w ]/g, "\\$&");
  return [
    Deno.execPath(),
    "test",
    "--no-check",
    "--no-prompt",
    "--allow-ffi",
    "--allow-read",
    "--allow-run=ip,sh",
    "--filter",
    `/^${pattern}$/`,
    new URL(file.url).pathname,
    "--",
    INSIDE,
  ];
}

/** Runs a program inside the namespaces and returns what it printed. For bodies of `namespaceTest`. */
export async function run(program: string, ...args: string[]): Promise<string> {
  const output = await new Deno.Command(program, { args, stdin: "null" })
    .output();
  const decoder = new TextDecoder();
  if (output.success) return decoder.decode(output.stdout);
  throw new Error(`Cannot run ${program}: ${decoder.decode(output.stderr)}`);
}

async function outputOf(child: Deno.ChildProcess): Promise<NamespaceOutput> {
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}
