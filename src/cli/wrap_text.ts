/** A row of a list: what it explains, a gap, and the explanation. */
const ROW = /^(\s+\S.*?\s{2,})(\S.*)$/;

/**
 * Breaks text into lines of at most `width` characters, as far as its words allow. Lines that follow each other
 * without an indent are one paragraph; indented ones are rows of a list, which keep their columns.
 */
export function wrapText(text: string, width: number): string {
  const lines: string[] = [];
  let paragraph: string[] = [];
  const endParagraph = (): void => {
    if (paragraph.length > 0) {
      lines.push(...fill("", paragraph.join(" "), width));
    }
    paragraph = [];
  };
  for (const line of text.split("\n")) {
    if (/^\S/.test(line)) {
      paragraph.push(line);
      continue;
    }
    endParagraph();
    const [, head = "", rest = line] = ROW.exec(line) ?? [];
    lines.push(...fill(head, rest, width));
  }
  endParagraph();
  return lines.join("\n");
}

/** Lines of words: the first begins with `head`, the others below the end of it. */
function fill(head: string, text: string, width: number): string[] {
  const indent = head === "" ? /^\s*/.exec(text)![0] : head;
  const lines: string[] = [];
  let line = indent;
  let isEmpty = true;
  for (const word of text.trim().split(/\s+/)) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = " ".repeat(indent.length);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
