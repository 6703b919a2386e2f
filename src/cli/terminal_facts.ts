import { PROCESS_ENVIRONMENT } from "./environment.ts";
import type { ColorChoice } from "./options/logging.ts";

/** Size of a terminal that does not tell one. */
const FALLBACK_SIZE = { columns: 80, rows: 24 };

/** What the environment says of a terminal; undefined for a variable that is not set or may not be read. */
export type TerminalEnvironment = (name: string) => string | undefined;

/** What standard error can show. */
export interface TerminalFacts {
  /** Whether lines can be rewritten. */
  readonly isAddressable: boolean;
  readonly hasColor: boolean;
  /** Whether more than ASCII can be shown. */
  readonly isUtf8: boolean;
  /** Asked each time, as a terminal may be resized. */
  size(): { readonly columns: number; readonly rows: number };
}

/**
 * What standard error can show: nothing but lines where it is no terminal, or one that calls itself dumb.
 *
 * @param color `--color`; `auto` follows NO_COLOR, FORCE_COLOR and the terminal, in this order
 */
export function terminalFacts(
  color: ColorChoice,
  { get = readVariable, isTerminal = Deno.stderr.isTerminal() }: {
    readonly get?: TerminalEnvironment;
    readonly isTerminal?: boolean;
  } = {},
): TerminalFacts {
  const isAddressable = isTerminal && get("TERM") !== "dumb";
  const locale = get("LC_ALL") || get("LC_CTYPE") || get("LANG") || "";
  return {
    isAddressable,
    hasColor: hasColor(color, isAddressable, get),
    isUtf8: /utf-?8/i.test(locale),
    size: terminalSize,
  };
}

/** As <https://no-color.org> and <https://force-color.org> have it: an empty variable counts as not set. */
function hasColor(
  color: ColorChoice,
  isAddressable: boolean,
  get: TerminalEnvironment,
): boolean {
  if (color !== "auto") return color === "always";
  if ((get("NO_COLOR") ?? "") !== "") return false;
  const forced = get("FORCE_COLOR") ?? "";
  return forced === "" ? isAddressable : forced !== "0" && forced !== "false";
}

function readVariable(name: string): string | undefined {
  try {
    return PROCESS_ENVIRONMENT.get(name);
  } catch {
    // What may not be read, or is no text, says nothing about the terminal.
    return undefined;
  }
}

/** Size of the terminal; none once it is closed. */
function terminalSize(): { columns: number; rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    return {
      columns: columns || FALLBACK_SIZE.columns,
      rows: rows || FALLBACK_SIZE.rows,
    };
  } catch {
    return { columns: 0, rows: 0 };
  }
}
