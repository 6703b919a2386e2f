import { type Ipv4Address, parseIpv4 } from "../base/mod.ts";
import {
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
} from "../wire/mod.ts";

/** A number that a filter computes from a packet. */
export type CaptureNumber =
  | { readonly kind: "constant"; readonly value: number }
  /** Length of the frame on the wire, link header included. */
  | { readonly kind: "length" }
  /**
   * Bytes from the start of the IP packet, or, where `protocol` is given, behind the header of IPv4 packets of that
   * protocol.
   */
  | {
    readonly kind: "bytes";
    readonly protocol: number | null;
    readonly at: number;
    readonly size: 1 | 2 | 4;
  }
  | {
    readonly kind: "binary";
    readonly operator: ArithmeticOperator;
    readonly left: CaptureNumber;
    readonly right: CaptureNumber;
  };
/** Operators between numbers, all unsigned. */
export type ArithmeticOperator = "+" | "-" | "*" | "&" | "|" | "<<" | ">>";
/** Operators that compare numbers. */
export type Relation = "<" | "<=" | ">" | ">=" | "=" | "!=";

/** What a filter tests. */
export type CaptureTest =
  | { readonly kind: "any" | "all"; readonly tests: readonly CaptureTest[] }
  | { readonly kind: "not"; readonly test: CaptureTest }
  | { readonly kind: "ipv4" | "ipv6" }
  | { readonly kind: "protocol"; readonly protocol: number }
  | {
    readonly kind: "host";
    readonly direction: "src" | "dst";
    readonly address: Ipv4Address;
  }
  | {
    readonly kind: "compare";
    readonly relation: Relation;
    readonly left: CaptureNumber;
    readonly right: CaptureNumber;
  };

const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ["icmp", IP_PROTOCOL_ICMP],
  ["tcp", IP_PROTOCOL_TCP],
  ["udp", IP_PROTOCOL_UDP],
]);
/** Operators by rank: those that bind least come first. */
const OPERATORS: readonly (readonly ArithmeticOperator[])[] = [
  ["|", "&"],
  ["<<", ">>"],
  ["+", "-"],
  ["*"],
];
const RELATIONS: ReadonlyMap<string, Relation> = new Map([
  ["<", "<"],
  ["<=", "<="],
  [">", ">"],
  [">=", ">="],
  ["=", "="],
  ["==", "="],
  ["!=", "!="],
]);
const TOKEN =
  /\s*(\d+(?:\.\d+){3}|0x[\da-f]+|\d+|ip6|[a-z]+|<<|>>|<=|>=|==|!=|[()[\]:<>=+*&|-])/iy;
const NUMBER = /^(?:0x[\da-f]+|\d+)$/i;

/**
 * Reads a filter expression, `pcap-filter(7)`, as far as probes use that language: `ip`, `ip6`, `ip proto N`,
 * `src host A`, `dst host A`, comparisons of numbers made of `len`, `ip[AT:SIZE]`, `ip6[…]`, `icmp[…]`, `tcp[…]`,
 * `udp[…]`, constants and operators; joined by `and`, `or`, `not` and parentheses. As in libpcap, `and` and
 * `or` bind equally strongly, and from left to right. A comparison does not begin with a parenthesis here. Addresses
 * and protocols without a version are those of IPv4. Bytes are compared whatever the packet is: `ip` or `ip6` has to
 * stand before.
 *
 * @throws {SyntaxError} when it says anything else
 */
export function parseCaptureFilter(expression: string): CaptureTest {
  return new Parser(expression).parse();
}

class Parser {
  readonly #expression: string;
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(expression: string) {
    this.#expression = expression;
    const tokens: string[] = [];
    const text = expression.trimEnd();
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.length) {
      const token = TOKEN.exec(text)?.[1];
      if (token === undefined) throw this.#error("an unknown character");
      tokens.push(token.toLowerCase());
    }
    this.#tokens = tokens;
  }

  parse(): CaptureTest {
    const test = this.#tests();
    if (this.#next < this.#tokens.length) throw this.#unexpected();
    return test;
  }

  #tests(): CaptureTest {
    let test = this.#test();
    for (;;) {
      const kind = this.#accept("and")
        ? "all"
        : this.#accept("or")
        ? "any"
        : "";
      if (kind === "") return test;
      const next = this.#test();
      const tests = test.kind === kind ? [...test.tests, next] : [test, next];
      test = { kind, tests };
    }
  }

  #test(): CaptureTest {
    if (this.#accept("not")) return { kind: "not", test: this.#test() };
    if (this.#accept("(")) {
      const test = this.#tests();
      this.#expect(")");
      return test;
    }
    if (this.#peek() === "src" || this.#peek() === "dst") {
      const direction = this.#take() === "src" ? "src" : "dst";
      this.#expect("host");
      return { kind: "host", direction, address: parseIpv4(this.#take()) };
    }
    if (this.#peek() === "ip" && this.#peek(1) !== "[") {
      this.#take();
      if (!this.#accept("proto")) return { kind: "ipv4" };
      return { kind: "protocol", protocol: this.#constant() };
    }
    if (this.#peek() === "ip6" && this.#peek(1) !== "[") {
      this.#take();
      return { kind: "ipv6" };
    }
    const left = this.#number(0);
    const relation = RELATIONS.get(this.#peek());
    if (relation === undefined) throw this.#unexpected();
    this.#take();
    return { kind: "compare", relation, left, right: this.#number(0) };
  }

  #number(rank: number): CaptureNumber {
    const operators = OPERATORS[rank];
    if (operators === undefined) return this.#operand();
    let left = this.#number(rank + 1);
    for (;;) {
      const operator = operators.find((one) => this.#accept(one));
      if (operator === undefined) return left;
      const right = this.#number(rank + 1);
      left = { kind: "binary", operator, left, right };
    }
  }

  #operand(): CaptureNumber {
    if (this.#accept("(")) {
      const number = this.#number(0);
      this.#expect(")");
      return number;
    }
    if (this.#accept("len")) return { kind: "length" };
    const protocol = PROTOCOLS.get(this.#peek()) ?? null;
    if (protocol === null && !["ip", "ip6"].includes(this.#peek())) {
      return { kind: "constant", value: this.#constant() };
    }
    this.#take();
    this.#expect("[");
    const at = this.#constant();
    const size = this.#accept(":") ? this.#constant() : 1;
    this.#expect("]");
    if (size !== 1 && size !== 2 && size !== 4) {
      throw this.#error(`a size of ${size} bytes`);
    }
    return { kind: "bytes", protocol, at, size };
  }

  #constant(): number {
    if (!NUMBER.test(this.#peek())) throw this.#unexpected();
    return Number(this.#take());
  }

  #peek(ahead = 0): string {
    return this.#tokens[this.#next + ahead] ?? "";
  }

  #take(): string {
    return this.#tokens[this.#next++] ?? "";
  }

  #accept(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#next++;
    return true;
  }

  #expect(token: string): void {
    if (!this.#accept(token)) throw this.#unexpected();
  }

  #unexpected(): SyntaxError {
    const token = this.#peek();
    return this.#error(token === "" ? "its end" : `"${token}"`);
  }

  #error(what: string): SyntaxError {
    return new SyntaxError(
      `Cannot compile capture filter "${this.#expression}": unexpected ${what}`,
    );
  }
}
