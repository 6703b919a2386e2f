/** The program: `pacemap --help` tells all. @module */
import { runCli, runDoctorCommand } from "./src/cli/mod.ts";
import { runBlocklist, runIterate, runTee } from "./src/companions/mod.ts";
import { runDemo } from "./src/demo/mod.ts";

if (import.meta.main) {
  const subcommands = {
    demo: {
      summary:
        "Build a test network on this machine, scan it and remove it again",
      run: runDemo,
    },
    doctor: {
      summary: "Check whether this machine can run a scan, and how fast",
      run: runDoctorCommand,
    },
    blocklist: {
      summary: "Filter lines by the address that they begin with",
      run: runBlocklist,
    },
    iterate: {
      summary: "Print the targets of a scan in its order",
      run: runIterate,
    },
    tee: {
      summary: "Keep results in a file and pass their addresses on",
      run: runTee,
    },
  };
  Deno.exit(await runCli(Deno.args, subcommands));
}
