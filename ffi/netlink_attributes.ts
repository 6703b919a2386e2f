import { NLA_TYPE_MASK } from "./constants.ts";
import { NLATTR } from "./layout.ts";

/**
 * Reads the attributes that follow a structure in a netlink message, by type, `<linux/netlink.h>`. The
 * values share the message's memory. A length that does not fit ends the reading.
 */
export function readAttributes(
  body: Uint8Array<ArrayBuffer>,
  from: number,
): Map<number, DataView> {
  const attributes = new Map<number, DataView>();
  eachAttribute(body, from, (type, value) => void attributes.set(type, value));
  return attributes;
}

/** The values of all attributes of one type in a list that may hold many, as `readAttributes` reads them. */
export function listAttributes(
  list: Uint8Array<ArrayBuffer>,
  wanted: number,
): DataView[] {
  const values: DataView[] = [];
  eachAttribute(list, 0, (type, value) => {
    if (type === wanted) values.push(value);
  });
  return values;
}

function eachAttribute(
  body: Uint8Array<ArrayBuffer>,
  from: number,
  take: (type: number, value: DataView) => void,
): void {
  const view = viewOf(body);
  for (let at = from; at + NLATTR.size <= body.length;) {
    const lengthBytes = view.getUint16(at + NLATTR.nla_len, true);
    if (lengthBytes < NLATTR.size || at + lengthBytes > body.length) break;
    const type = view.getUint16(at + NLATTR.nla_type, true) & NLA_TYPE_MASK;
    const valueAt = body.byteOffset + at + NLATTR.size;
    take(type, new DataView(body.buffer, valueAt, lengthBytes - NLATTR.size));
    at += (lengthBytes + 3) & ~3;
  }
}

/** A view of exactly these bytes. */
export function viewOf(bytes: Uint8Array<ArrayBuffer>): DataView<ArrayBuffer> {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
