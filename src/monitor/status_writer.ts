/**
 * Where status lines go: one line that is rewritten in a terminal that is wide enough for it, and a line each
 * elsewhere.
 */
export class StatusWriter {
  readonly #isQuiet: boolean;
  readonly #isTerminal: boolean;
  #hasOpenLine = false;

  /** @param isQuiet write no status lines, only the summary */
  constructor(isQuiet: boolean) {
    this.#isQuiet = isQuiet;
    this.#isTerminal = Deno.stderr.isTerminal();
  }

  /** Shows a status line. */
  status(line: string): void {
    if (this.#isQuiet) return;
    if (this.#isTerminal && line.length < columns()) {
      write(`\r\x1b[K${line}`);
      this.#hasOpenLine = true;
    } else {
      this.lines([line]);
    }
  }

  /** Ends an open status line, then writes whole lines. */
  lines(lines: readonly string[]): void {
    this.finish();
    write(lines.map((line) => `${line}\n`).join(""));
  }

  /** Ends an open status line. */
  finish(): void {
    if (this.#hasOpenLine) write("\n");
    this.#hasOpenLine = false;
  }
}

/** Width of the terminal; 0 when it is closed. */
function columns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 0;
  }
}

/** Writes to standard error; a reader that has gone, or a closed terminal, is no reason to end a scan. */
function write(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) {
      at += Deno.stderr.writeSync(bytes.subarray(at));
    }
  } catch {
    // The files have everything.
  }
}
