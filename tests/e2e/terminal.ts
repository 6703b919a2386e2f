import { type Host, kill } from "../../src/demo/mod.ts";
import { pacemapCommand } from "./network_fixture.ts";

/** Pacemap in a terminal of its own. */
export interface TerminalRun {
  /** What the terminal shows, once it is closed or pacemap has ended. */
  readonly shown: Promise<string>;
  /** Closes the terminal. */
  close(): void;
  /** Waits until pacemap has ended. */
  ended(): Promise<void>;
}

/**
 * Starts pacemap in a terminal, `script(1)`. The shell text `script` runs it as `pacemap`; `directory` is for a
 * pipe by which its end is seen.
 */
export function startInTerminal(
  host: Host,
  args: readonly string[],
  { directory, script = "pacemap" }: {
    readonly directory: string;
    readonly script?: string;
  },
): TerminalRun {
  const pipe = `${directory}/held`;
  const command = pacemapCommand(args).map(quoted).join(" ");
  const text = `stty cols 250; pacemap() { ${command}; }; exec 9> ${
    quoted(pipe)
  }; ${script}`;
  const start =
    `mkfifo "$1"; export SHELL=/bin/bash; exec script -qefc "$2" /dev/null`;
  const child = host.spawn("sh", ["-c", start, "sh", pipe, text], {
    stdin: "piped",
    stdout: "piped",
  });
  const shown = new Response(child.stdout).text();
  // Ends with the last process that has the pipe open.
  const held = host.run("sh", [
    "-c",
    'until [ -p "$1" ]; do :; done; exec cat "$1"',
    "sh",
    pipe,
  ]);
  return {
    shown,
    close: (): void => void kill(child, "SIGKILL"),
    ended: async (): Promise<void> => {
      await held;
      await shown;
      await child.stdin.abort().catch(() => {});
      await child.status;
    },
  };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
