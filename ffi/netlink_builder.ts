import { NLA_F_NESTED } from "./constants.ts";
import { NLATTR } from "./layout.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** An attribute with these bytes, padded for the next one, `<linux/netlink.h>`. */
export function attribute(type: number, value: Uint8Array): Bytes {
  const lengthBytes = NLATTR.size + value.length;
  const bytes = new Uint8Array((lengthBytes + 3) & ~3);
  const view = new DataView(bytes.buffer);
  view.setUint16(NLATTR.nla_len, lengthBytes, true);
  view.setUint16(NLATTR.nla_type, type, true);
  bytes.set(value, NLATTR.size);
  return bytes;
}

/** An attribute with text and its zero byte. */
export function textAttribute(type: number, text: string): Bytes {
  return attribute(type, new TextEncoder().encode(`${text}\0`));
}

/** An attribute with a 32-bit number in the machine's order. */
export function numberAttribute(type: number, value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return attribute(type, bytes);
}

/** An attribute that holds attributes. */
export function nestedAttribute(type: number, ...parts: Bytes[]): Bytes {
  return attribute(type | NLA_F_NESTED, joinBytes(...parts));
}

/** The parts one behind the other: a message's body of a structure and its attributes. */
export function joinBytes(...parts: Uint8Array[]): Bytes {
  const joined = new Uint8Array(
    parts.reduce((total, part) => total + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
