import type { OutputModule } from "../output_module.ts";
import {
  ascii,
  MASSCAN,
  MASSCAN_ROWS,
  pieces,
  recordWriter,
} from "./_masscan.ts";
import { FramedText } from "./_framed_text.ts";

const RECORD = "{status} {protocol} {port} {address} {seconds}\n";

/** The lines of `masscan -oL`. */
export const masscanList: OutputModule = {
  ...MASSCAN,
  name: "masscan-list",
  summary: "masscan's -oL: status, protocol, port, address, time",
  help:
    `Writes the lines that masscan -oL writes: open tcp 443 192.0.2.9 1700000000. The first line is
#masscan, the last one # end.

${MASSCAN_ROWS}

The last line is there however the scan ends, unless the program is killed: then pacemap resume completes
the file. Takes no arguments.`,
  rowBytes: "closed tcp 65535 198.51.100.100 1700000000\n".length,
  open: (context) => {
    const row = recordWriter(context.protocol, pieces(RECORD));
    return new FramedText(
      {
        header: (buffer) => buffer.writeBytes(ascii("#masscan\n")),
        row,
        footer: (buffer) => buffer.writeBytes(ascii("# end\n")),
      },
      context,
      true,
    );
  },
};
