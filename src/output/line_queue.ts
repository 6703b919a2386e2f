/** Text that waits at most, in UTF-16 code units. */
const MAX_LENGTH = 1 << 18;

/** Something that waits to be written. */
export interface QueuedLine {
  /** A whole line, a status line, or the end of one that stands in the terminal. */
  readonly kind: "line" | "status" | "finish";
  readonly text: string;
  /** The lowest are dropped first. */
  readonly rank: number;
}

/** Lines that wait to be written. When there is no space for all, the oldest of the lowest rank are dropped. */
export class LineQueue {
  readonly #maxLength: number;
  #lines: QueuedLine[] = [];
  /** Lines before this one have been taken. */
  #first = 0;
  #textLength = 0;

  constructor(maxLength: number = MAX_LENGTH) {
    this.#maxLength = maxLength;
  }

  /** Lines that wait. */
  get length(): number {
    return this.#lines.length - this.#first;
  }

  /** Appends a line; returns how many were dropped. */
  push(line: QueuedLine): number {
    this.#lines.push(line);
    this.#textLength += costOf(line);
    let dropped = 0;
    while (this.#textLength > this.#maxLength) {
      this.#dropLeast();
      dropped++;
    }
    return dropped;
  }

  /** Takes the oldest line; undefined when none waits. */
  shift(): QueuedLine | undefined {
    if (this.length === 0) return undefined;
    const line = this.#lines[this.#first++]!;
    this.#textLength -= costOf(line);
    if (this.length === 0) {
      this.#lines = [];
      this.#first = 0;
    }
    return line;
  }

  /** Drops all lines; returns how many. */
  clear(): number {
    const dropped = this.#lines.slice(this.#first)
      .filter(({ kind }) => kind !== "finish").length;
    this.#lines = [];
    this.#first = this.#textLength = 0;
    return dropped;
  }

  #dropLeast(): void {
    let least = this.#first;
    for (let i = least + 1; i < this.#lines.length; i++) {
      if (this.#lines[i]!.rank < this.#lines[least]!.rank) least = i;
    }
    const [line] = this.#lines.splice(least, 1);
    this.#textLength -= costOf(line!);
  }
}

/** Memory counts also for lines that are short. */
function costOf({ text }: QueuedLine): number {
  return text.length + 64;
}
