import type { OutputModule } from "../output_module.ts";
import { createRowWriter } from "../row_writer.ts";

/** Connections for LZR. */
export const lzr: OutputModule = {
  name: "lzr",
  summary: "connections for LZR to take over",
  help:
    `Writes each new success as LZR takes it over: an object with the addresses, ports and numbers of the
connection that the probe has begun. Takes no arguments.`,
  selection: "new-successes",
  namesFields: true,
  canNest: false,
  fields: () => [
    "saddr",
    "daddr",
    "sport",
    "dport",
    "seqnum",
    "acknum",
    "window",
  ],
  open: ({ columns }) =>
    createRowWriter({ format: "json", columns, hasHeader: false }),
};
