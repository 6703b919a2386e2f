/** What a scan leaves that got a signal, or none, and whether that is right. */
import { type Host, kill } from "../../src/demo/mod.ts";
import { rowsOf, startPacemap } from "./network_fixture.ts";

/** Signals that end a scan. */
export const END_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
/** One of them. */
export type EndSignal = typeof END_SIGNALS[number];

/** How a scan is ended. */
export interface End {
  readonly signal: EndSignal;
  /** Time from the start of the process to the signal. */
  readonly afterMs: number;
}

/** What a scan left. */
export interface Remains {
  readonly code: number;
  /** What it was killed by; null: it has ended by itself. */
  readonly killedBy: Deno.Signal | null;
  readonly stderr: string;
  /** The files; null where there are none. */
  readonly rows: string | null;
  readonly metadata: string | null;
}

/** Runs a scan with the field `saddr` whose files begin with `path`; `end` null: to its end. */
export async function runToEnd(
  host: Host,
  args: readonly string[],
  { end, path }: { readonly end: End | null; readonly path: string },
): Promise<Remains> {
  const files = ["-m", `${path}.json`, "-o", `${path}.csv`];
  const child = startPacemap(host, [...files, "-f", "saddr", "-q", ...args]);
  const timer = setTimeout(() => {
    if (end !== null) kill(child, end.signal);
  }, end?.afterMs ?? 0);
  const { code, signal: killedBy, stderr } = await child.output();
  clearTimeout(timer);
  return {
    code,
    killedBy,
    stderr: new TextDecoder().decode(stderr),
    rows: await readOrNull(`${path}.csv`),
    metadata: await readOrNull(`${path}.json`),
  };
}

/** Waits until a file has so many rows behind its header, or until `ended` resolves; then there will be no more. */
export async function untilRows(
  path: string,
  count: number,
  ended: Promise<unknown>,
): Promise<void> {
  let hasEnded = false;
  ended.finally(() => hasEnded = true);
  while (!hasEnded && rowsOf(await Deno.readTextFile(path)).length < count) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What is wrong with what a scan left, or null. */
export function faultOf(
  { code, killedBy, metadata, rows, stderr }: Remains,
  end: End | null,
): string | null {
  if (killedBy !== null) {
    // Before the first line of the program there is nothing yet.
    const isEarly = killedBy === end?.signal && rows === null &&
      metadata === null && stderr === "";
    return isEarly ? null : `killed by ${killedBy}: ${stderr}`;
  }
  const said = `code ${code}: ${stderr}`;
  if (code !== 0 && (code !== 1 || end === null)) return said;
  const reason = code === 0 ? "completed" : `stopped by ${end!.signal}`;
  if (metadata === null) {
    return code === 1 && stderr.includes(reason) ? null : said;
  }
  try {
    const { exit_reason, success_unique } = JSON.parse(metadata);
    if (exit_reason !== reason) return `${said}, but the reason ${exit_reason}`;
    const isWhole = /^saddr\n(?:(?:\d+\.){3}\d+\n)*$/.test(rows ?? "");
    if (!isWhole) return `rows that are not whole: ${rows?.slice(-100)}`;
    const count = rows!.split("\n").length - 2;
    return count === success_unique
      ? null
      : `${count} rows for ${success_unique} successes`;
  } catch (error) {
    return `metadata that do not parse: ${error}`;
  }
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
