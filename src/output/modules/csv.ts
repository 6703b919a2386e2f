import type { OutputModule } from "../output_module.ts";
import { createRowWriter } from "../row_writer.ts";

/** Comma separated values. */
export const csv: OutputModule = {
  name: "csv",
  summary: "comma separated values, a line for each result",
  help:
    `Writes a line for each result, with the fields of --output-fields between commas. The first line names
the fields, unless --no-header-row is given. Text with commas, quotes or line ends stands between quotes
(RFC 4180); bytes are hexadecimal digits, true and false 1 and 0; what a result does not have is empty.

Without any of --output-module, --output-fields and --output-filter there is no first line, and only the
first success of each target is written. With one of them everything valid is, unless a filter says
otherwise. Takes no arguments.`,
  selection: "all",
  canNest: false,
  header: (fields) => {
    const columns = fields.map((name) => ({
      name,
      type: "string" as const,
      description: "",
      read: () => null,
    }));
    return createRowWriter({ format: "csv", columns, hasHeader: true })
      .take().bytes;
  },
  open: ({ columns, hasHeader, keptBytes }) =>
    createRowWriter({
      format: "csv",
      columns,
      hasHeader: hasHeader && keptBytes === 0,
    }),
};
