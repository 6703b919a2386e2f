/** Comparisons of the language. */
export type Comparison = "=" | "!=" | "<" | ">" | "<=" | ">=";

/** One token and where it stands. */
export interface Token {
  readonly kind:
    | "name"
    | "number"
    | "address"
    | "string"
    | "comparison"
    | "and"
    | "or"
    | "open"
    | "close"
    | "end";
  /** As it was written; of a quoted string what stands between the quotes, escapes resolved. */
  readonly text: string;
  /** Index of its first character, from 0. */
  readonly at: number;
}

const BLANK = /[ \t\r\n]*/y;
const TOKENS: readonly (readonly [Token["kind"], RegExp])[] = [
  // What has a dot or a colon behind its first digits can be nothing else.
  ["address", /(?:[0-9]+\.[0-9.]*|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)(?:\/[0-9]*)?/y],
  ["name", /[A-Za-z][A-Za-z0-9_-]*/y],
  ["number", /[0-9]+/y],
  ["and", /&&/y],
  ["or", /\|\|/y],
  ["comparison", /[<>!]=|[=<>]/y],
  ["open", /\(/y],
  ["close", /\)/y],
];
const QUOTED = /(["'])((?:\\.|(?!\1)[^\\])*)\1/sy;
const ESCAPE = /\\(.)/gs;
/** What other languages write, and what it is here. */
const INSTEAD: Readonly<Record<string, string>> = {
  "!": '"not" is written with != or the opposite comparison',
  "&": '"and" is written &&',
  "|": '"or" is written ||',
  '"': "this string has no end",
  "'": "this string has no end",
  "-": "negative numbers do not occur",
  "+": "signs are not needed",
  ".": "a value with dots needs quotes, unless it is an address as 192.0.2.1",
};

/**
 * Cuts a filter into tokens, of which the last is of kind "end".
 *
 * @throws {SyntaxError} at a character that begins no token; the message names its column
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0;;) {
    at += matchAt(BLANK, text, at)![0].length;
    if (at === text.length) return [...tokens, { kind: "end", text: "", at }];
    const quoted = matchAt(QUOTED, text, at);
    if (quoted !== null) {
      const string = quoted[2]!.replace(ESCAPE, "$1");
      tokens.push({ kind: "string", text: string, at });
      at += quoted[0].length;
      continue;
    }
    const token = plainTokenAt(text, at);
    tokens.push(token);
    at += token.text.length;
  }
}

/** An error at a place of a filter; `at` counts characters from 0, the message from 1. */
export function errorAt(at: number, reason: string): SyntaxError {
  return new SyntaxError(`Cannot read filter at column ${at + 1}: ${reason}`);
}

function plainTokenAt(text: string, at: number): Token {
  for (const [kind, pattern] of TOKENS) {
    const match = matchAt(pattern, text, at);
    if (match !== null) return { kind, text: match[0], at };
  }
  const character = String.fromCodePoint(text.codePointAt(at)!);
  const hint = INSTEAD[character];
  throw errorAt(
    at,
    `unexpected character ${JSON.stringify(character)}` +
      (hint === undefined ? "" : `; ${hint}`),
  );
}

function matchAt(
  pattern: RegExp,
  text: string,
  at: number,
): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
