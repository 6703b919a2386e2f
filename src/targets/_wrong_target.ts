/** What people type for a target that is none, each with what would be right. */
import { formatIpv4 } from "../base/mod.ts";

const URL_LIKE = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^/:?#]*)/i;
const OCTET_RANGE = /^((?:[0-9]{1,3}\.){3})([0-9]{1,3})\s*-\s*([0-9]{1,3})$/;
const OCTET_RANGES = /^[0-9*-]+(?:\.[0-9*-]+){3}$/;
const BRACKETED = /^\[([^\]]*)\](?::([^\s:]*))?$/;
const WITH_PORT =
  /^([0-9]+(?:\.[0-9]+){3}|[a-z0-9_.-]*[a-z_][a-z0-9_.-]*):([0-9]*|[a-z][a-z0-9-]*)(?:\/.*)?$/i;
const PREFIX_WITH_PORT = /^[0-9.]+\/[0-9]+:([0-9]+)$/;
const PATH = /^((?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*)\/(?:$|.*[^0-9.\/])/i;
const UTF_16 = /(?:[^\0]\0){3}|(?:\0[^\0]){3}/;
const MAIL = /^[^@\s/]+@([a-z0-9.-]+)$/i;
const QUOTED = /^["'`“”‘’„«»]+([^"'`“”‘’„«»]*)["'`“”‘’„«»]*$/;
const BACKSLASH = /^([0-9a-f.:]+)\\([0-9]+)$/i;
const LENGTH_AND_ZONE = /^([0-9a-f:.]+)(\/[0-9]+)(%[^%/]+)$/i;
const NUMBER = /^(?:[0-9]+|0x[0-9a-f]+)$/i;
const LAST_PORT = 65_535;
const LAST_ADDRESS = 0xffff_ffff;
const DOTS = /^([0-9.]*[0-9])(?:\.\.+|\s*[–—−~]\s*)([0-9][0-9.]*)$/;

/** Why a text is no target, where it can be told what is meant; null: that cannot be told, or it is one. */
export function wrongTarget(text: string): string | null {
  if (UTF_16.test(text)) {
    return "has zero bytes between its characters, as UTF-16 has; save the list as UTF-8";
  }
  if (/[,;]/.test(text) && !text.startsWith(";")) return severalIn(text);
  const [, host] = URL_LIKE.exec(text) ?? [];
  if (host !== undefined) {
    return host === ""
      ? "is a URL, and has no host"
      : `is a URL; give its host alone: ${host.replace(/^\[|\]$/g, "")}`;
  }
  const [, bracketed, port] = BRACKETED.exec(text) ?? [];
  if (bracketed !== undefined) {
    return port === undefined
      ? `give an IPv6 address without brackets: ${bracketed}`
      : withPort(bracketed, port);
  }
  const [, name, namePort = ""] = WITH_PORT.exec(text) ?? [];
  if (name !== undefined) return withPort(name, namePort);
  const [, prefixPort] = PREFIX_WITH_PORT.exec(text) ?? [];
  if (prefixPort !== undefined) {
    return `ports are given apart from targets: -p ${prefixPort}`;
  }
  const [, pathHost] = PATH.exec(text) ?? [];
  if (pathHost !== undefined) return `give the host alone: ${pathHost}`;
  return wrongSign(text) ?? wrongRange(text) ?? wrongNumber(text) ??
    notAscii(text);
}

/** A sign too many, or in the wrong place. */
function wrongSign(text: string): string | null {
  const [, mailHost] = MAIL.exec(text) ?? [];
  if (mailHost !== undefined) {
    return `has a user before the "@"; give the host alone: ${mailHost}`;
  }
  const [, quoted] = QUOTED.exec(text) ?? [];
  if (quoted !== undefined) return `give it without quotes: ${quoted}`;
  const [, address, length] = BACKSLASH.exec(text) ?? [];
  if (address !== undefined) {
    return `a slash stands before the length of a prefix: ${address}/${length}`;
  }
  const [, network, slash, zone] = LENGTH_AND_ZONE.exec(text) ?? [];
  return network === undefined
    ? null
    : `the interface stands before the length: ${network}${zone}${slash}`;
}

/** An address as a single number, or a port. */
function wrongNumber(text: string): string | null {
  const number = NUMBER.test(text) ? Number(text) : Infinity;
  if (number > LAST_ADDRESS) return null;
  return number <= LAST_PORT
    ? `is no address; a port is given as -p ${number}`
    : `an address has four decimal numbers: ${formatIpv4(number)}`;
}

/** Characters that only look like those of addresses and names, and letters that DNS writes otherwise. */
function notAscii(text: string): string | null {
  const [character] = /[^\x20-\x7e]/u.exec(text) ?? [];
  if (character === undefined) return null;
  const plain = text.normalize("NFKC").replace(/\p{Cf}/gu, "")
    .replace(/\p{Dash}/gu, "-").trim();
  const code = character.codePointAt(0)!.toString(16).toUpperCase();
  const name = `U+${code.padStart(4, "0")}`;
  if (/^[\x20-\x7e]*$/.test(plain)) {
    return `has the character ${name}, which is not ASCII; write ${plain}`;
  }
  const url = URL.parse(`http://${plain}`);
  return url === null || url.host !== url.hostname || url.pathname !== "/"
    ? null
    : `has the character ${name}, which is not ASCII; write ${url.hostname}`;
}

function wrongRange(text: string): string | null {
  if (/^[0-9.]+-[0-9.]+\/[0-9]+$/.test(text)) {
    return "is a range and a prefix at once; give one of them";
  }
  if (/^(?:-[0-9.]+|[0-9.]+-)$/.test(text)) {
    return "a range has two addresses, for example 192.0.2.1-192.0.2.9";
  }
  const [, network, first, last] = OCTET_RANGE.exec(text) ?? [];
  if (network !== undefined) {
    return `a range has two whole addresses: ${network}${first}-${network}${last}`;
  }
  const [, from, to] = DOTS.exec(text) ?? [];
  if (from !== undefined) {
    return `the addresses of a range have a hyphen between them: ${from}-${to}`;
  }
  if (text.includes("*") && OCTET_RANGES.test(text)) {
    const prefix = /^((?:[0-9]+\.){1,3})\*(?:\.\*)*$/.exec(text)?.[1];
    if (prefix === undefined) {
      return "* is not read; give prefixes or ranges, for example 192.0.2.0/24";
    }
    const octets = prefix.split(".").length - 1;
    const rest = Array.from({ length: 4 - octets }, () => "0").join(".");
    return `* is not read; write ${prefix}${rest}/${8 * octets}`;
  }
  if (OCTET_RANGES.test(text) && /[0-9]-[0-9]+\.|[0-9]-[0-9]+$/.test(text)) {
    return "ranges of single octets are not read; a range has two whole addresses, for example 192.0.2.1-192.0.2.9";
  }
  return null;
}

function withPort(host: string, port: string): string {
  return `ports are given apart from targets: ${host} and -p ${
    port || "PORT"
  }; lists of ADDRESS:PORT are for --list-of-ips-file`;
}

/** Where several entries stand in one, as a list with blanks between; where there is one, it without the separator. */
function severalIn(text: string): string {
  const parts = text.split(/[,;\s]+/).filter((part) => part !== "");
  return parts.length === 1
    ? `give it alone: ${parts[0]}`
    : "several targets are several words, or several lines of a list: " +
      `${parts.slice(0, 3).join(" ")}${parts.length > 3 ? " …" : ""}`;
}
