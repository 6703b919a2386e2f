/** The program: `pacemap --help` tells all. @module */
import { RateSignals } from "./src/signals/mod.ts";

if (import.meta.main) {
  // Until this line SIGUSR1 is the runtime's, which opens a debugger: the program is loaded behind it.
  const rateSignals = RateSignals.take();
  const { runProgram } = await import("./src/program/mod.ts");
  Deno.exit(await runProgram(Deno.args, rateSignals));
}
