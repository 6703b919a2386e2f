import { BLANK_COLUMN } from "../../probe/mod.ts";
import type { OutputModule } from "../output_module.ts";
import { createRowWriter } from "../row_writer.ts";

/** Targets for zgrab2. */
export const zgrab2: OutputModule = {
  name: "zgrab2",
  summary: "targets for zgrab2: address, host name, tag, port",
  help:
    `Writes each new success as a target of zgrab2: address, host name and tag, both empty, and port; the
address alone where probes have no ports. Takes no arguments.`,
  selection: "new-successes",
  canNest: false,
  fields: (_probe, hasPorts) =>
    hasPorts ? ["saddr", BLANK_COLUMN, BLANK_COLUMN, "sport"] : ["saddr"],
  open: ({ columns }) =>
    createRowWriter({ format: "csv", columns, hasHeader: false }),
};
