/** What is read of a request: enough to answer it. */
export interface RequestHead {
  readonly method: string;
  /** Path without query, as it was sent: nothing in it is decoded. */
  readonly path: string;
  /** Name and port that the client believes to talk to, in lower case; null: it did not say (HTTP/1.0). */
  readonly host: string | null;
}

/** A request that is refused, and how it is answered. */
export interface Refusal {
  readonly status: 400 | 413 | 414 | 417 | 421 | 431 | 501 | 505;
  readonly reason: string;
}

/** Longest path with query, and most fields. */
const MOST_TARGET_LENGTH = 2048;
const MOST_FIELDS = 100;

/** RFC 9110 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9112 3.2.1: origin-form, whose characters are those of RFC 3986. */
const TARGET = /^\/[!-~]*$/;
const VERSION = /^HTTP\/[0-9]\.[0-9]$/;
/** RFC 9110 5.5, without what is obsolete: visible characters, space and tab. */
const VALUE = /^[\t -~]*$/;
/** RFC 9110 7.2, as far as names are in use: a name or an address, and a port. */
const HOST = /^(?:[0-9A-Za-z.\-_]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?$/;

/**
 * Where the head of a request ends in `bytes`, behind its empty line; -1: not yet.
 *
 * @param from where to begin to look: what was looked through before, less 3
 */
export function headEnd(bytes: Uint8Array, from: number): number {
  for (let at = Math.max(0, from); at + 3 < bytes.length; at++) {
    if (
      bytes[at] === 13 && bytes[at + 1] === 10 && bytes[at + 2] === 13 &&
      bytes[at + 3] === 10
    ) return at + 4;
  }
  return -1;
}

/**
 * Reads the head of a request, RFC 9112, as strictly as a server may that nobody stands in front of: whatever two readers
 * might understand in two ways is refused. So lines end with CR LF and are not folded, there is one Host, and no body, in
 * whatever way it might be announced.
 *
 * @param text the head, its empty line included, of which each character is a byte
 */
export function readRequestHead(text: string): RequestHead | Refusal {
  const lines = text.slice(0, -4).split("\r\n");
  if (lines.some((line) => /[\r\n\0]/.test(line))) {
    return bad("a line does not end with CR LF");
  }
  const [requestLine = "", ...fieldLines] = lines;
  const [method = "", target = "", version = "", ...more] = requestLine
    .split(" ");
  if (!TOKEN.test(method) || more.length > 0 || !VERSION.test(version)) {
    return bad("this is no HTTP/1.1 request");
  }
  if (version !== "HTTP/1.1" && version !== "HTTP/1.0") {
    return { status: 505, reason: "only HTTP/1.0 and HTTP/1.1 are spoken" };
  }
  if (target.length > MOST_TARGET_LENGTH) {
    return { status: 414, reason: "the path is too long" };
  }
  if (!TARGET.test(target)) return bad("the path does not begin with /");
  if (fieldLines.length > MOST_FIELDS) {
    return { status: 431, reason: "there are too many header fields" };
  }
  const fields = readFields(fieldLines);
  if (fields === null) return bad("a header field is malformed");
  const host = hostOf(fields, version);
  if (typeof host === "object" && host !== null) return host;
  return bodyRefusal(fields) ??
    { method, path: target.replace(/[?#].*$/, ""), host };
}

function bad(reason: string): Refusal {
  return { status: 400, reason };
}

/** Values by name in lower case; null: one is malformed, or folded. */
function readFields(
  lines: readonly string[],
): Map<string, string[]> | null {
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon));
    const value = line.slice(colon + 1);
    // A folded line begins with a space, which no name has.
    if (!TOKEN.test(name) || !VALUE.test(value)) return null;
    const key = name.toLowerCase();
    fields.set(key, [...fields.get(key) ?? [], value.trim()]);
  }
  return fields;
}

/** RFC 9112 3.2: exactly one. */
function hostOf(
  fields: ReadonlyMap<string, readonly string[]>,
  version: string,
): string | Refusal | null {
  const [host, ...others] = fields.get("host") ?? [];
  if (others.length > 0) return bad("there is more than one Host");
  if (host === undefined) {
    return version === "HTTP/1.0" ? null : bad("there is no Host");
  }
  return HOST.test(host) ? host.toLowerCase() : bad("Host is malformed");
}

/** RFC 9112 6: a body has no meaning here, and is where requests are smuggled. */
function bodyRefusal(
  fields: ReadonlyMap<string, readonly string[]>,
): Refusal | null {
  if (fields.has("transfer-encoding")) {
    return bad("a request with a body is not taken");
  }
  if (fields.has("expect")) {
    return { status: 417, reason: "nothing is expected to come" };
  }
  const lengths = fields.get("content-length") ?? [];
  if (lengths.length > 1) return bad("there is more than one Content-Length");
  const [length = "0"] = lengths;
  if (!/^[0-9]+$/.test(length)) return bad("Content-Length is no number");
  return /^0+$/.test(length)
    ? null
    : { status: 413, reason: "a request with a body is not taken" };
}
