import { escapeUnsafe } from "../base/mod.ts";

/**
 * Text as a JSON string with its quotes. As in ZMap a slash is `\/`; what a terminal may obey is escaped, too, since
 * results with text from hosts are also read on terminals.
 */
export function jsonText(text: string): string {
  return escapeUnsafe(JSON.stringify(text)).replaceAll("/", "\\/");
}

/** Tokens of JSON: strings, brackets and separators, all else that is no blank. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},:]|[^[\]{},:"\s]+/g;

/**
 * JSON that someone wrote, to be written as it is: numbers keep all their digits, members their order, however many
 * have the same name. A value of JavaScript would keep none of that.
 */
export class JsonSource {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /**
   * Takes any JSON.
   *
   * @throws {SyntaxError} when the text is none
   */
  static parse(text: string): JsonSource {
    JSON.parse(text);
    return new JsonSource(text);
  }

  /** Pieces of the same JSON with the blanks of `spacedJson`, and strings as `jsonText` has them. */
  *spaced(): Generator<string> {
    let isFirst = false;
    for (const [token] of this.#text.matchAll(TOKENS)) {
      if (token === "," || token === ":") yield `${token} `;
      else if (token === "}" || token === "]") yield ` ${token}`;
      else {
        if (isFirst) yield " ";
        yield token.startsWith('"') ? jsonText(JSON.parse(token)) : token;
      }
      isFirst = token === "{" || token === "[";
    }
  }
}
