import assert from "node:assert/strict";
import { StatusArea } from "./status_area.ts";

/** The cells of a terminal that obeys what a status area writes, and breaks long lines. */
class Screen {
  readonly #columns: number;
  #rows: string[] = [""];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  get text(): string {
    return this.#rows.map((row) => row.trimEnd()).join("\n");
  }

  take(text: string): void {
    // deno-lint-ignore no-control-regex
    for (const [part] of text.matchAll(/\x1b\[\d*[A-Z]|[^]/g)) this.#obey(part);
  }

  #obey(part: string): void {
    if (part === "\r") this.#column = 0;
    else if (part === "\n") this.#feed();
    else if (part === "\x1b[K") this.#cut();
    else if (part === "\x1b[J") {
      this.#cut();
      this.#rows.length = this.#row + 1;
    } else if (part.startsWith("\x1b")) {
      assert.equal(part.at(-1), "A");
      this.#row -= Number(part.slice(2, -1));
      assert.ok(this.#row >= 0);
    } else {
      if (this.#column === this.#columns) this.#feed();
      const row = this.#rows[this.#row]!;
      this.#rows[this.#row] = row.padEnd(this.#column).slice(0, this.#column) +
        part + row.slice(this.#column + 1);
      this.#column++;
    }
  }

  #cut(): void {
    this.#rows[this.#row] = this.#rows[this.#row]!.slice(0, this.#column);
  }

  #feed(): void {
    this.#row++;
    this.#column = 0;
    this.#rows[this.#row] ??= "";
  }
}

Deno.test("StatusArea keeps the status below all lines, and rewrites it in place", () => {
  const screen = new Screen(10);
  const area = new StatusArea(() => 10);
  screen.take(area.show("one\ntwo"));
  screen.take(area.show("three\nfour"));
  screen.take(area.print("log"));
  assert.equal(screen.text, "log\n");
  screen.take(area.redraw());
  assert.equal(screen.text, "log\nthree\nfour");
  screen.take(area.show("x"));
  screen.take(area.show("five\nsix\nseven"));
  assert.equal(screen.text, "log\nfive\nsix\nseven");
  screen.take(area.erase());
  screen.take("row\n");
  screen.take(area.finish());
  screen.take(area.finish());
  screen.take(area.print("end"));
  assert.equal(screen.text, "log\nrow\nfive\nsix\nseven\nend\n");
});

Deno.test("StatusArea leaves a status that does not fit as a whole line", () => {
  const screen = new Screen(10);
  const area = new StatusArea(() => 10);
  screen.take(area.show("short"));
  screen.take(area.show("ten of 10."));
  screen.take(area.show("next"));
  screen.take(area.finish());
  assert.equal(screen.text, "ten of 10.\nnext\n");
});

Deno.test("StatusArea erases the rows into which a narrower terminal has broken its lines", () => {
  let columns = 20;
  const area = new StatusArea(() => columns);
  assert.equal(area.show("0123456789\nabc"), "\r\x1b[K0123456789\nabc");
  columns = 4;
  assert.equal(area.erase(), "\r\x1b[3A\x1b[J");
  assert.equal(area.erase(), "");
});
