/** The program: `pacemap --help` tells all. @module */
import { runCli, runDoctorCommand } from "./src/cli/mod.ts";
import { COMPANIONS } from "./src/companions/mod.ts";
import { runDemo } from "./src/demo/mod.ts";

if (import.meta.main) {
  const demo = {
    summary:
      "Build a test network on this machine, scan it and remove it again",
    options: [],
    run: runDemo,
  };
  const doctor = {
    summary: "Check whether this machine can run a scan, and how fast",
    options: "scan" as const,
    run: runDoctorCommand,
  };
  Deno.exit(await runCli(Deno.args, { demo, doctor, ...COMPANIONS }));
}
