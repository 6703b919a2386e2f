import type { OutputModule } from "./options/output.ts";

/** What `--help` says of each format. */
export const OUTPUT_HELP: Readonly<Record<OutputModule, string>> = {
  csv:
    `Writes a line for each result, with the fields of --output-fields between commas. The first line names
the fields, unless --no-header-row is given. Text with commas, quotes or line ends stands between quotes
(RFC 4180); bytes are hexadecimal digits, true and false 1 and 0; what a result does not have is empty.

Without any of --output-module, --output-fields and --output-filter there is no first line, and only the
first success of each target is written. With one of them everything valid is, unless a filter says
otherwise. Takes no arguments.`,
  json:
    `Writes an object for each result, one a line, with the fields of --output-fields. Bytes are strings of
hexadecimal digits; what a result does not have is left out. Everything valid is written, unless
--output-filter says otherwise. Takes no arguments.`,
  zgrab2:
    `Writes each new success as a target of zgrab2: address, host name and tag, both empty, and port. Takes
no arguments.`,
  lzr:
    `Writes each new success as LZR takes it over: an object with the addresses, ports and numbers of the
connection that the probe has begun. Takes no arguments.`,
};
