import { formatIp, type IpAddress } from "../link/mod.ts";

/** How far an address is known: a larger number is farther. */
interface Scope {
  readonly reach: number;
  /** What such an address is, as the rest of a sentence. */
  readonly text: string;
}

const LINK: Omit<Scope, "text"> = { reach: 0 };
const SITE: Omit<Scope, "text"> = { reach: 1 };
const GLOBAL: Scope = { reach: 2, text: "global" };

/** First bits of IPv6 addresses, RFC 4291 section 2.5.6 and RFC 4193. */
const LINK_LOCAL6 = 0xfe80n >> 6n;
const UNIQUE_LOCAL6 = 0xfcn >> 1n;
/** 169.254.0.0/16, RFC 3927. */
const LINK_LOCAL4 = 0xa9fe;

/**
 * What is wrong with a source address from which these targets are out of reach, or which they cannot answer: one of
 * a smaller scope than theirs. Private addresses of IPv4 are none of these, since routers translate them; those of
 * IPv6 hardly ever are. Null: nothing.
 */
export function scopeProblem(
  source: IpAddress,
  target: IpAddress,
): { readonly found: string; readonly remedy: string } | null {
  const [from, to] = [scopeOf(source), scopeOf(target)];
  if (from.reach >= to.reach) return null;
  return {
    found: `${formatIp(source)} is ${from.text}, and target ${
      formatIp(target)
    } is not`,
    remedy: from.reach === LINK.reach
      ? "Give the interface an address that routers let pass, or choose another with -S"
      : "Give the interface a global address, or choose another with -S, unless a router translates this one",
  };
}

function scopeOf(address: IpAddress): Scope {
  if (typeof address === "number") {
    return address >>> 16 === LINK_LOCAL4
      ? { ...LINK, text: "link-local" }
      : GLOBAL;
  }
  if (address >> 118n === LINK_LOCAL6) return { ...LINK, text: "link-local" };
  return address >> 121n === UNIQUE_LOCAL6
    ? {
      ...SITE,
      text:
        "a unique local address (RFC 4193), to which the Internet has no route",
    }
    : GLOBAL;
}
