import type { OutputModule } from "../output_module.ts";
import { MASSCAN, MASSCAN_ROWS, pieces, recordWriter } from "./_masscan.ts";
import { FramedText } from "./_framed_text.ts";

const RECORD =
  '{"ip":"{address}","timestamp":"{seconds}","port":{port},"proto":"{protocol}","rec_type":"status",' +
  '"data":{"status":"{status}","reason":"{reason}","ttl":{ttl}}}\n';

/** The JSON lines of `masscan -oD`. */
export const masscanNdjson: OutputModule = {
  ...MASSCAN,
  name: "masscan-ndjson",
  summary: "masscan's -oD: JSON lines",
  help:
    `Writes the JSON lines that masscan -oD writes: an object for each result.

${MASSCAN_ROWS} Takes no arguments.`,
  rowBytes: RECORD.length + 15,
  open: (context) => {
    const row = recordWriter(context.protocol, pieces(RECORD));
    return new FramedText(
      { header: () => {}, row, footer: () => {} },
      context,
      true,
    );
  },
};
