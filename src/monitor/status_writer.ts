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
    if (this.#isTerminal && line.length < Deno.consoleSize().columns) {
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

  /** Leaves an open status line as it stands: somebody else has written behind it. */
  leaveLine(): void {
    this.#hasOpenLine = false;
  }

  /** Ends an open status line. */
  finish(): void {
    if (this.#hasOpenLine) write("\n");
    this.#hasOpenLine = false;
  }
}

/** Writes to standard error; a reader that has gone is no reason to end a scan. */
function write(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) {
      at += Deno.stderr.writeSync(bytes.subarray(at));
    }
  } catch (error) {
    if (
      !(error instanceof Deno.errors.BrokenPipe ||
        error instanceof Deno.errors.WouldBlock)
    ) {
      throw error;
    }
  }
}
