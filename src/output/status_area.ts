/** Clears the terminal's line from its first column on. */
const CLEAR_LINE = "\r\x1b[K";
/** Clears what is behind the cursor, on this line and all below. */
const CLEAR_BELOW = "\x1b[J";

/**
 * The last lines of a terminal, where the status stands and is rewritten. Makes the bytes that draw it, erase it for
 * other lines and draw it again behind them (ECMA-48: CUU, ED, EL). The cursor stays at the end of its last line.
 */
export class StatusArea {
  readonly #columns: () => number;
  /** What is to be seen; empty: nothing. */
  #lines: readonly string[] = [];
  #isDrawn = false;

  /** @param columns width of the terminal at the moment */
  constructor(columns: () => number) {
    this.#columns = columns;
  }

  /** Shows a status in the place of the one before; one that does not fit into the terminal stays as a whole line. */
  show(text: string): string {
    const erased = this.erase();
    const lines = text.split("\n");
    const columns = this.#columns();
    if (lines.some((line) => line.length >= columns)) {
      this.#lines = [];
      return `${erased}${text}\n`;
    }
    this.#lines = lines;
    this.#isDrawn = true;
    return `${erased === "" ? CLEAR_LINE : erased}${text}`;
  }

  /** Writes a whole line in the place of the status, which `redraw` shows again behind it. */
  print(line: string): string {
    return `${this.erase()}${line}\n`;
  }

  /** Leaves the status as it is, and goes to the next line. */
  finish(): string {
    const text = this.redraw();
    const wasDrawn = this.#isDrawn;
    this.#lines = [];
    this.#isDrawn = false;
    return wasDrawn ? `${text}\n` : "";
  }

  /** Takes the status off the terminal until `redraw`. A terminal that has become narrower has broken its lines. */
  erase(): string {
    if (!this.#isDrawn) return "";
    this.#isDrawn = false;
    const columns = Math.max(1, this.#columns());
    const rows = this.#lines.reduce(
      (sum, { length }) => sum + Math.max(1, Math.ceil(length / columns)),
      0,
    );
    return rows > 1 ? `\r\x1b[${rows - 1}A${CLEAR_BELOW}` : CLEAR_LINE;
  }

  /** Shows the status where `erase` or `print` has taken it away. */
  redraw(): string {
    if (this.#isDrawn || this.#lines.length === 0) return "";
    this.#isDrawn = true;
    return `${CLEAR_LINE}${this.#lines.join("\n")}`;
  }
}
