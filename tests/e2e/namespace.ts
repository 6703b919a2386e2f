/** Where nothing may be skipped. */
const NO_SKIP_VARIABLE = "CI";
/** Argument that tells a test file that it runs inside already. */
const INSIDE = "--inside-namespaces";
/** Debian keeps `ip` in a directory that other users do not search. */
const SEARCH_PATH =
  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** `ip netns` keeps its names below /run, which is not ours to write outside. */
const PRELUDE = "mount -t tmpfs none /run && ip link set lo up";

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
  const flags = await usableFlags();
  if (flags === null) throw new Error("Cannot make namespaces");
  return await unshare([
    ...flags,
    "sh",
    "-euc",
    `${PRELUDE}\n${script}`,
    "sh",
    ...args,
  ]);
}

/** Runs a command through `unshare`, which is the only program that the tests may run. */
export async function unshare(
  args: readonly string[],
): Promise<NamespaceOutput> {
  const output = await new Deno.Command("unshare", {
    args: [...args],
    env: { PATH: SEARCH_PATH, NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
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
  if (Deno.args.includes(INSIDE)) {
    Deno.test(name, test.run);
    return;
  }
  Deno.test(name, async () => {
    if (await usableFlags() === null) {
      const message = "namespaces are not permitted here, or ip is missing";
      if (Deno.env.get(NO_SKIP_VARIABLE) === "true") throw new Error(message);
      console.warn(`Skipped: ${message}`);
      return;
    }
    const script = `${test.setup ?? ""}\nexec "$@"`;
    const output = await inNamespaces(script, denoTest(file, name));
    if (output.code !== 0 || !output.stdout.includes("| 1 passed")) {
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

let flagsFound: Promise<readonly string[] | null> | null = null;

/** The flags of `unshare` that work here, or null when none do. */
function usableFlags(): Promise<readonly string[] | null> {
  flagsFound ??= findFlags();
  return flagsFound;
}

async function findFlags(): Promise<readonly string[] | null> {
  const common = ["--net", "--mount", "--pid", "--fork", "--kill-child"];
  for (const user of [[], ["--user", "--map-root-user"]]) {
    const flags = [...user, ...common];
    const { code } = await unshare([...flags, "sh", "-ec", PRELUDE]);
    if (code === 0) return flags;
  }
  return null;
}
