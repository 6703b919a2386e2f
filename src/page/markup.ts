/** Text that is markup already: all else becomes text in it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What can stand in markup; null and false leave nothing. */
export type MarkupValue =
  | Markup
  | string
  | number
  | null
  | false
  | readonly MarkupValue[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Makes markup of a template: whatever is put into it is text, unless it is markup itself. */
export function markup(
  pieces: TemplateStringsArray,
  ...values: readonly MarkupValue[]
): Markup {
  let text = pieces[0]!;
  values.forEach((value, at) => text += textOf(value) + pieces[at + 1]!);
  return new Markup(text);
}

/** JSON for a `script` element that holds data: nothing in it can end the element. */
export function jsonData(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replaceAll("<", "\\u003c"));
}

function textOf(value: MarkupValue): string {
  if (value === null || value === false) return "";
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(textOf).join("");
  return String(value).replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign]!);
}
