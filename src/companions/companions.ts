import type { Subcommands } from "../cli/mod.ts";
import { BLOCKLIST } from "./blocklist.ts";
import { asSubcommand } from "./companion.ts";
import { ITERATE } from "./iterate.ts";
import { TEE } from "./tee.ts";

/** All companions, as subcommands. */
export const COMPANIONS: Subcommands = {
  blocklist: asSubcommand(
    BLOCKLIST,
    "Filter lines by the address that they begin with",
  ),
  iterate: asSubcommand(ITERATE, "Print the targets of a scan in its order"),
  tee: asSubcommand(TEE, "Keep results in a file and pass their addresses on"),
};
