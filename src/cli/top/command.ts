import { ConfigError, escapeUnsafe } from "../../base/mod.ts";
import type { ScanView } from "../../page/view.ts";
import type { ProgramSignals } from "../../signals/mod.ts";
import {
  type ListenAddress,
  parseListenAddress,
} from "../../watch/listen_address.ts";
import { runInterruptibly } from "../signals.ts";
import { EXIT_CODE, printOut } from "../terminal.ts";
import { terminalFacts } from "../terminal_facts.ts";
import { viewsOf } from "./events.ts";
import { plainLine, screenLines, type ScreenSpace } from "./screen.ts";
import { followStatus } from "./status_file.ts";

/** Text of `pacemap top --help`. */
export const TOP_HELP: string =
  `Usage: pacemap top ADDRESS:PORT | unix:PATH | STATUSFILE

Shows a scan in the terminal as it runs: how far it is, its rate, what it has
found and lost, and what limits it. ADDRESS:PORT or unix:PATH is where it listens
(--listen); STATUSFILE is what it writes with --status-updates-file. The key q
ends it, and leaves the scan alone. Where standard output is no terminal, a line
is printed each second.

Examples:
  pacemap top 127.0.0.1:8080
  pacemap top unix:/run/pacemap/scan.sock
  pacemap top status.csv
`;

const REMEDY = "See pacemap top --help";
/** Another screen, without a cursor; and back. */
const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
/** Begins at the upper left; clears what is behind each line, and below all (ECMA-48: CUP, EL, ED). */
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";
const QUIT_KEYS = new Set(["q", "Q"].map((key) => key.charCodeAt(0)));

/**
 * Runs `pacemap top`. Returns the exit code.
 *
 * @throws {ConfigError} when there is no scan to be seen
 */
export async function runTopCommand(
  words: readonly string[],
  { ends, status }: ProgramSignals,
): Promise<number> {
  status.release();
  if (words.includes("--help") || words.includes("-h")) {
    printOut(TOP_HELP);
    return EXIT_CODE.done;
  }
  const [place, ...more] = words;
  if (place === undefined || more.length > 0 || place.startsWith("-")) {
    throw new ConfigError(
      place?.startsWith("-") === true ? place : "top",
      place === undefined
        ? "There is no scan named"
        : place.startsWith("-")
        ? "Unknown option"
        : "It shows one scan at a time",
      REMEDY,
    );
  }
  const address = addressOf(place);
  return await runInterruptibly((signal) => {
    const quit = new AbortController();
    const either = AbortSignal.any([signal, quit.signal]);
    const views = address === null
      ? followStatus(place, either)
      : viewsOf(address, either);
    return isScreen()
      ? showOnScreen(views, () => quit.abort())
      : printLines(views);
  }, ends);
}

/** Where a scan listens; null: it is the name of a file. */
function addressOf(place: string): ListenAddress | null {
  const text = place.replace(/^http:\/\//, "").replace(/\/$/, "");
  try {
    return parseListenAddress(place.startsWith("unix:") ? place : text);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) {
      throw error;
    }
    if (place.startsWith("unix:") || place.startsWith("http:")) {
      throw new ConfigError(place, error.message, REMEDY, error);
    }
    return null;
  }
}

function isScreen(): boolean {
  const isTerminal = Deno.stdout.isTerminal();
  return terminalFacts("never", { isTerminal }).isAddressable;
}

async function printLines(views: AsyncIterable<ScanView>): Promise<number> {
  for await (const view of views) {
    if (!writeLine(escapeUnsafe(plainLine(view)))) break;
  }
  return EXIT_CODE.done;
}

/** Writes a line to standard output; false: nobody reads it any more. */
function writeLine(line: string): boolean {
  const bytes = new TextEncoder().encode(`${line}\n`);
  try {
    for (let at = 0; at < bytes.length;) {
      at += Deno.stdout.writeSync(bytes.subarray(at));
    }
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
}

async function showOnScreen(
  views: AsyncIterable<ScanView>,
  quit: () => void,
): Promise<number> {
  let last: ScanView | null = null;
  const hasKeys = Deno.stdin.isTerminal();
  if (hasKeys) {
    Deno.stdin.setRaw(true, { cbreak: true });
    void readKeys(quit);
  }
  printOut(ENTER);
  try {
    for await (const view of views) {
      last = view;
      const lines = linesOf(view, spaceOf());
      printOut(
        HOME + lines.map((line) => `${line}${CLEAR_LINE}\r\n`).join("") +
          CLEAR_BELOW,
      );
    }
  } finally {
    printOut(LEAVE);
    if (hasKeys) Deno.stdin.setRaw(false);
  }
  if (last !== null) {
    printOut(linesOf(last, { ...spaceOf(), rows: 0 }).join("\n") + "\n");
  }
  return EXIT_CODE.done;
}

/** What a scan tells may come from somebody else. */
function linesOf(view: ScanView, space: ScreenSpace): string[] {
  return screenLines(view, space).map(escapeUnsafe);
}

async function readKeys(quit: () => void): Promise<void> {
  const bytes = new Uint8Array(16);
  for (;;) {
    const count = await Deno.stdin.read(bytes);
    if (count === null) return;
    if (bytes.subarray(0, count).some((key) => QUIT_KEYS.has(key))) quit();
  }
}

function spaceOf(): ScreenSpace {
  const { isUtf8, size } = terminalFacts("never", { isTerminal: true });
  return { ...size(), isUtf8 };
}
