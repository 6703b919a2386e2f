import {
  hopLimitOf,
  isIpv6Response,
  type ProbeProtocol,
  type Response,
} from "../../probe/mod.ts";
import type { ByteBuffer } from "../byte_buffer.ts";
import type { OutputModule } from "../output_module.ts";
import { flagsText, masscanStatus } from "./_answer_state.ts";
import { writeTarget } from "./_target.ts";

/** Bytes that this text takes. */
export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What masscan's formats have in common. */
export const MASSCAN: Pick<
  OutputModule,
  "canNest" | "fields" | "selection"
> = {
  selection: "new-successes-or-filter",
  canNest: false,
  fields: () => ["target", "ttl", "timestamp_ts"],
};

/** For the help of each. */
export const MASSCAN_ROWS =
  `Without --output-filter new successes are written, as masscan writes open ports alone; with one, what it
takes: closed ports are "closed", other failures "unknown".`;

/** A value of a record. */
export type RecordPart =
  | "address"
  | "family"
  | "port"
  | "protocol"
  | "status"
  | "reason"
  | "ttl"
  | "seconds";

/** A writer of records: texts, and parts between them. */
export function recordWriter(
  protocol: ProbeProtocol,
  pieces: readonly (string | { readonly part: RecordPart })[],
): (buffer: ByteBuffer, response: Response) => void {
  const writers = pieces.map((piece) => {
    if (typeof piece !== "string") return partWriter(piece.part, protocol);
    const bytes = ascii(piece);
    return (buffer: ByteBuffer): void => buffer.writeBytes(bytes);
  });
  return (buffer, response) => {
    for (let i = 0; i < writers.length; i++) writers[i]!(buffer, response);
  };
}

/** Takes `text{part}text` apart, where `part` is one of `RecordPart`. */
export function pieces(
  template: string,
): (string | { readonly part: RecordPart })[] {
  return template.split(/\{(\w+)\}/).map((piece, index) =>
    index % 2 === 0 ? piece : { part: piece as RecordPart }
  );
}

function partWriter(
  part: RecordPart,
  protocol: ProbeProtocol,
): (buffer: ByteBuffer, response: Response) => void {
  switch (part) {
    case "address":
      return writeTarget;
    case "family":
      return (buffer, response) =>
        buffer.writeText(isIpv6Response(response) ? "ipv6" : "ipv4");
    case "port":
      return (buffer, { targetPort }) => buffer.writeNumber(targetPort);
    case "protocol": {
      const bytes = ascii(protocol === "ip" ? "err" : protocol);
      return (buffer) => buffer.writeBytes(bytes);
    }
    case "status":
      return (buffer, response) => buffer.writeText(masscanStatus(response));
    case "reason":
      return (buffer, response) => buffer.writeText(flagsText(response));
    case "ttl":
      return (buffer, response) => buffer.writeNumber(hopLimitOf(response));
    case "seconds":
      return (buffer, { seconds }) => buffer.writeNumber(seconds);
  }
}
