/** The program: `pacemap --help` tells all. @module */
import { runCli } from "./src/cli/mod.ts";
import { runDemo } from "./src/demo/mod.ts";

if (import.meta.main) {
  const demo = {
    summary:
      "Build a test network on this machine, scan it and remove it again",
    run: runDemo,
  };
  Deno.exit(await runCli(Deno.args, { demo }));
}
