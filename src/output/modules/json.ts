import type { OutputModule } from "../output_module.ts";
import { createRowWriter } from "../row_writer.ts";

/** JSON lines. */
export const json: OutputModule = {
  name: "json",
  summary: "JSON, an object a line",
  help:
    `Writes an object for each result, one a line, with the fields of --output-fields. Bytes are strings of
hexadecimal digits; what a result does not have is left out. Everything valid is written, unless
--output-filter says otherwise. Takes no arguments.`,
  selection: "all",
  namesFields: true,
  canNest: true,
  open: ({ columns }) =>
    createRowWriter({ format: "json", columns, hasHeader: false }),
};
