/** Macros of `man(7)` begin a line with one of these. */
const CONTROL = /^[.']/gm;
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "^": "\\(ha",
  "~": "\\(ti",
  "`": "\\(ga",
  "'": "\\(aq",
};
/** A row of a list: a term, a gap, and what it means. */
const ROW = /^\s+(\S.*?)\s{2,}(\S.*)$/;

/** Text as `man(7)` shows it unchanged, hyphens included: they can be copied into a shell. */
export function roffText(text: string): string {
  const escaped = text.replace(/[\\^~`'-]/g, (char) => ESCAPES[char]!);
  return escaped.replace(CONTROL, "\\&$&");
}

/** Text in bold, on a line of its own or within one. */
export function roffBold(text: string): string {
  return `\\fB${roffText(text)}\\fR`;
}

/** A heading and what stands below it; nothing when that is empty. */
export function roffSection(heading: string, body: string): string {
  return body === "" ? "" : `.SH "${heading.toUpperCase()}"\n${body}`;
}

/** As `roffSection`, one level below. */
export function roffSubsection(heading: string, body: string): string {
  return body === "" ? "" : `.SS "${roffText(heading)}"\n${body}`;
}

/** An entry of a list: `term` is roff already, `text` is not. */
export function roffEntry(term: string, text: string): string {
  return `.TP\n${term}\n${roffText(text)}\n`;
}

/** Lines to be shown as they are. */
export function roffExample(lines: readonly string[]): string {
  return `.PP\n.nf\n.RS\n${lines.map(roffText).join("\n")}\n.RE\n.fi\n`;
}

/**
 * Text of a help in roff. Lines that follow each other without an indent are one paragraph. Indented ones are the
 * rows of a list where they have two columns, and shown as they are where they have not.
 */
export function roffHelp(help: string): string {
  let roff = "";
  let paragraph: string[] = [];
  let examples: string[] = [];
  const flush = (): void => {
    if (paragraph.length > 0) {
      roff += `.PP\n${roffText(paragraph.join(" "))}\n`;
    }
    if (examples.length > 0) roff += roffExample(examples);
    paragraph = [];
    examples = [];
  };
  for (const line of help.split("\n")) {
    const row = ROW.exec(line);
    if (row !== null) {
      flush();
      roff += roffEntry(roffBold(row[1]!), row[2]!);
    } else if (/^\s+\S/.test(line)) {
      if (paragraph.length > 0) flush();
      examples.push(line.trim());
    } else if (line.trim() === "") {
      flush();
    } else {
      if (examples.length > 0) flush();
      paragraph.push(line.trim());
    }
  }
  flush();
  return roff;
}
