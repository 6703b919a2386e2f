import { compileAddress } from "./_addresses.ts";
import { type Comparison, errorAt, type Token, tokenize } from "./_tokens.ts";

/** What stands to the right of a comparison. */
export type Literal =
  | { readonly kind: "number"; readonly value: number | bigint }
  | { readonly kind: "string"; readonly value: string }
  | {
    readonly kind: "address";
    readonly value: string;
    /** Whether a text is the address, or in the prefix. */
    readonly isMatch: (value: string) => boolean;
  };

/** One comparison of a field. */
export interface Condition {
  readonly kind: "condition";
  readonly field: Token;
  readonly comparison: Comparison;
  readonly literal: Literal & { readonly at: number };
  /** Where the comparison stands. */
  readonly at: number;
}

/** A filter taken apart: conditions, and lists of which all or some must hold. */
export type Expression = Condition | {
  readonly kind: "all" | "some";
  readonly parts: readonly Expression[];
};

const LAST_NUMBER = (1n << 64n) - 1n;
/** Parentheses within parentheses: more than any filter needs, less than the stack holds. */
const MAX_DEPTH = 100;
/** Shortest word without quotes, as in ZMap. */
const SHORTEST_WORD = 2;

/**
 * Takes a filter apart; null when it is empty. `&&` binds tighter than `||`.
 *
 * @throws {SyntaxError} when the text is no filter; the message names the column
 */
export function parseFilter(text: string): Expression | null {
  const parser = new Parser(tokenize(text));
  return parser.isAtEnd ? null : parser.readAll();
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#peek().kind === "end";
  }

  readAll(): Expression {
    const expression = this.#readSome();
    const rest = this.#peek();
    if (rest.kind === "end") return expression;
    throw errorAt(
      rest.at,
      rest.kind === "close"
        ? 'nothing is open that ")" could close'
        : `expected &&, || or the end, not ${quote(rest)}`,
    );
  }

  #readSome(): Expression {
    const parts = [this.#readEvery()];
    while (this.#skip("or")) parts.push(this.#readEvery());
    return parts.length === 1 ? parts[0]! : { kind: "some", parts };
  }

  #readEvery(): Expression {
    const parts = [this.#readUnit()];
    while (this.#skip("and")) parts.push(this.#readUnit());
    return parts.length === 1 ? parts[0]! : { kind: "all", parts };
  }

  #readUnit(): Expression {
    const open = this.#peek();
    if (!this.#skip("open")) return this.#readCondition();
    if (++this.#depth > MAX_DEPTH) {
      throw errorAt(
        open.at,
        `more than ${MAX_DEPTH} parentheses inside each other`,
      );
    }
    const expression = this.#readSome();
    const close = this.#peek();
    if (!this.#skip("close")) {
      throw errorAt(
        close.at,
        `expected &&, || or the ")" of column ${open.at + 1}, not ${
          quote(close)
        }`,
      );
    }
    this.#depth--;
    return expression;
  }

  #readCondition(): Condition {
    const field = this.#take();
    if (field.kind !== "name") {
      throw errorAt(
        field.at,
        `expected the name of a field or "(", not ${quote(field)}`,
      );
    }
    const comparison = this.#take();
    if (comparison.kind !== "comparison") {
      throw errorAt(
        comparison.at,
        `expected =, !=, <, >, <= or >= behind ${quote(field)}, not ${
          quote(comparison)
        }`,
      );
    }
    return {
      kind: "condition",
      field,
      comparison: comparison.text as Comparison,
      literal: readLiteral(this.#take(), comparison),
      at: comparison.at,
    };
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  /** The end is never passed. */
  #take(): Token {
    const token = this.#peek();
    if (token.kind !== "end") this.#next++;
    return token;
  }

  #skip(kind: Token["kind"]): boolean {
    if (this.#peek().kind !== kind) return false;
    this.#next++;
    return true;
  }
}

function readLiteral(
  token: Token,
  comparison: Token,
): Literal & { readonly at: number } {
  const { at, kind, text } = token;
  if (kind === "string") return { kind, value: text, at };
  if (kind === "number") return { kind, value: readNumber(token), at };
  if (kind === "address") return readAddress(token);
  if (kind === "name" && text.length >= SHORTEST_WORD) {
    return { kind: "string", value: text, at };
  }
  if (kind === "name") {
    throw errorAt(at, `a word of one letter needs quotes: "${text}"`);
  }
  const isDoubled = kind === "comparison" && text === "=" &&
    at === comparison.at + comparison.text.length;
  throw errorAt(
    at,
    isDoubled && comparison.text === "="
      ? "equality is written with one ="
      : `expected a number, a word or an address behind ${
        quote(comparison)
      }, not ${quote(token)}`,
  );
}

function readAddress({ at, text }: Token): Literal & { readonly at: number } {
  const isMatch = compileAddress(text);
  if (isMatch !== null) return { kind: "address", value: text, isMatch, at };
  throw errorAt(
    at,
    `${text} is neither an address nor a prefix, as 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32 are; numbers have no fraction, and other words with dots or colons need quotes`,
  );
}

function readNumber({ at, text }: Token): number | bigint {
  const value = BigInt(text);
  if (value > LAST_NUMBER) {
    throw errorAt(at, `${text} is above ${LAST_NUMBER}, the largest number`);
  }
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function quote({ kind, text }: Token): string {
  return kind === "end" ? "the end" : JSON.stringify(text);
}
