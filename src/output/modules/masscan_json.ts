import type { OutputModule } from "../output_module.ts";
import {
  ascii,
  MASSCAN,
  MASSCAN_ROWS,
  pieces,
  recordWriter,
} from "./_masscan.ts";
import { FramedText } from "./_framed_text.ts";

const RECORD =
  '{   "ip": "{address}",   "timestamp": "{seconds}", "ports": [ {"port": {port}, "proto": "{protocol}", ' +
  '"status": "{status}", "reason": "{reason}", "ttl": {ttl}} ] }\n';

/** The JSON array of `masscan -oJ`. */
export const masscanJson: OutputModule = {
  ...MASSCAN,
  name: "masscan-json",
  summary: "masscan's -oJ: one JSON array",
  help:
    `Writes the JSON array that masscan -oJ writes: an object for each result, and a comma in a line of
its own between them. Without a result the array is empty.

${MASSCAN_ROWS}

The array is closed however the scan ends, unless the program is killed: then pacemap resume completes it.
Takes no arguments.`,
  rowBytes: RECORD.length + 15,
  open: (context) => {
    const write = recordWriter(context.protocol, pieces(RECORD));
    const [open, comma, close] = ["[\n", ",\n", "]\n"].map(ascii);
    return new FramedText(
      {
        header: (buffer) => buffer.writeBytes(open!),
        row: (buffer, response, rows) => {
          if (rows > 0) buffer.writeBytes(comma!);
          write(buffer, response);
        },
        footer: (buffer) => buffer.writeBytes(close!),
      },
      context,
      false,
    );
  },
};
