import type { Host } from "../../src/demo/mod.ts";
import { pacemapCommand } from "./network_fixture.ts";

/** A terminal of any size whose cells can be read: a window of `tmux(1)`, with a server of its own. */
export class Tmux implements AsyncDisposable {
  readonly #host: Host;
  readonly #socket: string;

  private constructor(host: Host, socket: string) {
    this.#host = host;
    this.#socket = socket;
  }

  /** Opens a terminal in which a shell runs `script`, with `pacemap` as a command. */
  static async open(
    host: Host,
    { columns, directory, environment = [], rows, script }: {
      readonly columns: number;
      readonly rows: number;
      readonly directory: string;
      readonly script: string;
      /** As in `LANG=C.UTF-8`. */
      readonly environment?: readonly string[];
    },
  ): Promise<Tmux> {
    const tmux = new Tmux(host, `${directory}/tmux`);
    const command = pacemapCommand([]).map((word) => `'${word}'`).join(" ");
    const text = `unset LANG LC_ALL LC_CTYPE NO_COLOR FORCE_COLOR; ${
      environment.map((one) => `export ${one}; `).join("")
    }pacemap() { ${command} "$@"; }; ${script}; exec cat`;
    await tmux.#run([
      ...["-f", "/dev/null", "new-session", "-d"],
      ...["-x", String(columns), "-y", String(rows), "bash", "-c", text],
    ]);
    return tmux;
  }

  /** The lines of the terminal as they are now, without spaces at their ends; with `-S -` those above it too. */
  async lines(options: readonly string[] = []): Promise<string[]> {
    const text = await this.#run(["capture-pane", "-p", ...options]);
    return text.trimEnd().split("\n").map((line) => line.trimEnd());
  }

  /** Waits until the terminal shows a line that fits, and returns all its lines. */
  async until(pattern: RegExp): Promise<string[]> {
    for (;;) {
      const lines = await this.lines();
      if (lines.some((line) => pattern.test(line))) return lines;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Gives the terminal another width. */
  async resize(columns: number, rows: number): Promise<void> {
    const size = ["-x", String(columns), "-y", String(rows)];
    await this.#run(["resize-window", ...size]);
  }

  /** Presses a key. */
  async press(key: string): Promise<void> {
    await this.#run(["send-keys", key]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#run(["kill-server"]);
  }

  #run(args: readonly string[]): Promise<string> {
    return this.#host.run("tmux", ["-u", "-S", this.#socket, ...args]);
  }
}
