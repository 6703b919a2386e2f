import { type Column, parseIpv6 } from "../../base/mod.ts";
import { isIpv6Response, type Response } from "../../probe/mod.ts";
import type { OutputModule } from "../output_module.ts";
import { createRowWriter } from "../row_writer.ts";

/** Connections for LZR. */
export const lzr: OutputModule = {
  name: "lzr",
  summary: "connections for LZR to take over",
  help:
    `Writes each new success as LZR takes it over: an object with the addresses,
ports and numbers of the connection that the probe has begun, addresses of IPv6
in full. So that nothing comes into that connection, no follow-up probes, which
measure the loss, are sent unless --loss-sample is given. Takes no arguments.`,
  handsOver: true,
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
    createRowWriter({
      format: "json",
      columns: columns.map((column) =>
        column.type === "string" ? inFull(column) : column
      ),
      hasHeader: false,
    }),
};

/** LZR knows connections over IPv6 by addresses of eight groups of four digits. */
function inFull(column: Column<Response>): Column<Response> {
  return {
    ...column,
    read: (response) => {
      const text = column.read(response);
      return typeof text === "string" && isIpv6Response(response)
        ? fullIpv6(text)
        : text;
    },
  };
}

function fullIpv6(text: string): string {
  const address = parseIpv6(text);
  if (address === null) return text;
  const digits = address.toString(16).padStart(32, "0");
  return digits.replace(/.{4}(?=.)/g, "$&:");
}
