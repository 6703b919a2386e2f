import { attempt, run } from "./process.ts";
import type { Architecture } from "./release_facts.ts";

/**
 * Makes the executable of an architecture, at `path`.
 *
 * @throws {Error} when it cannot be made; for another architecture than this machine's a runtime is downloaded
 */
export async function compileFor(
  { deno, kernel }: Architecture,
  { path, root }: { readonly path: string; readonly root: string },
): Promise<void> {
  const isNative = kernel === Deno.build.arch;
  // A runtime that was given is this machine's: for another one Deno fetches its own.
  const env = isNative
    ? {}
    : { COMPILE_TARGET: deno, DENORT_BIN: "", NO_COLOR: "1" };
  const result = await attempt(["deno", "task", "--quiet", "compile"], {
    cwd: root,
    env,
  });
  if (result.code !== 0) {
    const [reason = ""] = result.stderr.split("\n\nStack backtrace");
    throw new Error(
      `Cannot compile for ${deno}: ${reason.trim()}${
        isNative ? "" : "\nIts runtime has to be downloaded from dl.deno.land"
      }`,
    );
  }
  await Deno.rename(`${root}/dist/pacemap`, path);
}

/** Version of the Deno that the executable was made by, and so of the runtime in it. */
export async function compilerVersion(): Promise<string> {
  const deno = Deno.env.get("COMPILE_DENO") ?? "deno";
  const [, version = ""] = /^deno (\S+)/.exec(await run([deno, "--version"])) ??
    [];
  return version;
}
