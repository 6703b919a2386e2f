/** A part of a line: its texts from the longest to the shortest, which may be empty. */
export type LinePart = readonly [string, ...string[]];

const GAP = "  ";

/**
 * The parts as one line of at most `width` characters. Parts become shorter one step at a time: the one that has most
 * shorter texts left, the last of several. Where even the shortest are too long together, the line is cut.
 */
export function fitLine(parts: readonly LinePart[], width: number): string {
  const steps = parts.map(() => 0);
  for (;;) {
    const line = parts.map((part, i) => part[steps[i]!]!)
      .filter((text) => text !== "").join(GAP);
    if (line.length <= width) return line;
    const left = parts.map((part, i) => part.length - 1 - steps[i]!);
    const most = Math.max(0, ...left);
    if (most === 0) return line.slice(0, Math.max(0, width));
    steps[left.lastIndexOf(most)]!++;
  }
}
