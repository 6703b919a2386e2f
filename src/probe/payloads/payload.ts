/** A payload for the kind of probe `udp`, ready to be used by its name. */
export interface LibraryPayload {
  /** Service and port: `ntp_123`. */
  readonly name: string;
  /** The usual port of the service; 0 for payloads of no service. */
  readonly port: number;
  /** What it asks for. */
  readonly description: string;
  /** What says that it looks like this. */
  readonly document: string;
  /** What is sent, or the template of it. */
  readonly bytes: Uint8Array;
  /** The bytes are a template: its fields have to be filled in. */
  readonly isTemplate: boolean;
}

type Facts = Pick<
  LibraryPayload,
  "name" | "port" | "description" | "document"
>;

/** A payload that is the same for all targets, from hexadecimal digits. */
export function fixed(
  { hex, minBytes = 0, ...facts }: Facts & {
    readonly hex: string;
    /** Zeros follow until there are so many bytes. */
    readonly minBytes?: number;
  },
): LibraryPayload {
  const digits = hex.replace(/\s/g, "");
  const bytes = new Uint8Array(Math.max(digits.length / 2, minBytes));
  for (let i = 0; i < digits.length; i += 2) {
    bytes[i / 2] = parseInt(digits.slice(i, i + 2), 16);
  }
  return { ...facts, bytes, isTemplate: false };
}

/** A payload with fields, as text or as lines that end in CR LF. */
export function template(
  { lines = [], text = lines.join("\r\n"), zeroBytes = 0, ...facts }: Facts & {
    readonly lines?: readonly string[];
    readonly text?: string;
    /** Zeros that follow. */
    readonly zeroBytes?: number;
  },
): LibraryPayload {
  const start = new TextEncoder().encode(text);
  const bytes = new Uint8Array(start.length + zeroBytes);
  bytes.set(start);
  return { ...facts, bytes, isTemplate: true };
}
