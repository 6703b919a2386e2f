import { ConfigError, parseIpv6 } from "../base/mod.ts";

/** Names that programs give to a column of addresses. */
const HEADER_WORDS: ReadonlySet<string> = new Set(
  ("ip ips saddr daddr addr addrs address addresses ipaddr ip_addr ipaddress ip_address ipv4 src_ip dst_ip " +
    "source_ip dest_ip host hosts hostname host_name domain target targets network networks cidr prefix prefixes " +
    "subnet netblock range start end").split(" "),
);
/** The first line of DShield's list that is no comment. */
const RANGE_HEADER = /^start[ \t,]+end\b/i;
const NAME_FIRST = /^["a-z]/i;
const COLUMN_SEPARATOR = /[ \t\v\f,|]+/;
const ADDRESS_FIRST = /^[ \t\v\f]*[0-9]{1,3}(?:\.[0-9]{1,3}){3}/;
const IPV6_LIKE_FIRST = /^[ \t\v\f]*([0-9a-f.]*:[0-9a-f.:]*)/i;

/** The header of a column that stands in the place of a list's first entry. */
export interface ListHeader {
  /** As it is written there. */
  readonly text: string;
  /** Line in the file, from 1. */
  readonly line: number;
}

/** The error of a line, with file and line. */
export function located(
  cause: unknown,
  place: string,
  remedy: string,
): ConfigError {
  if (cause instanceof ConfigError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ConfigError(place, reason, remedy, cause);
}

/**
 * The text of a line without a comment that begins with ";", which some published lists have.
 *
 * @param text the line without a comment that begins with "#"
 * @throws {SyntaxError} when an address follows the ";", since it may be meant as a second entry
 */
export function withoutComment(text: string): string {
  const at = text.indexOf(";");
  if (at < 0) return text;
  if (at > 0 && beginsWithAddress(text.slice(at + 1))) {
    throw new SyntaxError(
      `Cannot parse ${
        JSON.stringify(text)
      }: an address follows the ";", which begins a comment`,
    );
  }
  return text.slice(0, at).trimEnd();
}

function beginsWithAddress(text: string): boolean {
  if (ADDRESS_FIRST.test(text)) return true;
  const [, word] = IPV6_LIKE_FIRST.exec(text) ?? [];
  return word !== undefined && parseIpv6(word) !== null;
}

/**
 * Whether the line is no entry but the header of a column.
 *
 * @param isFirst whether no entry stands before it in its file
 * @throws {ConfigError} when it is a header, but not of a single column, or not at the top
 */
export function isHeader(
  text: string,
  { isFirst, place }: { readonly isFirst: boolean; readonly place: string },
): boolean {
  if (!NAME_FIRST.test(text)) return false;
  const words = text.split(COLUMN_SEPARATOR).map(unquoted);
  if (!words.some((word) => HEADER_WORDS.has(word))) return false;
  if (words.length === 1) {
    if (isFirst) return true;
    throw new ConfigError(
      place,
      `${JSON.stringify(text)} is the header of a column, not a host`,
      `Take the line out; a host of this name is written "${words[0]}."`,
    );
  }
  if (!isFirst || RANGE_HEADER.test(text)) return isFirst;
  throw new ConfigError(
    place,
    `${JSON.stringify(text)} is a header of several columns`,
    "Give a list of one column, that of the addresses",
  );
}

function unquoted(word: string): string {
  return word.replace(/^"(.*)"$/, "$1").toLowerCase();
}
