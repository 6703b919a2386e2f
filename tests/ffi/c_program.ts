import { runOutside } from "../e2e/namespace.ts";

/** Whether a C compiler is there, or none may be missing, as in CI. */
export async function hasCompiler(compiler = "cc"): Promise<boolean> {
  return Deno.env.get("CI") === "true" ||
    (await runOutside([compiler, "--version"])).code === 0;
}

/** A C compiler, and what its programs run on. */
export interface Compiler {
  readonly command: string;
  readonly machine: string;
  /** Whether it is not there. */
  readonly isMissing: boolean;
}

/** The compiler of this machine, and that of Debian for the other architecture that is supported. */
export const COMPILERS: readonly Compiler[] = await Promise.all([
  { command: "cc", machine: "this machine" },
  { command: "aarch64-linux-gnu-gcc", machine: "arm64" },
].map(async (one) => ({
  ...one,
  isMissing: !(await hasCompiler(one.command)),
})));

/**
 * What a compiler makes of constant expressions: `NAME VALUE` for each. They are read from its assembly, so that it
 * need not be this machine that they are for.
 */
export async function evaluateC(
  { command }: Compiler,
  { expressions, includes }: {
    readonly includes: string;
    readonly expressions: readonly (readonly [string, string])[];
  },
): Promise<string[]> {
  const values = expressions.map(([, expression]) =>
    `(long long)(${expression}),`
  );
  const array = `const long long values[] = {\n${values.join("\n")}\n};`;
  const assembly = await compileC(
    [command, "-S", "-fno-asynchronous-unwind-tables"],
    { source: `${includes}\n${array}\n`, use: Deno.readTextFile },
  );
  const numbers: string[] = [];
  for (const line of assembly.split("\n")) {
    const [, directive, number] =
      /^\s*\.(quad|xword|zero)\s+(-?\d+)$/.exec(line) ?? [];
    if (directive === "zero") {
      numbers.push(...Array(Number(number) / 8).fill("0"));
    } else if (number !== undefined) numbers.push(number);
  }
  if (numbers.length !== expressions.length) {
    throw new Error(`Cannot read the values from:\n${assembly}`);
  }
  return expressions.map(([name], index) => `${name} ${numbers[index]}`);
}

/** Compiles a C program, runs it and returns the lines that it prints. */
export function runC(source: string): Promise<string[]> {
  return withC(
    source,
    async (program) => (await runOutside([program])).stdout.trim().split("\n"),
  );
}

/** Compiles a C program, for as long as `use` takes, which gets its path. */
export function withC<T>(
  source: string,
  use: (program: string) => Promise<T>,
): Promise<T> {
  return compileC(["cc"], { source, use });
}

async function compileC<T>(
  command: readonly string[],
  { source, use }: {
    readonly source: string;
    readonly use: (output: string) => Promise<T>;
  },
): Promise<T> {
  const directory = await Deno.makeTempDir({ prefix: "pacemap-c-" });
  try {
    const program = `${directory}/program`;
    await Deno.writeTextFile(`${program}.c`, source);
    const compiled = await runOutside([
      ...command,
      ...["-o", program, `${program}.c`],
    ]);
    if (compiled.code !== 0) throw new Error(compiled.stderr);
    return await use(program);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
