import { runOutside } from "../e2e/namespace.ts";

/** Whether a C compiler is there. */
export async function hasCompiler(): Promise<boolean> {
  return (await runOutside(["cc", "--version"])).code === 0;
}

/** Compiles a C program, runs it and returns the lines that it prints. */
export async function runC(source: string): Promise<string[]> {
  const directory = await Deno.makeTempDir({ prefix: "pacemap-c-" });
  try {
    const program = `${directory}/program`;
    await Deno.writeTextFile(`${program}.c`, source);
    const compiled = await runOutside(["cc", "-o", program, `${program}.c`]);
    if (compiled.code !== 0) throw new Error(compiled.stderr);
    return (await runOutside([program])).stdout.trim().split("\n");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
