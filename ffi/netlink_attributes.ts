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

/** A message body: `structure`, then one attribute of 32 bits for each entry, in network order where it says so. */
export function encodeMessage(
  structure: DataView<ArrayBuffer>,
  attributes: readonly NumberAttribute[],
): Uint8Array<ArrayBuffer> {
  const strideBytes = NLATTR.size + 4;
  const body = new Uint8Array(
    structure.byteLength + attributes.length * strideBytes,
  );
  body.set(new Uint8Array(structure.buffer));
  const view = viewOf(body);
  attributes.forEach(({ type, value, isAddress }, index) => {
    const at = structure.byteLength + index * strideBytes;
    view.setUint16(at + NLATTR.nla_len, strideBytes, true);
    view.setUint16(at + NLATTR.nla_type, type, true);
    view.setUint32(at + NLATTR.size, value, !isAddress);
  });
  return body;
}

/** An attribute of 32 bits. */
export interface NumberAttribute {
  /** `RTA_…`, `NDA_…` and so on. */
  readonly type: number;
  /** In host order. */
  readonly value: number;
  /** IPv4 addresses travel in network order, other numbers in the machine's. */
  readonly isAddress: boolean;
}

/** A view of exactly these bytes. */
export function viewOf(bytes: Uint8Array<ArrayBuffer>): DataView<ArrayBuffer> {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
