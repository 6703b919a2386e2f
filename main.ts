/** The program: `pacemap --help` tells all. @module */
import { takeSignals } from "./src/signals/mod.ts";

if (import.meta.main) {
  // Until this line signals are the runtime's and the system's: the program is loaded behind it.
  const signals = takeSignals();
  const { runProgram } = await import("./src/program/mod.ts");
  Deno.exit(await runProgram(Deno.args, signals));
}
