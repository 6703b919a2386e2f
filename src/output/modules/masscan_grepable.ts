import type { OutputModule } from "../output_module.ts";
import {
  ascii,
  MASSCAN,
  MASSCAN_ROWS,
  pieces,
  recordWriter,
} from "./_masscan.ts";
import { FramedText } from "./_framed_text.ts";
import { rangesText } from "./_port_ranges.ts";
import { cTime } from "./_run_times.ts";

const RECORD =
  "Timestamp: {seconds}\tHost: {address} ()\tPorts: {port}/{status}/{protocol}//unknown//\n";

/** The lines of `masscan -oG`. */
export const masscanGrepable: OutputModule = {
  ...MASSCAN,
  name: "masscan-grepable",
  summary: "masscan's -oG: lines for grep",
  help: `Writes the lines that masscan -oG writes, for grep: time, host, and
port/state/protocol/owner/service/rpc/version, of which the service is always "unknown".

${MASSCAN_ROWS}

The last line is there however the scan ends, unless the program is killed: then pacemap resume completes
the file. Takes no arguments.`,
  rowBytes: RECORD.length,
  open: (context) => {
    const row = recordWriter(context.protocol, pieces(RECORD));
    const ports = (protocol: string): string =>
      context.protocol === protocol ? portRanges(context.ports) : "0;";
    return new FramedText(
      {
        header: (buffer) =>
          buffer.writeBytes(ascii(
            `# Masscan (${context.program}) scan initiated ${
              cTime(new Date())
            }\n# Ports scanned: TCP(${ports("tcp")}) UDP(${
              ports("udp")
            }) SCTP(0;) PROTOCOLS(0;)\n`,
          )),
        row,
        footer: (buffer) =>
          buffer.writeBytes(ascii(`# Masscan done at ${cTime(new Date())}\n`)),
      },
      context,
      true,
    );
  },
};

/** `3;80-81,443`: their number, and ranges in order. */
function portRanges(ports: readonly number[]): string {
  return `${ports.length};${rangesText(ports)}`;
}
