import * as c from "../../ffi/constants.ts";
import { NLATTR, RTMSG } from "../../ffi/layout.ts";
import { readAttributes, viewOf } from "../../ffi/netlink_attributes.ts";
import type { Prefix, RoutedPrefix } from "./facts.ts";
import type { IpAddress, IpFamily } from "./ip_family.ts";

type Body = Uint8Array<ArrayBuffer>;

/** `FRA_DST`, <linux/fib_rules.h>, whose `struct fib_rule_hdr` begins as `struct rtmsg` does. */
const FRA_DST = c.RTA_DST;

/** Reads the prefixes out of dumps of routes and rules. Each entry is read in place and copied only where it counts. */
export class RoutedPrefixParser<A extends IpAddress> {
  readonly #family: IpFamily<A>;
  readonly #isWanted: (prefix: Prefix<A>) => boolean;
  readonly #found = new Map<string, RoutedPrefix<A>>();
  readonly #decoder = new TextDecoder("latin1");
  #ruleCount = 0;

  constructor(
    family: IpFamily<A>,
    isWanted: (prefix: Prefix<A>) => boolean,
  ) {
    this.#family = family;
    this.#isWanted = isWanted;
  }

  /** Reads a `RTM_NEWROUTE` message. */
  addRoute(body: Body): void {
    const attributes = readAttributes(body, RTMSG.size);
    const prefix = this.#prefixOf(attributes.get(c.RTA_DST), body);
    if (!this.#isWanted(prefix)) return;
    const table = attributes.get(c.RTA_TABLE)?.getUint32(0, true) ??
      body[RTMSG.rtm_table]!;
    const nextHop = this.#withoutDestination(body);
    this.#add({ ...prefix, table: String(table), nextHop });
  }

  /** Reads a `RTM_NEWRULE` message; rules for all destinations cut nothing. */
  addRule(body: Body): void {
    const destination = readAttributes(body, RTMSG.size).get(FRA_DST);
    const prefix = this.#prefixOf(destination, body);
    if (prefix.prefixLength === 0 || !this.#isWanted(prefix)) return;
    const table = `rule ${this.#ruleCount++}`;
    this.#add({ ...prefix, table, nextHop: "" });
  }

  /** All that were read. */
  take(): RoutedPrefix<A>[] {
    return [...this.#found.values()];
  }

  /** Routes of a table to the same prefix, by metric or type of service, count as one. */
  #add(route: RoutedPrefix<A>): void {
    const key = `${route.address}/${route.prefixLength} ${route.table}`;
    const before = this.#found.get(key);
    const nextHop = before === undefined || before.nextHop === route.nextHop
      ? route.nextHop
      : before.nextHop + route.nextHop;
    this.#found.set(key, { ...route, nextHop });
  }

  /** All of a route but its destination and its age, as text. */
  #withoutDestination(body: Body): string {
    const copy = body.slice();
    const view = viewOf(copy);
    copy[RTMSG.rtm_dst_len] = 0;
    for (let at: number = RTMSG.size; at + NLATTR.size <= copy.length;) {
      const lengthBytes = view.getUint16(at + NLATTR.nla_len, true);
      if (lengthBytes < NLATTR.size) break;
      const type = view.getUint16(at + NLATTR.nla_type, true);
      if (type === c.RTA_DST || type === c.RTA_CACHEINFO) {
        copy.fill(0, at + NLATTR.size, at + lengthBytes);
      }
      at += (lengthBytes + 3) & ~3;
    }
    return this.#decoder.decode(copy);
  }

  /** The destination; rules may be given with host bits. */
  #prefixOf(destination: DataView | undefined, body: Body): Prefix<A> {
    const family = this.#family;
    const prefixLength = body[RTMSG.rtm_dst_len]!;
    const address = family.read(destination) ?? family.first;
    return {
      address: family.firstOf({ address, prefixLength }),
      prefixLength,
    };
  }
}
