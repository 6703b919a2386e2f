/** Ways to give a payload. A word before the colon stands for the first of these that it begins. */
export const PAYLOAD_KINDS = [
  "text",
  "hex",
  "file",
  "template",
  "template-hex",
  "payload",
] as const;

/** One of the ways to give a payload. */
export type PayloadKind = (typeof PAYLOAD_KINDS)[number];

/** Arguments that give a payload. */
export interface PayloadArgs {
  /** How the payload is given. */
  readonly kind: PayloadKind;
  /** What stands behind the colon. */
  readonly value: string;
}

/**
 * Takes `KIND:VALUE` apart; null when the arguments have another form. As in ZMap the kind may be shortened:
 * `t:hello` is text.
 */
export function splitPayloadArgs(args: string): PayloadArgs | null {
  const colon = args.indexOf(":");
  if (colon < 1) return null;
  const word = args.slice(0, colon);
  const kind = PAYLOAD_KINDS.find((name) => name.startsWith(word));
  return kind === undefined ? null : { kind, value: args.slice(colon + 1) };
}

/**
 * The bytes of `text:` or `hex:`.
 *
 * @param expected for the error: what else a kind of probe takes
 * @throws {SyntaxError} when the arguments are neither, or the digits are none
 */
export function decodePayload(args: string, expected: string): Uint8Array {
  const { kind, value } = splitPayloadArgs(args) ?? { kind: null, value: "" };
  if (kind === "text") return new TextEncoder().encode(value);
  if (kind === "hex") return decodeHex(value, args);
  throw new SyntaxError(
    `Cannot parse probe arguments "${args}": expected ${expected}`,
  );
}

/**
 * The bytes that hexadecimal digits stand for, two for each.
 *
 * @param args for the error: where the digits are from
 * @throws {SyntaxError} when there are other characters, or an odd number of digits
 */
export function decodeHex(digits: string, args: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) {
    throw new SyntaxError(
      `Cannot parse probe arguments "${args}": expected two hexadecimal digits for each byte`,
    );
  }
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  }
  return bytes;
}

/**
 * For kinds of probes without arguments.
 *
 * @throws {SyntaxError} when there are some
 */
export function rejectArgs(name: string, args: string): void {
  if (args === "") return;
  throw new SyntaxError(
    `Cannot parse probe arguments "${args}": ${name} takes none`,
  );
}
