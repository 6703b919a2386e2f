import { runOutside } from "../e2e/namespace.ts";

/** Whether a C compiler is there. */
export async function hasCompiler(): Promise<boolean> {
  return (await runOutside(["cc", "--version"])).code === 0;
}

/** Compiles a C program, runs it and returns the lines that it prints. */
export function runC(source: string): Promise<string[]> {
  return withC(
    source,
    async (program) => (await runOutside([program])).stdout.trim().split("\n"),
  );
}

/** Compiles a C program, for as long as `use` takes, which gets its path. */
export async function withC<T>(
  source: string,
  use: (program: string) => Promise<T>,
): Promise<T> {
  const directory = await Deno.makeTempDir({ prefix: "pacemap-c-" });
  try {
    const program = `${directory}/program`;
    await Deno.writeTextFile(`${program}.c`, source);
    const compiled = await runOutside(["cc", "-o", program, `${program}.c`]);
    if (compiled.code !== 0) throw new Error(compiled.stderr);
    return await use(program);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
