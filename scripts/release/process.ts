import { NSENTER } from "../../src/demo/mod.ts";

/** What a program is started with besides its arguments. */
export interface RunOptions {
  /** Working directory. */
  readonly cwd?: string | undefined;
  /** Variables that are set besides those of this process. */
  readonly env?: Record<string, string>;
}

/** What a program said and how it ended. */
export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The addresses that a dry run would probe, in their order. */
export function targetsOf(dryRun: string): string {
  return [...dryRun.matchAll(/daddr: (\S+)/g)].map(([, one]) => one).join(" ");
}

/** Runs a program to its end. */
export async function attempt(
  words: readonly string[],
  { cwd, env = {} }: RunOptions = {},
): Promise<RunResult> {
  const { code, stderr, stdout } = await new Deno.Command(NSENTER, {
    // Without flags it is a program that may be run and that runs another.
    args: [...words],
    env,
    stdin: "null",
    ...(cwd === undefined ? {} : { cwd }),
  }).output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/**
 * As `attempt`; returns what the program printed.
 *
 * @throws {Error} when it fails, with what it said
 */
export async function run(
  words: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stderr, stdout } = await attempt(words, options);
  if (code === 0) return stdout;
  throw new Error(
    `${words.join(" ")}: exit code ${code}\n${stdout}${stderr}`,
  );
}
